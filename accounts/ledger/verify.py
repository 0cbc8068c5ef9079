"""Check a whole ledger: every entry, root, checkpoint and table row, with a verdict for each.

Each check answers PASS, FAIL with the range of entries concerned, or NOT COVERED where nothing was
given to check against: a verdict must never sound wider than what was looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import (
    CHECKPOINT_SIGNED,
    Checkpoint,
    LedgerCheckpoint,
    notes_of,
    read_note,
)
from accounts.ledger.entries import parse
from accounts.ledger.errors import CheckpointInvalid, EntryUnreadable, RotationInvalid
from accounts.ledger.log import SYSTEM_LOG, LedgerEntry
from accounts.ledger.merkle import Tree, leaf_hash
from accounts.ledger.nodes import Subtree, all_stored, completed_by
from accounts.ledger.replay import Expected, LedgeredTable, compare
from accounts.ledger.signers import ROTATED, SignerKey, follow_rotations

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
    nodes: dict[int, bytes] = field(default_factory=dict)


def verify(
    session: Session,
    *,
    keys: Sequence[SignerKey | Ed25519PublicKey],
    tables: Sequence[LedgeredTable],
    logs: Sequence[str] | None = None,
    remembered: Sequence[Checkpoint] = (),
) -> Report:
    """Verify the named logs, or all of them.

    `keys` are the signer's public keys that are trusted; rotations entered in the system log are
    followed from them. `tables` are the tables under the ledger, `remembered` the checkpoints that
    the caller kept elsewhere.
    """
    trusted, checks = _trusted(session, keys)
    present = ledger_log.logs(session)
    for log in present if logs is None else logs:
        checks += verify_log(
            session,
            log,
            keys=trusted,
            tables=tables,
            remembered=[checkpoint for checkpoint in remembered if checkpoint.log == log],
        )
    if logs is None:
        known = {*signed_logs(session), *(checkpoint.log for checkpoint in remembered)}
        checks += [
            Check(log, "presence", Verdict.FAIL, "the log was signed before and is gone")
            for log in sorted(known - set(present))
        ]
    return Report(tuple(checks))


def trusted_keys(session: Session, keys: Sequence[SignerKey | Ed25519PublicKey]) -> list[SignerKey]:
    """Return the keys with the sizes they are valid at, after every rotation that was entered."""
    given = [key if isinstance(key, SignerKey) else SignerKey(key) for key in keys]
    rotations = ledger_log.entries(session, SYSTEM_LOG, action=ROTATED)
    return follow_rotations(given, rotations) if given else []


def _trusted(
    session: Session, keys: Sequence[SignerKey | Ed25519PublicKey]
) -> tuple[list[SignerKey], list[Check]]:
    try:
        return trusted_keys(session, keys), []
    except (RotationInvalid, EntryUnreadable) as problem:
        words = f"a change of the signing key does not hold: {problem}"
        return [], [Check(SYSTEM_LOG, "signing keys", Verdict.FAIL, words)]


def verify_log(
    session: Session,
    log: str,
    *,
    keys: Sequence[SignerKey],
    tables: Sequence[LedgeredTable],
    remembered: Sequence[Checkpoint],
) -> list[Check]:
    """Verify one log."""
    notes = notes_of(session, log)
    sizes = {note.size for note in notes} | {checkpoint.size for checkpoint in remembered}
    walk = _walk(session, log, sizes)
    return [
        _check_entries(log, walk),
        _check_head(session, log, walk),
        _check_nodes(session, log, walk),
        *_check_checkpoints(log, walk, notes, keys),
        *_check_told(session, log, walk, notes),
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
        for completed in completed_by(position, tree.append(leaf)):
            walk.nodes[completed.subtree.place] = completed.hash
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


def _check_nodes(session: Session, log: str, walk: _Walk) -> Check:
    """Compare the hashes kept for proofs with those of the entries."""
    name, wrong, found = "nodes", list[Subtree](), 0
    for subtree, kept in all_stored(session, log):
        if walk.nodes.get(subtree.place) == kept:
            found += 1
        else:
            wrong.append(subtree)
    if wrong:
        first, last = wrong[0].leaves()[0], max(one.leaves()[-1] for one in wrong)
        words = f"{len(wrong)} hashes kept for proofs are not those of the entries"
        return Check(log, name, Verdict.FAIL, words, first, last)
    if found != len(walk.nodes):
        words = f"{len(walk.nodes) - found} hashes kept for proofs are missing"
        return Check(log, name, Verdict.FAIL, words, 0, walk.size - 1)
    return Check(
        log, name, Verdict.PASS, f"{found} hashes kept for proofs are those of the entries"
    )


def _check_told(
    session: Session, log: str, walk: _Walk, notes: Sequence[LedgerCheckpoint]
) -> list[Check]:
    """Compare a project's checkpoints with what the system log says of them."""
    if log == SYSTEM_LOG or not notes:
        return []
    name = "checkpoints in the system log"
    told, kept = told_notes(session, log), {note.note: note.size for note in notes}
    odd = [size for note, size in (told | kept).items() if (note in told) != (note in kept)]
    if odd:
        words = f"the checkpoint at size {min(odd)} stands in one place and not in the other"
        return [Check(log, name, Verdict.FAIL, words, 0, max(min(odd), 1) - 1)]
    words = f"{len(told)} stand there as they were signed"
    return [Check(log, name, Verdict.PASS, words, 0, max(told.values()) - 1)]


def told_notes(session: Session, log: str) -> dict[str, int]:
    """Return {note: size} of every checkpoint of a project that the system log tells of."""
    told: dict[str, int] = {}
    query = select(LedgerEntry.entry).where(
        LedgerEntry.log == SYSTEM_LOG,
        LedgerEntry.action == CHECKPOINT_SIGNED,
        LedgerEntry.object_id == log,
    )
    for data in session.scalars(query):
        try:
            after = parse(data).after or {}
        except EntryUnreadable:
            continue  # the system log's own check names it
        told[str(after.get("note"))] = size if isinstance(size := after.get("size"), int) else 0
    return told


def signed_logs(session: Session) -> frozenset[str]:
    """Return the logs whose checkpoints the system log tells of."""
    query = select(LedgerEntry.object_id).where(
        LedgerEntry.log == SYSTEM_LOG, LedgerEntry.action == CHECKPOINT_SIGNED
    )
    return frozenset(session.scalars(query.distinct()))


def _check_checkpoints(
    log: str, walk: _Walk, notes: Sequence[LedgerCheckpoint], keys: Sequence[SignerKey]
) -> list[Check]:
    name = "checkpoints"
    if not notes:
        last = walk.size - 1
        return [Check(log, name, Verdict.NOT_COVERED, "no checkpoint was signed yet", 0, last)]
    covered = 0
    for note in notes:
        try:
            checkpoint = read_note(
                note.note, [key.public for key in keys if key.is_valid(log, note.size)]
            )
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
    if covered < walk.size and log != SYSTEM_LOG:
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
