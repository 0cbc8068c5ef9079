"""What the platform does for its ledgers by itself: anchors, the nightly replay, and the alarms.

It runs in a thread of `readout up`, and as `readout ledger anchor` and `replay` for whoever has a
scheduler of his own. Nothing here holds a private key.
"""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from sqlalchemy.exc import SQLAlchemyError

from accounts.acts import SYSTEM_LOG
from accounts.clock_source import clock_source
from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import LedgerCheckpoint, latest, uncovered
from accounts.ledger.errors import LedgerError
from accounts.ledger.proofs import prove_consistency
from accounts.ledger.replays import Replay, keep_replay, latest_replay, replay_log
from accounts.ledger.time_stamps import (
    REPLY_TYPE,
    REQUEST_TYPE,
    LedgerTimeStamp,
    checked_reply,
    request_for,
    unstamped,
)
from accounts.ledger.verify import trusted_keys
from accounts.ledger.witness import Witness
from accounts.vault import finish_erasures
from readout.hand import Hand
from readout.settings import Settings
from readout.signer_keys import PUBLIC_KEYS, load_public_keys
from research.replay import TABLES

LOGGER = logging.getLogger("readout.housekeeping")
LOOK_SECONDS = 30.0
LATE = timedelta(minutes=3)
DAY = timedelta(days=1)
LATE_ACTION = "checkpoints_late"


@dataclass
class Housekeeper:
    """One platform's chores, each of which may also be asked for by hand."""

    settings: Settings
    clock: Callable[[], datetime]
    _anchored: datetime | None = None
    _is_late: bool = False
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        """Open the database."""
        self.database = Database(
            self.settings.database_url, pool_size=1, vault=self.settings.vault()
        )

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()

    def follow(self, stop: threading.Event) -> None:
        """Do what is due until told to stop; a chore that fails is said and tried again."""
        while not stop.wait(LOOK_SECONDS):
            for chore in (self.alarm, self.finish, self.anchor_when_due, self.replay_when_due):
                try:
                    chore()
                except (SQLAlchemyError, LedgerError, httpx.HTTPError, OSError) as problem:
                    LOGGER.warning("%s: %s", chore.__name__, problem)

    def alarm(self) -> None:
        """Say once when the signer is late, in the log and as an entry, and when it has come."""
        now = self.clock()
        with self.database.reading() as session:
            late = [one for one in uncovered(session) if now - one.since > LATE]
        if bool(late) == self._is_late:
            return
        self._is_late = bool(late)
        if not late:
            LOGGER.warning("the signer covers every ledger again")
            return
        LOGGER.error("the signer is late: %s ledgers wait for a checkpoint", len(late))
        with self.database.transaction() as session:
            oldest = min(one.since for one in late)
            seconds = round((now - oldest).total_seconds())
            after = {"ledgers": len(late), "seconds": seconds}
            Hand(self.database, self.clock).act(session).record(
                SYSTEM_LOG, LATE_ACTION, "log", SYSTEM_LOG, after=after
            )

    def finish(self) -> None:
        """Destroy keys whose erasure was entered but cut off."""
        with self.database.transaction() as session:
            finish_erasures(session, self.clock())

    def anchor_when_due(self) -> None:
        """Stamp and witness, as often as the settings say."""
        every = timedelta(minutes=self.settings.anchor_minutes)
        if self._anchored is None or self.clock() - self._anchored >= every:
            self._anchored = self.clock()
            self.witness()
            self.stamp()

    def stamp(self) -> int:
        """Have the newest checkpoint of each log stamped; return how many were."""
        if not self.settings.time_stamp_url:
            return 0
        with self.database.reading() as session:
            waiting = unstamped(session)
        for one in waiting:
            self._stamp(one)
        return len(waiting)

    def _stamp(self, one: LedgerCheckpoint) -> None:
        request, nonce = request_for(one.note)
        answer = httpx.post(
            self.settings.time_stamp_url,
            content=request,
            headers={"Content-Type": REQUEST_TYPE, "Accept": REPLY_TYPE},
            timeout=20.0,
        )
        answer.raise_for_status()
        time = checked_reply(one.note, nonce, answer.content)
        with self.database.transaction() as session:
            session.add(
                LedgerTimeStamp(
                    log=one.log,
                    size=one.size,
                    authority=self.settings.time_stamp_url,
                    token=answer.content,
                    time=time,
                )
            )

    def witness(self) -> int:
        """Give the witness the newest checkpoint of each log with its proof; count those kept."""
        if self.settings.witness_folder is None:
            return 0
        witness, kept = Witness(self.settings.witness_folder), 0
        with self.database.reading() as session:
            trusted = trusted_keys(session, load_public_keys(self.settings.data / PUBLIC_KEYS))
            for log in ledger_log.logs(session):
                newest, last = latest(session, log), witness.last(log)
                if newest is None:
                    continue
                grew = last is not None and last.size < newest.size
                proof = (
                    prove_consistency(session, log, last.size, size=newest.size).path
                    if grew and last is not None
                    else ()
                )
                keys = [key.public for key in trusted if key.is_valid(log, newest.size)]
                kept += witness.add(newest.note, list(proof), keys)
        return kept

    def replay_when_due(self) -> None:
        """Replay once a day, at the hour that the settings name."""
        now = self.clock()
        due = now.replace(hour=self.settings.replay_hour, minute=0, second=0, microsecond=0)
        due = due if due <= now else due - DAY
        with self.database.reading() as session:
            last = latest_replay(session, SYSTEM_LOG)
        if last is None or last.began_at < due:
            self.replay()

    def replay(self) -> list[Replay]:
        """Compare every log with its tables, keep the results, and return them."""
        began, results = self.clock(), []
        keys = load_public_keys(self.settings.data / PUBLIC_KEYS)
        with self.database.reading() as session:
            logs = ledger_log.logs(session)
        # The system's last: its result says that the whole round was made.
        for log in logs:
            with self.database.reading() as session:
                result = replay_log(session, log, keys=keys, tables=TABLES, began=began)
            with self.database.transaction() as session:
                keep_replay(Hand(self.database, self.clock).act(session), result)
            results.append(result)
            if result.found:
                fields = {"log": log, "findings": len(result.found)}
                LOGGER.error("a replay differs from its tables", extra={"fields": fields})
        LOGGER.info("replayed %s", json.dumps({"logs": len(logs), "clock": str(clock_source())}))
        return results
