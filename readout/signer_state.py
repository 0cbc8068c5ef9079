"""What the signer remembers by itself, and why it refuses a head that does not continue it.

The database can be set back or rewritten by whoever administers it. This file is the signer's own:
a head that is not proved to contain all that was signed before is not signed.
"""

import base64
import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from accounts.ledger.checkpoints import Checkpoint, notes_of, read_note
from accounts.ledger.entries import format_time, parse_time
from accounts.ledger.errors import HeadRefused, LogMissing, NodesDamaged
from accounts.ledger.merkle import verify_consistency
from accounts.ledger.proofs import prove_consistency

STATE_FILE = "state.json"


@dataclass(frozen=True)
class Remembered:
    """The last head of a log that was signed."""

    size: int
    root: bytes
    time: datetime


@dataclass
class SignerState:
    """The last signed head of each log, kept in a file; `refused` names the logs in doubt."""

    file: Path
    heads: dict[str, Remembered] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "SignerState":
        """Read the file, if there is one."""
        state = cls(folder / STATE_FILE)
        if not state.file.exists():
            return state
        said = json.loads(state.file.read_bytes())
        for log, one in said["heads"].items():
            root = base64.b64decode(one["root"], validate=True)
            state.heads[log] = Remembered(one["size"], root, parse_time(one["time"]))
        state.refused = said["refused"]
        return state

    def save(self) -> None:
        """Write the file, durably, whole or not at all."""
        said = {
            "heads": {
                log: {
                    "size": one.size,
                    "root": base64.b64encode(one.root).decode(),
                    "time": format_time(one.time),
                }
                for log, one in self.heads.items()
            },
            "refused": self.refused,
        }
        part = self.file.with_name(f".{self.file.name}")
        with part.open("w", encoding="utf-8") as out:
            json.dump(said, out, sort_keys=True)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, self.file)

    def seed(self, session: Session, log: str, keys: list[Ed25519PublicKey]) -> None:
        """Without a memory of a log, begin with the newest checkpoint that a key of ours signed."""
        notes = notes_of(session, log)
        if log not in self.heads and notes:
            known = read_note(notes[-1].note, keys)
            self.heads[log] = Remembered(known.size, known.root, known.time)

    def allow(self, session: Session, head: Checkpoint) -> None:
        """Remember a head that continues the last signed one; refuse any other."""
        self.check(session, head)
        self.remember(head)

    def check(self, session: Session, head: Checkpoint) -> None:
        """Refuse a head that does not continue the last signed one."""
        last = self.heads.get(head.log)
        if last is not None:
            _require_continued(session, head, last)

    def remember(self, head: Checkpoint) -> None:
        """Keep a head, before its signature leaves."""
        last = self.heads.get(head.log)
        if last is None or last.size != head.size:
            self.heads[head.log] = Remembered(head.size, head.root, head.time)
            self.save()

    def vanished(self, present: set[str]) -> list[str]:
        """Return the logs that were signed and are no longer there."""
        return sorted(self.heads.keys() - present)


def _require_continued(session: Session, head: Checkpoint, last: Remembered) -> None:
    if head.size < last.size:
        raise HeadRefused(
            f"log {head.log} has {head.size} entries, {last.size} were signed: it was set back"
        )
    try:
        proof = prove_consistency(session, head.log, last.size, size=head.size)
    except (LogMissing, NodesDamaged) as problem:
        raise HeadRefused(f"log {head.log} cannot prove its history: {problem}") from problem
    holds = verify_consistency(
        old_size=last.size,
        old_root=last.root,
        size=head.size,
        root=head.root,
        proof=proof.path,
    )
    if not holds:
        raise HeadRefused(
            f"log {head.log} at {head.size} entries does not contain the {last.size} that were "
            "signed: its history was rewritten"
        )
