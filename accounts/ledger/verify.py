"""Check a whole ledger: every entry, root, checkpoint and table row, with a verdict for each.

Each check answers PASS, FAIL with the range of entries concerned, or NOT COVERED where nothing was
given to check against: a verdict must never sound wider than what was looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import Checkpoint, LedgerCheckpoint, read_note
from accounts.ledger.entries import parse
from accounts.ledger.errors import CheckpointInvalid, EntryUnreadable
from accounts.ledger.merkle import Tree, leaf_hash
from accounts.ledger.replay import Expected, LedgeredTable, compare

MOST_FAILURES = 20


class Verdict(Enum):
    """What a check found."""

    PASS = "PASS"
    FAIL = "FAIL"
    NOT_COVERED = "NOT COVERED"


@dataclass(frozen=True)
class Check:
    """One check of one log: what was looked at, the verdict, and in words what was found."""

    log: str
    name: str
    verdict: Verdict
    detail: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Report:
    """All checks of a verification."""

    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """FAIL if any check fails, NOT COVERED if any could not be made, else PASS."""
        found = {check.verdict for check in self.checks}
        for verdict in (Verdict.FAIL, Verdict.NOT_COVERED):
            if verdict in found:
                return verdict
        return Verdict.PASS

    @property
    def exit_code(self) -> int:
        """0 all PASS, 1 any FAIL, 2 something not covered."""
        return {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.NOT_COVERED: 2}[self.verdict]


@dataclass
class _Walk:
    """What one pass over a log's entries gathers."""

    size: int
    root: bytes
    roots: dict[int, bytes]
    expected: Expected
    faults: list[tuple[int, str]]


def verify(
    session: Session,
    *,
    keys: Sequence[Ed25519PublicKey],
    tables: Sequence[LedgeredTable],
    logs: Sequence[str] | None = None,
    remembered: Sequence[Checkpoint] = (),
) -> Report:
    """Verify the named logs, or all of them.

    `keys` are the signer's public keys, `tables` the tables under the ledger, `remembered` the
    checkpoints that the caller kept elsewhere.
    """
    checks: list[Check] = []
    for log in ledger_log.logs(session) if logs is None else logs:
        checks += verify_log(
            session,
            log,
            keys=keys,
            tables=tables,
            remembered=[checkpoint for checkpoint in remembered if checkpoint.log == log],
        )
    return Report(tuple(checks))


def verify_log(
    session: Session,
    log: str,
    *,
    keys: Sequence[Ed25519PublicKey],
    tables: Sequence[LedgeredTable],
    remembered: Sequence[Checkpoint],
) -> list[Check]:
    """Verify one log."""
    notes = list(
        session.scalars(
            select(LedgerCheckpoint)
            .where(LedgerCheckpoint.log == log)
            .order_by(LedgerCheckpoint.size)
        )
    )
    sizes = {note.size for note in notes} | {checkpoint.size for checkpoint in remembered}
    walk = _walk(session, log, sizes)
    return [
        _check_entries(log, walk),
        _check_head(session, log, walk),
        *_check_checkpoints(log, walk, notes, list(keys)),
        *_check_remembered(log, walk, remembered),
        *_check_tables(session, log, walk, tables),
    ]


def _walk(session: Session, log: str, sizes: set[int]) -> _Walk:
    tree = Tree()
    walk = _Walk(0, tree.root(), {}, Expected(), [])
    for position, (sequence, data, stored_leaf) in enumerate(
        ledger_log.stored_entries(session, log)
    ):
        leaf = leaf_hash(data)
        tree.append(leaf)
        if position + 1 in sizes:
            walk.roots[position + 1] = tree.root()
        if len(walk.faults) >= MOST_FAILURES:
            continue
        if sequence != position:
            walk.faults.append((position, f"entry {position} is missing, found {sequence}"))
        if leaf != stored_leaf:
            walk.faults.append((sequence, f"entry {sequence} does not have the hash kept for it"))
        try:
            entry = parse(data)
        except EntryUnreadable as problem:
            walk.faults.append((sequence, f"entry {sequence}: {problem}"))
            continue
        if (entry.log, entry.sequence) != (log, sequence):
            walk.faults.append(
                (sequence, f"entry {sequence} says it is entry {entry.sequence} of {entry.log}")
            )
        walk.expected.follow(entry)
    walk.size, walk.root = tree.size, tree.root()
    return walk


def _check_entries(log: str, walk: _Walk) -> Check:
    name = "entries"
    if walk.faults:
        places = [place for place, _ in walk.faults]
        words = "; ".join(words for _, words in walk.faults)
        return Check(log, name, Verdict.FAIL, words, min(places), max(places))
    return Check(log, name, Verdict.PASS, f"{walk.size} entries, canonical and without a gap")


def _check_head(session: Session, log: str, walk: _Walk) -> Check:
    name = "head"
    size, root = ledger_log.size(session, log), ledger_log.root(session, log)
    if (size, root) == (walk.size, walk.root):
        return Check(log, name, Verdict.PASS, "the head is the root of all entries")
    detail = f"the head says {size} entries with another root than the {walk.size} that are here"
    return Check(log, name, Verdict.FAIL, detail, 0, max(size, walk.size) - 1)


def _check_checkpoints(
    log: str, walk: _Walk, notes: Sequence[LedgerCheckpoint], keys: list[Ed25519PublicKey]
) -> list[Check]:
    name = "checkpoints"
    if not notes:
        last = walk.size - 1
        return [Check(log, name, Verdict.NOT_COVERED, "no checkpoint was signed yet", 0, last)]
    covered = 0
    for note in notes:
        try:
            checkpoint = read_note(note.note, keys)
        except CheckpointInvalid as problem:
            detail = f"checkpoint at {note.size}: {problem}"
            return [Check(log, name, Verdict.FAIL, detail, covered, note.size - 1)]
        if (checkpoint.log, checkpoint.size) != (log, note.size) or walk.roots.get(
            checkpoint.size
        ) != checkpoint.root:
            detail = f"the entries do not give the root that was signed at size {note.size}"
            return [Check(log, name, Verdict.FAIL, detail, covered, note.size - 1)]
        covered = note.size
    detail = f"{len(notes)} checkpoints hold; entries 0–{covered - 1} are covered"
    checks = [Check(log, name, Verdict.PASS, detail, 0, covered - 1)]
    # The entries that only tell of checkpoints are covered by the next one with anything to say.
    if covered < walk.size and log != ledger_log.SYSTEM_LOG:
        detail = "signed at the next checkpoint"
        checks.append(Check(log, name, Verdict.NOT_COVERED, detail, covered, walk.size - 1))
    return checks


def _check_remembered(log: str, walk: _Walk, remembered: Sequence[Checkpoint]) -> list[Check]:
    name = "remembered checkpoints"
    if not remembered:
        return []
    for checkpoint in sorted(remembered, key=lambda checkpoint: checkpoint.size):
        if walk.roots.get(checkpoint.size) != checkpoint.root:
            detail = (
                f"the log does not contain the history that you remember at size {checkpoint.size}:"
                " it was rolled back or rewritten"
            )
            return [Check(log, name, Verdict.FAIL, detail, 0, checkpoint.size - 1)]
    return [Check(log, name, Verdict.PASS, f"{len(remembered)} remembered checkpoints hold")]


def _check_tables(
    session: Session, log: str, walk: _Walk, tables: Sequence[LedgeredTable]
) -> list[Check]:
    checks: list[Check] = []
    for mismatch in compare(session, log, walk.expected, tables):
        if len(checks) == MOST_FAILURES:
            break
        checks.append(
            Check(log, "tables", Verdict.FAIL, str(mismatch), mismatch.sequence, mismatch.sequence)
        )
    if checks:
        return checks
    rows = sum(len(walk.expected.rows.get(table.name, {})) for table in tables)
    return [Check(log, "tables", Verdict.PASS, f"{rows} rows are what their entries say")]
