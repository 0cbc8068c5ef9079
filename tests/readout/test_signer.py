import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import latest
from accounts.ledger.entries import Entry
from accounts.ledger.verify import Verdict, verify
from readout.signer import load_or_create_key, load_public_keys, sign_due

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    database.migrate()
    yield database
    database.dispose()


def act(database: Database, action: str) -> None:
    with database.transaction() as session:
        ledger_log.append(
            session,
            Entry(
                log="p1",
                sequence=0,
                time=NOW,
                actor_kind="system",
                actor_id="s",
                action=action,
                object_kind="thing",
                object_id="t",
            ),
        )


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path)

    again = load_or_create_key(tmp_path)

    file = tmp_path / "secrets" / "ledger.key"
    assert again.private_bytes_raw() == key.private_bytes_raw()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    public = load_public_keys(tmp_path)
    assert [one.public_bytes_raw() for one in public] == [key.public_key().public_bytes_raw()]


def test_a_grown_log_is_signed_once_and_then_when_a_minute_has_passed(
    ledger: Database, tmp_path: Path
) -> None:
    key = load_or_create_key(tmp_path)
    act(ledger, "draft_saved")

    assert sign_due(ledger, key, now=NOW, every=MINUTE) == ["p1", "system"]
    assert sign_due(ledger, key, now=NOW + 2 * MINUTE, every=MINUTE) == []
    act(ledger, "draft_saved")
    assert sign_due(ledger, key, now=NOW + MINUTE / 2, every=MINUTE) == []
    assert sign_due(ledger, key, now=NOW + MINUTE, every=MINUTE) == ["p1", "system"]


def test_a_signature_is_followed_by_a_checkpoint_at_once(ledger: Database, tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path)
    act(ledger, "draft_saved")
    sign_due(ledger, key, now=NOW, every=MINUTE)
    act(ledger, "signature_made")

    signed = sign_due(ledger, key, now=NOW + MINUTE / 60, every=MINUTE)

    assert signed == ["p1", "system"]
    with ledger.reading() as session:
        newest = latest(session, "p1")
        assert newest is not None
        assert newest.size == 2
        report = verify(session, keys=[key.public_key()], tables=[])
    assert report.verdict is Verdict.PASS
