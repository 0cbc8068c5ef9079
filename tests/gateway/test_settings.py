from pathlib import Path

import pytest
from pydantic import ValidationError

from deid.errors import InvalidProfile
from deid.profile import Option
from gateway.settings import Settings


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("READOUT_GATEWAY_DATA", str(tmp_path / "gateway"))
    monkeypatch.setenv("READOUT_GATEWAY_DICOM_PORT", "104")

    settings = Settings()

    assert settings.dicom_port == 104
    assert settings.machine_key_path == tmp_path / "secrets" / "gateway.key"


def test_nothing_listens_beyond_the_machine_unless_told() -> None:
    settings = Settings()

    assert settings.dicom_host == settings.status_host == "127.0.0.1"


def test_profile_options_are_named() -> None:
    settings = Settings(profile_options="retain_device, retain_full_dates")

    assert settings.options == (Option.RETAIN_DEVICE, Option.RETAIN_FULL_DATES)


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="choose of retain_uids"):
        Settings(profile_options="retain_everything")


def test_an_option_that_is_not_built_is_refused_at_the_start() -> None:
    with pytest.raises(InvalidProfile, match="not built"):
        Settings(profile_options="clean_descriptors")


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
