"""Demo accounts stay in the folder that the demo made, on this machine."""

from pathlib import Path

import pytest

from accounts.database import Database
from accounts.people import create_person
from readout.demo.boundary import is_loopback, require_boundary, require_own_folder
from readout.demo.setup import ADMIN, MARK
from readout.errors import DemoExposed
from readout.settings import Settings
from tests.examples.acts import CHEAP_HASHER, PASSWORD, act


def settings(folder: Path, **given: str) -> Settings:
    return Settings.model_validate({"data": folder, **given}).resolved()


def add(database: Database, login: str) -> None:
    with database.transaction() as session:
        create_person(
            act(session), login=login, printed_name="A", password=PASSWORD, hasher=CHEAP_HASHER
        )


def test_a_demo_is_refused_on_another_address(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(DemoExposed, match=r"127\.0\.0\.1 alone"):
        require_boundary(settings(tmp_path, host="0.0.0.0"), sqlite_database, demo=True)


def test_a_folder_that_the_demo_made_is_refused_on_another_address_ever_after(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / MARK).touch()

    require_boundary(settings(tmp_path), sqlite_database, demo=False)
    with pytest.raises(DemoExposed, match="another data folder"):
        require_boundary(settings(tmp_path, host="192.0.2.1"), sqlite_database, demo=False)


def test_demo_accounts_in_data_that_the_demo_did_not_make_are_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    add(sqlite_database, ADMIN.login)

    with pytest.raises(DemoExposed, match="did not make"):
        require_boundary(settings(tmp_path), sqlite_database, demo=False)


def test_real_data_is_served_on_any_address(sqlite_database: Database, tmp_path: Path) -> None:
    add(sqlite_database, "somebody@example.org")

    require_boundary(settings(tmp_path, host="0.0.0.0"), sqlite_database, demo=False)

    assert not (tmp_path / MARK).exists()


def test_the_demo_is_loaded_into_its_own_folder_alone(tmp_path: Path) -> None:
    require_own_folder(settings(tmp_path))

    for address in ("postgresql+psycopg://a@127.0.0.1/b", f"sqlite:///{tmp_path}-2/readout.db"):
        with pytest.raises(DemoExposed, match="in its folder"):
            require_own_folder(settings(tmp_path, database_url=address))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.evil.example", ""])
def test_another_machine_is_known(host: str) -> None:
    assert not is_loopback(host)
