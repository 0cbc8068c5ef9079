import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from accounts.acts import SYSTEM_LOG
from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import latest, sign_note
from accounts.ledger.errors import HeadRefused, TimeStampRefused
from accounts.ledger.replays import latest_replay
from accounts.ledger.time_stamps import LedgerTimeStamp, time_stamps
from accounts.ledger.witness import Witness
from readout.housekeeping import LATE_ACTION, Housekeeper
from readout.settings import Settings
from readout.signer import Signer
from tests.accounts.ledger.authority import make_authority, serving
from tests.examples.acts import START, Clock
from tests.examples.trials import Trial, make_trial

MINUTE = timedelta(seconds=60)


@dataclass
class House:
    keeper: Housekeeper
    signer: Signer
    trial: Trial
    clock: Clock

    @property
    def database(self) -> Database:
        return self.keeper.database

    def sign(self) -> None:
        self.signer.sign_due(self.database, now=self.clock(), every=timedelta(0))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(data=tmp_path / "data", witness_folder=tmp_path / "witness").resolved()
    settings.data.mkdir()
    clock = Clock()
    keeper = Housekeeper(settings, clock)
    keeper.database.migrate()
    trial = make_trial(keeper.database)
    signer = Signer.open(settings.data / "signer", settings.data / "keys")
    yield House(keeper, signer, trial, clock)
    keeper.close()


def test_checkpoints_are_stamped_by_a_real_authority_and_openssl_verifies_the_kept_reply(
    house: House, tmp_path: Path
) -> None:
    authority = make_authority(tmp_path / "authority")
    house.sign()
    with serving(authority) as url:
        house.keeper.settings = house.keeper.settings.model_copy(update={"time_stamp_url": url})
        stamped, again = house.keeper.stamp(), house.keeper.stamp()

    assert (stamped, again) == (2, 0)
    with house.database.reading() as session:
        tokens = time_stamps(session)
        for token in tokens:
            note = latest(session, token.log)
            assert note is not None
            assert note.size == token.size
            (tmp_path / "note").write_text(note.note)
            (tmp_path / "token.tsr").write_bytes(token.token)
            subprocess.run(
                ["openssl", "ts", "-verify", "-in", tmp_path / "token.tsr", "-data",
                 tmp_path / "note", "-CAfile", authority / "tsa.pem"],
                check=True, capture_output=True,
            )  # fmt: skip
    assert {token.log for token in tokens} == {house.trial.project, SYSTEM_LOG}


def test_a_reply_over_something_else_is_not_kept(house: House, tmp_path: Path) -> None:
    house.sign()
    with serving(make_authority(tmp_path / "authority"), spoil=True) as url:
        house.keeper.settings = house.keeper.settings.model_copy(update={"time_stamp_url": url})
        with pytest.raises(TimeStampRefused, match="something else"):
            house.keeper.stamp()

    with house.database.reading() as session:
        assert session.query(LedgerTimeStamp).count() == 1


def test_a_witness_takes_what_continues_its_last_checkpoint_and_nothing_else(house: House) -> None:
    house.sign()
    assert house.keeper.witness() == 2
    assert house.keeper.witness() == 0
    house.trial.add_subject("001")
    house.sign()
    assert house.keeper.witness() == 2
    assert house.keeper.settings.witness_folder is not None
    witness = Witness(house.keeper.settings.witness_folder)
    known = witness.last(house.trial.project)
    assert known is not None

    for forged in (
        known.__class__(known.log, known.size + 1, bytes(32), known.time),
        known.__class__(known.log, known.size, bytes(32), known.time),
        known.__class__(known.log, known.size - 1, known.root, known.time),
    ):
        note = sign_note(forged, house.signer.key)
        with pytest.raises(HeadRefused, match="does not contain"):
            witness.add(note, [], [house.signer.key.public_key()])

    assert witness.last(house.trial.project) == known


def test_a_nightly_replay_is_kept_and_names_rows_that_changed_went_or_came(house: House) -> None:
    subject = house.trial.add_subject("001")
    gone = house.trial.add_subject("002")
    house.clock.move(hours=24)
    house.keeper.replay_when_due()
    with house.database.reading() as session:
        clean = latest_replay(session, house.trial.project)
        assert clean is not None
        assert (clean.verdict, clean.found) == ("NOT COVERED", ())
    with house.database.transaction() as session:
        session.execute(text("UPDATE subjects SET code = '009' WHERE id = :s"), {"s": subject})
        for table in ("tasks", "visits"):
            session.execute(text(f"DELETE FROM {table} WHERE subject_id = :s"), {"s": gone})
        session.execute(text("DELETE FROM subjects WHERE id = :s"), {"s": gone})

    house.keeper.replay_when_due()
    with house.database.reading() as session:
        assert latest_replay(session, house.trial.project) == clean
    house.clock.move(hours=24)
    house.keeper.replay_when_due()
    house.clock.move(hours=24)
    house.keeper.replay_when_due()

    with house.database.reading() as session:
        found = latest_replay(session, house.trial.project)
        raised = ledger_log.entries(session, SYSTEM_LOG, action="replay_failed")
    assert found is not None
    assert found.verdict == "FAIL"
    words = " ".join(found.found)
    assert f"subjects {subject}: the row was changed" in words
    assert f"subjects {gone}: the row is gone" in words
    assert [entry.object_id for entry in raised] == [house.trial.project]


def test_a_signer_that_does_not_come_is_an_alarm_once_and_nothing_waits_for_it(
    house: House,
) -> None:
    house.sign()
    house.trial.add_subject("001")
    house.keeper.clock = lambda: START + 2 * MINUTE
    house.keeper.alarm()
    house.keeper.clock = lambda: START + 4 * MINUTE
    for _ in range(3):
        house.keeper.alarm()

    with house.database.reading() as session:
        (late,) = ledger_log.entries(session, SYSTEM_LOG, action=LATE_ACTION)
    assert late.after == {"ledgers": 1, "seconds": 240}
    house.trial.add_subject("002")
    house.sign()
    house.keeper.alarm()
    house.trial.add_subject("003")
    house.keeper.clock = lambda: START + 9 * MINUTE
    house.keeper.alarm()
    with house.database.reading() as session:
        assert len(ledger_log.entries(session, SYSTEM_LOG, action=LATE_ACTION)) == 2


def test_the_chores_end_when_they_are_told(house: House) -> None:
    stop = threading.Event()
    stop.set()

    house.keeper.follow(stop)

    assert house.keeper.witness() == 0
