"""The signer: a process of its own that holds the key of the checkpoints and follows the logs.

    python -m readout.signer --folder SIGNER --public KEYS [--every SECONDS]

It answers no request and is given nothing but the ledger: whoever breaks into the api, or into what
supervises it, cannot sign a history of his own. The database's address is read from
READOUT_DATABASE_URL.
"""

import argparse
import fcntl
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import Uncovered, latest, read_note, sign_head, uncovered
from accounts.ledger.entries import Entry
from accounts.ledger.errors import HeadRefused
from accounts.ledger.log import SYSTEM_LOG, LedgerEntry
from accounts.ledger.signers import ROTATED, rotation
from readout import signer_keys
from readout.clock import now
from readout.errors import AlreadyRunning
from readout.signer_state import SignerState

LOGGER = logging.getLogger("readout.signer")
LOOK_SECONDS = 0.25
REFUSED = "checkpoint_refused"
# A file of this name in the signer's folder asks the running signer for a new key.
ROTATE_WISH = "rotate"

# What a checkpoint must follow at once, beside the regular ones.
URGENT = ("signature_made", "locked", "unlocked", "exported", "erased")


@dataclass
class Signer:
    """The key and the memory of one signer."""

    key: Ed25519PrivateKey
    state: SignerState
    folder: Path
    public: Path

    @classmethod
    def open(cls, folder: Path, public: Path) -> "Signer":
        """Take up the folder's key and memory; the first time makes them."""
        key = signer_keys.load_or_create_key(folder, public)
        return cls(key, SignerState.load(folder), folder, public)

    def sign_due(self, database: Database, *, now: datetime, every: timedelta) -> list[str]:
        """Sign the logs that grew and whose last checkpoint is old or misses something urgent."""
        with database.reading() as session:
            due = [one.log for one in uncovered(session) if _is_due(session, one, now, every)]
            self._look_for_vanished(set(ledger_log.logs(session)))
        # Projects first: each adds an entry to the system log, which is signed after them.
        if due and SYSTEM_LOG not in due:
            due.append(SYSTEM_LOG)
        return [log for log in due if self._sign(database, log, now)]

    def rotate(self, database: Database, *, now: datetime) -> None:
        """Sign everything with the old key, the new key's name last, and go on with the new one."""
        new = Ed25519PrivateKey.generate()
        # Durable before the entry: a key that was named is never lost.
        pending = self.folder / f"next-{signer_keys.KEY_FILE}"
        pending.unlink(missing_ok=True)
        signer_keys.write_once(pending, new.private_bytes_raw(), 0o600)
        with database.transaction() as session:
            projects = [log for log in ledger_log.logs(session) if log != SYSTEM_LOG]
            for log in projects:
                self._sign_in(session, log, now)
            sizes = {log: ledger_log.size(session, log) for log in projects}
            sizes[SYSTEM_LOG] = ledger_log.size(session, SYSTEM_LOG) + 1
            ledger_log.append(
                session,
                Entry(
                    log=SYSTEM_LOG,
                    sequence=0,
                    time=now,
                    actor_kind="system",
                    actor_id="signer",
                    action=ROTATED,
                    object_kind="signer_key",
                    object_id=new.public_key().public_bytes_raw().hex(),
                    after=rotation(self.key, new.public_key(), sizes),
                ),
            )
            self.state.seed(session, SYSTEM_LOG, signer_keys.load_public_keys(self.public))
            note = sign_head(session, SYSTEM_LOG, key=self.key, now=now, allow=self.state.check)
        # Only now: had the entry been rolled back, remembering it would refuse the log for good.
        self.state.remember(read_note(note, [self.key.public_key()]))
        self._take(new)

    def take_pending(self, database: Database) -> None:
        """Finish a rotation that was entered but cut off before the key was put in place."""
        pending = self.folder / f"next-{signer_keys.KEY_FILE}"
        if not pending.exists():
            return
        new = Ed25519PrivateKey.from_private_bytes(pending.read_bytes())
        named = new.public_key().public_bytes_raw().hex()
        with database.reading() as session:
            query = select(LedgerEntry.sequence).where(
                LedgerEntry.log == SYSTEM_LOG,
                LedgerEntry.action == ROTATED,
                LedgerEntry.object_id == named,
            )
            was_entered = session.scalar(query) is not None
        if was_entered:
            self._take(new)
        else:
            pending.unlink()

    def _take(self, new: Ed25519PrivateKey) -> None:
        signer_keys.replace_key(self.folder, new)
        signer_keys.publish(self.public, new.public_key())
        (self.folder / f"next-{signer_keys.KEY_FILE}").unlink(missing_ok=True)
        self.key = new

    def _sign(self, database: Database, log: str, now: datetime) -> bool:
        try:
            with database.transaction() as session:
                self._sign_in(session, log, now)
        except HeadRefused as refusal:
            self._refuse(database, log, str(refusal), now)
            return False
        if self.state.refused.pop(log, None) is not None:
            self.state.save()
        return True

    def _sign_in(self, session: Session, log: str, now: datetime) -> None:
        self.state.seed(session, log, signer_keys.load_public_keys(self.public))
        sign_head(session, log, key=self.key, now=now, allow=self.state.allow)

    def _refuse(self, database: Database, log: str, why: str, now: datetime) -> None:
        """Say once, in the system log and in our own, that a log is in doubt."""
        if self.state.refused.get(log) == why:
            return
        LOGGER.error("nothing is signed: %s", why)
        self.state.refused[log] = why
        self.state.save()
        with database.transaction() as session:
            ledger_log.append(
                session,
                Entry(
                    log=SYSTEM_LOG,
                    sequence=0,
                    time=now,
                    actor_kind="system",
                    actor_id="signer",
                    action=REFUSED,
                    object_kind="log",
                    object_id=log,
                ),
            )

    def _look_for_vanished(self, present: set[str]) -> None:
        for log in self.state.vanished(present):
            why = f"log {log} was signed before and is gone"
            if self.state.refused.get(log) != why:
                LOGGER.error("%s", why)
                self.state.refused[log] = why
                self.state.save()


def _is_due(session: Session, one: Uncovered, now: datetime, every: timedelta) -> bool:
    newest = latest(session, one.log)
    if newest is None or now - newest.time >= every:
        return True
    urgent = (
        select(LedgerEntry.sequence)
        .where(
            LedgerEntry.log == one.log,
            LedgerEntry.sequence >= one.covered,
            LedgerEntry.action.in_(URGENT),
        )
        .limit(1)
    )
    return session.scalar(urgent) is not None


def follow(
    signer: Signer,
    database: Database,
    *,
    clock: Callable[[], datetime],
    every: timedelta,
    stop: threading.Event,
) -> None:
    """Sign what is due until told to stop; a database that is away for a while is waited for."""
    wish = signer.folder / ROTATE_WISH
    while not stop.wait(LOOK_SECONDS):
        try:
            if wish.exists():
                signer.rotate(database, now=clock())
                wish.unlink()
            signer.sign_due(database, now=clock(), every=every)
        except OperationalError as problem:
            # Without its database there is nothing to sign; the lag shows wherever it is asked for.
            LOGGER.warning("the database does not answer: %s", type(problem.orig).__name__)
            stop.wait(5.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the signer, or rotate its key and end."""
    from readout.settings import SignerSettings

    parser = argparse.ArgumentParser(description="Sign the heads of the ledgers.")
    parser.add_argument("--folder", type=Path, required=True, help="the signer's own folder")
    parser.add_argument("--public", type=Path, required=True, help="folder of the public keys")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between checkpoints")
    parser.add_argument("--rotate", action="store_true", help="give the signer a new key and end")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    database = Database(SignerSettings().database_url, pool_size=1)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    with sole_use(options.folder):
        signer = Signer.open(options.folder, options.public)
        signer.take_pending(database)
        if options.rotate:
            signer.rotate(database, now=now())
        else:
            follow(signer, database, clock=now, every=timedelta(seconds=options.every), stop=stop)
    database.dispose()
    return 0


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Hold the signer's folder for one process: two memories would be none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "signer.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise AlreadyRunning(f"another signer works in {folder}: stop that one") from problem
        yield


if __name__ == "__main__":
    sys.exit(main())
