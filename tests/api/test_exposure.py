"""Demo accounts are served to this machine alone."""

from pathlib import Path

import pytest

from accounts.database import Database
from api.exposure import DemoExposed, require_private_demo
from api.settings import Settings
from tests.examples.trials import make_trial

REACHED = ({"host": "0.0.0.0"}, {"hosts": "trial.example.org"}, {"host": "192.0.2.7"})


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings.model_validate({"lake_uri": str(tmp_path), **given})


@pytest.mark.parametrize("given", REACHED)
def test_demo_accounts_are_not_served_to_other_machines(
    sqlite_database: Database, tmp_path: Path, given: dict[str, str]
) -> None:
    make_trial(sqlite_database)

    with pytest.raises(DemoExposed, match=r"127\.0\.0\.1 alone"):
        require_private_demo(sqlite_database, settings(tmp_path, **given))


@pytest.mark.parametrize("given", [{}, {"host": "localhost"}, {"host": "127.0.0.1"}])
def test_demo_accounts_are_served_to_this_machine(
    sqlite_database: Database, tmp_path: Path, given: dict[str, str]
) -> None:
    make_trial(sqlite_database)

    require_private_demo(sqlite_database, settings(tmp_path, demo=True, **given))

    assert settings(tmp_path, **given).is_private


@pytest.mark.parametrize("given", REACHED)
def test_data_without_a_demo_is_served_to_everybody(
    sqlite_database: Database, tmp_path: Path, given: dict[str, str]
) -> None:
    require_private_demo(sqlite_database, settings(tmp_path, **given))

    assert not settings(tmp_path, **given).is_private
