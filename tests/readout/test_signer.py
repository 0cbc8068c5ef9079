import base64
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import latest, notes_of, uncovered, wait_until_covered
from accounts.ledger.entries import Entry
from accounts.ledger.errors import CheckpointLate, RotationInvalid
from accounts.ledger.signers import ROTATED, SignerKey, follow_rotations, rotation
from accounts.ledger.verify import Verdict, verify
from readout.errors import AlreadyRunning, KeyUnsafe
from readout.signer import REFUSED, ROTATE_WISH, Signer, sole_use
from readout.signer_keys import load_public_keys

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    database.migrate()
    yield database
    database.dispose()


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer.open(tmp_path / "signer", tmp_path / "keys")


def act(database: Database, action: str, log: str = "p1") -> None:
    with database.transaction() as session:
        ledger_log.append(
            session,
            Entry(
                log=log,
                sequence=0,
                time=NOW,
                actor_kind="system",
                actor_id="s",
                action=action,
                object_kind="thing",
                object_id="t",
            ),
        )


def set_back(database: Database, size: int) -> None:
    """Do what an administrator of the database could: cut the log off and mend its head."""
    with database.transaction() as session:
        session.execute(text("DROP TRIGGER ledger_entries_no_delete"))
        session.execute(
            text("DELETE FROM ledger_entries WHERE log = 'p1' AND sequence >= :s"), {"s": size}
        )
        session.execute(
            text("DELETE FROM ledger_checkpoints WHERE log = 'p1' AND size > :s"), {"s": size}
        )
        session.execute(text("DELETE FROM ledger_heads WHERE log = 'p1'"))
        leaves = [leaf for _, _, leaf in ledger_log.stored_entries(session, "p1")]
        tree = ledger_log.Tree()
        for leaf in leaves:
            tree.append(leaf)
        session.add(ledger_log.LedgerHead(log="p1", size=tree.size, frontier=tree.frontier_bytes()))


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    signer = Signer.open(tmp_path / "signer", tmp_path / "keys")

    again = Signer.open(tmp_path / "signer", tmp_path / "keys")

    file = tmp_path / "signer" / "ledger.key"
    assert again.key.private_bytes_raw() == signer.key.private_bytes_raw()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert load_public_keys(tmp_path / "keys") == [signer.key.public_key()]


def test_a_key_that_others_may_read_is_not_used(signer: Signer) -> None:
    (signer.folder / "ledger.key").chmod(0o640)

    with pytest.raises(KeyUnsafe, match="others may read"):
        Signer.open(signer.folder, signer.public)


def test_another_user_of_the_machine_cannot_read_the_key(tmp_path: Path) -> None:
    """Files answer to the user: run by root this asks as nobody does, else the mode must do."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        Path(place).chmod(0o755)
        signer = Signer.open(Path(place) / "signer", Path(place) / "keys")
        signer.folder.chmod(0o755)  # even with the folder's own mode gone astray
        who = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
        key, public = signer.folder / "ledger.key", signer.public / "ledger.pub.pem"

        can = [
            subprocess.run(["/bin/cat", file], cwd="/", capture_output=True, **who).returncode == 0
            for file in (public, key)
        ]

        assert can == [True, os.geteuid() != 0]
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_grown_log_is_signed_once_and_then_when_a_minute_has_passed(
    ledger: Database, signer: Signer
) -> None:
    act(ledger, "draft_saved")

    assert signer.sign_due(ledger, now=NOW, every=MINUTE) == ["p1", "system"]
    assert signer.sign_due(ledger, now=NOW + 2 * MINUTE, every=MINUTE) == []
    act(ledger, "draft_saved")
    assert signer.sign_due(ledger, now=NOW + MINUTE / 2, every=MINUTE) == []
    assert signer.sign_due(ledger, now=NOW + MINUTE, every=MINUTE) == ["p1", "system"]


@pytest.mark.parametrize("action", ["signature_made", "locked", "unlocked", "exported", "erased"])
def test_a_signature_a_lock_and_an_export_are_followed_at_once(
    action: str, ledger: Database, signer: Signer
) -> None:
    act(ledger, "draft_saved")
    signer.sign_due(ledger, now=NOW, every=MINUTE)
    act(ledger, action)

    signed = signer.sign_due(ledger, now=NOW + MINUTE / 60, every=MINUTE)

    assert signed == ["p1", "system"]
    with ledger.reading() as session:
        newest = latest(session, "p1")
        assert newest is not None
        assert newest.size == 2
        report = verify(session, keys=[SignerKey(signer.key.public_key())], tables=[])
        assert uncovered(session) == []
    assert report.verdict is Verdict.PASS


@pytest.mark.req("R-AUD", "R-OPEN")
def test_a_log_that_was_set_back_is_never_signed_again_and_that_is_an_entry(
    ledger: Database, signer: Signer
) -> None:
    for _ in range(3):
        act(ledger, "locked")
        signer.sign_due(ledger, now=NOW, every=MINUTE)
    set_back(ledger, 1)
    act(ledger, "locked")
    again = Signer.open(signer.folder, signer.public)

    for _ in range(3):
        assert "p1" not in again.sign_due(ledger, now=NOW + MINUTE, every=MINUTE)

    assert "set back" in again.state.refused["p1"]
    with ledger.reading() as session:
        newest = latest(session, "p1")
        assert newest is not None
        assert newest.size == 1
        refusals = ledger_log.entries(session, "system", action=REFUSED)
    assert [entry.object_id for entry in refusals] == ["p1"]


def test_a_rewritten_log_that_has_grown_past_the_old_size_is_refused(
    ledger: Database, signer: Signer
) -> None:
    for _ in range(3):
        act(ledger, "locked")
    signer.sign_due(ledger, now=NOW, every=MINUTE)
    set_back(ledger, 1)
    for _ in range(9):
        act(ledger, "another_history")

    assert signer.sign_due(ledger, now=NOW + MINUTE, every=MINUTE) == ["system"]

    assert "rewritten" in signer.state.refused["p1"]


def test_a_log_that_vanished_is_named(ledger: Database, signer: Signer) -> None:
    act(ledger, "locked")
    signer.sign_due(ledger, now=NOW, every=MINUTE)
    with ledger.transaction() as session:
        session.execute(text("DROP TRIGGER ledger_entries_no_delete"))
        for table in ("heads", "entries", "checkpoints", "nodes"):
            session.execute(text(f"DELETE FROM ledger_{table} WHERE log = 'p1'"))

    signer.sign_due(ledger, now=NOW, every=MINUTE)

    assert signer.state.refused == {"p1": "log p1 was signed before and is gone"}


def test_after_a_rotation_each_key_is_valid_at_its_own_sizes_alone(
    ledger: Database, signer: Signer
) -> None:
    act(ledger, "locked")
    signer.sign_due(ledger, now=NOW, every=MINUTE)
    old = signer.key.public_key()

    signer.rotate(ledger, now=NOW)
    act(ledger, "locked")
    act(ledger, "locked", log="p2")
    signer.sign_due(ledger, now=NOW + MINUTE, every=MINUTE)

    with ledger.reading() as session:
        trusting_the_first = verify(session, keys=[SignerKey(old)], tables=[])
        rotations = ledger_log.entries(session, "system", action=ROTATED)
        sizes = [note.size for note in notes_of(session, "system")]
    assert trusting_the_first.verdict is Verdict.PASS
    first, second = follow_rotations([SignerKey(old)], rotations)
    last = rotations[0].sequence + 1
    assert last in sizes
    assert (first.is_valid("system", last), first.is_valid("system", last + 1)) == (True, False)
    assert (second.is_valid("system", last), second.is_valid("system", last + 1)) == (False, True)
    assert (first.is_valid("p2", 1), second.is_valid("p2", 1)) == (False, True)
    assert second.public == signer.key.public_key()
    assert load_public_keys(signer.public) == [old, second.public]


def test_a_rotation_that_a_stranger_signed_is_refused(ledger: Database, signer: Signer) -> None:
    act(ledger, "locked")
    signer.sign_due(ledger, now=NOW, every=MINUTE)
    stranger = Ed25519PrivateKey.generate()
    with ledger.transaction() as session:
        size = ledger_log.size(session, "system")
        forged = rotation(stranger, stranger.public_key(), {"p1": 1, "system": size + 1})
        ours = base64.b64encode(signer.key.public_key().public_bytes_raw()).decode()
        forged = {**forged, "old_key": ours}
        entry = Entry(
            log="system", sequence=0, time=NOW, actor_kind="system", actor_id="signer",
            action=ROTATED, object_kind="signer_key", object_id="0" * 64, after=forged,
        )  # fmt: skip
        ledger_log.append(session, entry)

    with ledger.reading() as session:
        rotations = ledger_log.entries(session, "system", action=ROTATED)
        report = verify(session, keys=[SignerKey(signer.key.public_key())], tables=[])
    with pytest.raises(RotationInvalid, match="did not sign"):
        follow_rotations([SignerKey(signer.key.public_key())], rotations)
    assert report.verdict is Verdict.FAIL


def test_a_rotation_cut_off_after_its_entry_is_finished_at_the_next_start(
    ledger: Database, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(ledger, "locked")
    signer.sign_due(ledger, now=NOW, every=MINUTE)
    monkeypatch.setattr(Signer, "_take", lambda *_: None)
    signer.rotate(ledger, now=NOW)
    monkeypatch.undo()

    again = Signer.open(signer.folder, signer.public)
    again.take_pending(ledger)

    act(ledger, "locked")
    again.sign_due(ledger, now=NOW + MINUTE, every=MINUTE)
    assert again.key.public_key() != signer.key.public_key()
    with ledger.reading() as session:
        report = verify(session, keys=[SignerKey(signer.key.public_key())], tables=[])
    assert report.verdict is Verdict.PASS


def test_one_folder_has_one_signer(signer: Signer) -> None:
    with sole_use(signer.folder), pytest.raises(AlreadyRunning), sole_use(signer.folder):
        pass


def test_an_export_waits_for_its_checkpoint_and_says_so_when_none_comes(
    ledger: Database, signer: Signer
) -> None:
    act(ledger, "exported")

    with pytest.raises(CheckpointLate, match="entry 0 of log p1"):
        wait_until_covered(ledger, "p1", 1, seconds=0.2, sleep=lambda _: None)

    note = wait_until_covered(
        ledger,
        "p1",
        1,
        seconds=1,
        sleep=lambda _: bool(signer.sign_due(ledger, now=NOW, every=MINUTE)) and None,
    )
    assert note.startswith("readout/p1\n1\n")


def test_the_process_signs_at_once_rotates_on_demand_and_ends_when_told(
    ledger: Database, tmp_path: Path
) -> None:
    act(ledger, "draft_saved")
    folder, public = tmp_path / "signer", tmp_path / "keys"
    environment = {
        **os.environ,  # noqa: TID251 (a child process needs its parent's surroundings)
        "READOUT_DATABASE_URL": ledger.url.render_as_string(hide_password=False),
    }
    command = [sys.executable, "-m", "readout.signer"]
    command += ["--folder", str(folder), "--public", str(public)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_covered(ledger, "p1", 1, seconds=30)
        began = time.monotonic()
        act(ledger, "signature_made")
        wait_until_covered(ledger, "p1", 2, seconds=10)
        assert time.monotonic() - began < 5
        (folder / ROTATE_WISH).touch()
        while (folder / ROTATE_WISH).exists():
            assert process.poll() is None
            time.sleep(0.05)
        memory = psutil.Process(process.pid).memory_info().rss / 2**20
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    assert memory < 120
    first, second = load_public_keys(public)
    with ledger.reading() as session:
        report = verify(session, keys=[SignerKey(first)], tables=[])
    assert first != second
    assert report.verdict is not Verdict.FAIL
