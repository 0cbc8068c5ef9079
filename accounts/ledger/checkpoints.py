"""Signed tree heads: the note form of C2SP (signed-note, tlog-checkpoint) over Ed25519.

A checkpoint says "this log had this size and this root at this time". Whoever keeps one can later
prove that nothing before it was changed, dropped or reordered.
"""

import base64
import time
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base, Database, UtcDateTime
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import Entry, format_time, parse_time
from accounts.ledger.errors import CheckpointInvalid, CheckpointLate, LogMissing
from accounts.ledger.log import SYSTEM_LOG
from accounts.second_wall import admit

ED25519 = b"\x01"
SIGNER = "readout"
CHECKPOINT_SIGNED = "checkpoint_signed"
WAIT_STEP_SECONDS = 0.1


class LedgerCheckpoint(Base):
    """One signed tree head of one log."""

    __tablename__ = "ledger_checkpoints"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Uncovered:
    """A log that grew beyond its newest checkpoint, and since when."""

    log: str
    covered: int
    since: datetime


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: which log, how long, with which root, when."""

    log: str
    size: int
    root: bytes
    time: datetime

    def text(self) -> str:
        """Return the note's text: origin, size, root, and the time as an extension line."""
        root = base64.b64encode(self.root).decode()
        return f"readout/{self.log}\n{self.size}\n{root}\ntime {format_time(self.time)}\n"


def key_id(key: Ed25519PublicKey) -> bytes:
    """Return the four bytes by which a note names the key that signed it."""
    return sha256(SIGNER.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:4]


def sign_note(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Return the signed note of a checkpoint."""
    text = checkpoint.text()
    signature = base64.b64encode(key_id(key.public_key()) + key.sign(text.encode())).decode()
    return f"{text}\n— {SIGNER} {signature}\n"


def read_note(note: str, keys: list[Ed25519PublicKey]) -> Checkpoint:
    """Return the checkpoint of a note that one of the keys signed, else refuse it."""
    text, separator, signatures = note.partition("\n\n")
    if not separator:
        raise CheckpointInvalid("the note has no signature part")
    text += "\n"
    if not any(_signed_by(key, text, signatures) for key in keys):
        raise CheckpointInvalid("no known key signed this checkpoint")
    return parse_text(text)


def parse_text(text: str) -> Checkpoint:
    """Read the text of a note without asking who signed it."""
    try:
        origin, size, root, signed = text.splitlines()
        return Checkpoint(
            log=origin.removeprefix("readout/"),
            size=int(size),
            root=base64.b64decode(root, validate=True),
            time=parse_time(signed.removeprefix("time ")),
        )
    except (ValueError, Base64Error) as problem:
        raise CheckpointInvalid(f"the checkpoint's text cannot be read: {problem}") from problem


def _signed_by(key: Ed25519PublicKey, text: str, signatures: str) -> bool:
    for line in signatures.splitlines():
        try:
            blob = base64.b64decode(line.rpartition(" ")[2], validate=True)
            if blob[:4] != key_id(key):
                continue
            key.verify(blob[4:], text.encode())
        except (InvalidSignature, Base64Error, ValueError):
            continue
        return True
    return False


def sign_head(
    session: Session,
    log: str,
    *,
    key: Ed25519PrivateKey,
    now: datetime,
    allow: Callable[[Session, Checkpoint], None] | None = None,
) -> str:
    """Sign the present head of a log, keep the note, and return it.

    The checkpoint of a project also becomes an entry of the system log, so that a project cannot
    vanish without a trace. `allow` may refuse a head by raising `HeadRefused`.
    """
    head = session.get(ledger_log.LedgerHead, log, with_for_update=True, populate_existing=True)
    if head is None:
        raise LogMissing(f"log {log} has no entries: there is nothing to sign yet")
    checkpoint = Checkpoint(log, head.size, ledger_log.root(session, log), now)
    if allow is not None:
        allow(session, checkpoint)
    newest = latest(session, log)
    if newest is not None and newest.size == head.size:
        return newest.note
    note = sign_note(checkpoint, key)
    session.add(LedgerCheckpoint(log=log, size=head.size, note=note, time=now))
    if log != SYSTEM_LOG:
        ledger_log.append(
            session,
            Entry(
                log=SYSTEM_LOG,
                sequence=0,
                time=now,
                actor_kind="system",
                actor_id="signer",
                action=CHECKPOINT_SIGNED,
                object_kind="log",
                object_id=log,
                after={"size": checkpoint.size, "note": note},
            ),
        )
    session.flush()
    return note


def latest(session: Session, log: str) -> LedgerCheckpoint | None:
    """Return the newest checkpoint of a log, or None before the first."""
    return session.scalars(
        select(LedgerCheckpoint)
        .where(LedgerCheckpoint.log == log)
        .order_by(LedgerCheckpoint.size.desc())
        .limit(1)
    ).first()


def notes_of(session: Session, log: str) -> list[LedgerCheckpoint]:
    """Return every checkpoint of a log, the smallest first."""
    query = select(LedgerCheckpoint).where(LedgerCheckpoint.log == log)
    return list(session.scalars(query.order_by(LedgerCheckpoint.size)))


def checkpoint_line(note: str) -> str:
    """Return a whole note as one line, to be printed on every export and signature page.

    The verifier remembers it like the note itself: `--remember` takes a file with either.
    """
    return " | ".join(line for line in note.splitlines() if line)


def note_of_line(line: str) -> str:
    """Return the note that was printed as one line."""
    *text, signature = line.strip().split(" | ")
    return "\n".join([*text, "", signature, ""])


def uncovered(session: Session) -> list[Uncovered]:
    """Return the logs with entries that no checkpoint covers yet, the system's last.

    The system log's own record of checkpoints alone is no reason for another one.
    """
    newest = (
        select(LedgerCheckpoint.log, func.max(LedgerCheckpoint.size).label("size"))
        .group_by(LedgerCheckpoint.log)
        .subquery()
    )
    covered = func.coalesce(newest.c.size, 0)
    grown = (
        select(ledger_log.LedgerHead.log, covered)
        .outerjoin(newest, newest.c.log == ledger_log.LedgerHead.log)
        .where(ledger_log.LedgerHead.size > covered)
    )
    found = []
    for log, size in session.execute(grown).all():
        entry = ledger_log.LedgerEntry
        oldest = session.scalar(
            select(entry.time)
            .where(entry.log == log, entry.sequence >= size, entry.action != CHECKPOINT_SIGNED)
            .order_by(entry.sequence)
            .limit(1)
        )
        if oldest is not None:
            found.append(Uncovered(log, size, oldest))
    return sorted(found, key=lambda one: (one.log == SYSTEM_LOG, one.log))


def wait_until_covered(
    database: Database,
    log: str,
    size: int,
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Return the first note that covers `size` entries; refuse when the signer does not come."""
    for _ in range(1 + round(seconds / WAIT_STEP_SECONDS)):
        with database.reading() as session:
            admit(session, [log])
            note = session.scalar(
                select(LedgerCheckpoint.note)
                .where(LedgerCheckpoint.log == log, LedgerCheckpoint.size >= size)
                .order_by(LedgerCheckpoint.size)
                .limit(1)
            )
        if note is not None:
            return note
        sleep(WAIT_STEP_SECONDS)
    raise CheckpointLate(
        f"the signer has not covered entry {size - 1} of log {log} within {seconds:.0f} s: "
        "see whether it runs, then export again"
    )
