"""A witness: a second place that keeps checkpoints, and takes one only with a proof.

It is a folder on another machine or medium. It remembers the last head of each log by itself and
appends the next only when that is proved to contain it; who changes history must change this too.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from accounts.ledger.checkpoints import Checkpoint, parse_text, read_note
from accounts.ledger.errors import CheckpointInvalid, HeadRefused
from accounts.ledger.merkle import verify_consistency


@dataclass(frozen=True)
class Witness:
    """One folder; one file a log, one line a checkpoint."""

    folder: Path

    def last(self, log: str) -> Checkpoint | None:
        """Return the newest checkpoint that is kept of a log."""
        file = self._file(log)
        if not file.exists():
            return None
        note = str(json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["note"])
        return _unsigned(note)

    def add(self, note: str, proof: list[bytes], keys: list[Ed25519PublicKey]) -> bool:
        """Keep a checkpoint that continues the last one; refuse any other.

        False when it is kept already. The signature is checked, the proof is from the last size.
        """
        found = read_note(note, keys)
        last = self.last(found.log)
        if last is not None:
            if (found.size, found.root) == (last.size, last.root):
                return False
            holds = found.size > last.size and verify_consistency(
                old_size=last.size,
                old_root=last.root,
                size=found.size,
                root=found.root,
                proof=proof,
            )
            if not holds:
                raise HeadRefused(
                    f"the checkpoint of log {found.log} at {found.size} does not contain the one "
                    f"that is witnessed at {last.size}: history was set back or rewritten"
                )
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"note": note, "proof": [step.hex() for step in proof]})
        with self._file(found.log).open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")
            out.flush()
            os.fsync(out.fileno())
        return True

    def _file(self, log: str) -> Path:
        if not log.replace("-", "").isalnum():
            raise CheckpointInvalid("the checkpoint names a log that is none")
        return self.folder / f"{log}.notes"


def _unsigned(note: str) -> Checkpoint:
    """Read what was checked when it was taken in."""
    return parse_text(note.partition("\n\n")[0])
