from pathlib import Path

import pytest

from lake.errors import InvalidName
from lake.location import Lake


def test_a_local_lake_has_an_absolute_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert Lake("data/lake/").uri == str(tmp_path / "data" / "lake")


def test_secrets_do_not_show_in_the_repr() -> None:
    lake = Lake("s3://bucket/lake", {"secret_access_key": "hush"})

    assert "hush" not in repr(lake)


def test_an_unknown_storage_setting_is_refused() -> None:
    with pytest.raises(InvalidName, match=r"\['AWS_SECRET'\]; known: \['access_key_id'"):
        Lake("s3://bucket/lake", {"AWS_SECRET": "x"})


def test_delta_is_told_to_refuse_a_second_put_on_s3() -> None:
    lake = Lake("s3://bucket/lake", {"endpoint_url": "http://127.0.0.1:9000", "region": "eu-1"})

    assert lake.delta_options() == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9000",
        "AWS_REGION": "eu-1",
        "AWS_ALLOW_HTTP": "true",
        "aws_conditional_put": "etag",
    }
    assert Lake("/lake").delta_options() == {}
