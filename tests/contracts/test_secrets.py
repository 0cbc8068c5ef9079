"""A secret comes from a file and is shown nowhere: no dump, log, process list or error text."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings
from sqlalchemy.exc import OperationalError

from accounts.database import Database
from api.logs import JsonLines
from api.settings import Settings as ApiSettings
from lake.location import Lake
from pipelines.settings import Settings as PipelinesSettings
from readout import platform
from readout.settings import Settings as ReadoutSettings
from readout.settings import SignerSettings, environment

CANARY = "CANARY-passphrase"
ADDRESS = f"postgresql+psycopg://readout:{CANARY}@127.0.0.1:1/readout?connect_timeout=2"
STORAGE = json.dumps({"secret_access_key": CANARY})
DOORS: tuple[tuple[str, str], ...] = (
    ("api.settings", "readout_api_"),
    ("readout.settings", "readout_"),
    ("pipelines.settings", "readout_"),
)
# Whatever holds a secret, by the end of its name; the value is then a file's place.
SECRET_WORDS = ("secret", "password", "passphrase", "token", "_key")


@pytest.mark.parametrize(("module", "prefix"), DOORS)
def test_a_secret_is_read_from_a_file_of_the_credentials_folder(
    tmp_path: Path, module: str, prefix: str
) -> None:
    (tmp_path / f"{prefix}database_url").write_text(ADDRESS)
    script = f"from {module} import Settings; print(Settings().database_url == {ADDRESS!r})"

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment(), "CREDENTIALS_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "True"


@pytest.mark.parametrize(
    "settings",
    [
        ApiSettings(database_url=ADDRESS, lake_storage=json.loads(STORAGE)),
        PipelinesSettings(database_url=ADDRESS, lake_storage=json.loads(STORAGE)),
        ReadoutSettings(database_url=ADDRESS, lake_storage=STORAGE),
        SignerSettings(database_url=ADDRESS),
    ],
    ids=lambda settings: type(settings).__module__,
)
def test_settings_do_not_show_their_secrets(settings: BaseSettings) -> None:
    shown = [repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()]

    assert CANARY not in "".join(shown)


@pytest.mark.parametrize("kind", [ApiSettings, PipelinesSettings])
def test_a_setting_that_does_not_fit_is_named_without_its_value(kind: type[BaseSettings]) -> None:
    with pytest.raises(ValueError, match="lake_storage") as refused:
        kind(lake_storage={"secret_access_key": [CANARY]})

    assert CANARY not in str(refused.value)


def test_an_error_of_the_database_does_not_show_its_passphrase() -> None:
    database = Database(ADDRESS)
    with pytest.raises(OperationalError) as refused, database.reading() as session:
        session.connection()
    record = logging.LogRecord(
        "api", logging.ERROR, __file__, 1, "internal error", None,
        (refused.type, refused.value, refused.tb),
    )  # fmt: skip
    database.dispose()

    assert CANARY not in f"{refused.value} {refused.value!r} {database!r} {database.url!r}"
    assert CANARY not in JsonLines().format(record)


def test_a_lake_does_not_show_its_keys() -> None:
    lake = Lake("s3://bucket/lake", json.loads(STORAGE))

    assert CANARY not in f"{lake!r} {lake}"


def test_no_command_in_the_process_list_bears_a_secret(tmp_path: Path) -> None:
    settings = ReadoutSettings(data=tmp_path, database_url=ADDRESS, lake_storage=STORAGE).resolved()
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / platform.GATEWAY_KEY).write_text(CANARY)
    (secrets / platform.GATEWAY_PROJECT).write_text("p")

    commands = [" ".join(service.command) for service in platform.services(settings)]

    assert CANARY not in " ".join(commands)


@pytest.mark.parametrize("kind", [ApiSettings, PipelinesSettings, ReadoutSettings])
def test_a_setting_that_is_named_for_a_secret_is_the_place_of_a_file(
    kind: type[BaseSettings],
) -> None:
    named = {
        name: field.annotation
        for name, field in kind.model_fields.items()
        if name.removesuffix("_file").endswith(SECRET_WORDS)
    }

    assert [name for name, type_ in named.items() if "Path" not in str(type_)] == []
