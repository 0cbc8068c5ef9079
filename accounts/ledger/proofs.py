"""Inclusion and consistency proofs (RFC 9162 section 2.1.3 and 2.1.4) in O(log n) from SQL.

Every proof is checked before it is given out: a damaged row of `ledger_nodes` is refused here and
can never pass for a damaged log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accounts.ledger import log as ledger_log
from accounts.ledger.errors import LogMissing, NodesDamaged
from accounts.ledger.log import LedgerEntry
from accounts.ledger.merkle import node_hash, verify_consistency, verify_inclusion
from accounts.ledger.nodes import LOWEST, hash_of, stored, subtrees_of

Leaves = tuple[int, int]

LEAF_HASHES = select(LedgerEntry.__table__.c.sequence, LedgerEntry.__table__.c.leaf_hash).where(
    LedgerEntry.__table__.c.log == bindparam("log"),
    LedgerEntry.__table__.c.sequence.in_(bindparam("sequences", expanding=True)),
)


@dataclass(frozen=True, kw_only=True)
class InclusionProof:
    """That the entry of `sequence` is in the log as it was at `size` entries."""

    log: str
    sequence: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: bytes


@dataclass(frozen=True, kw_only=True)
class ConsistencyProof:
    """That the log of `old_size` entries is where the log of `size` entries began."""

    log: str
    old_size: int
    size: int
    old_root: bytes
    path: tuple[bytes, ...]
    root: bytes


def prove_inclusion(
    session: Session, log: str, sequence: int, *, size: int | None = None
) -> InclusionProof:
    """Prove that an entry is in the log, as it is now or as it was at `size` entries."""
    size = _known_size(session, log, size)
    if not 0 <= sequence < size:
        raise LogMissing(f"log {log} had no entry {sequence} at size {size}: name one below it")
    ranges = [(sequence, sequence + 1), *_inclusion_ranges(sequence, size), (0, size)]
    leaf, *path, root = _hashes(session, log, ranges)
    if not verify_inclusion(leaf, index=sequence, size=size, proof=path, root=root):
        raise _damaged(log, size)
    return InclusionProof(
        log=log, sequence=sequence, size=size, leaf=leaf, path=tuple(path), root=root
    )


def prove_consistency(
    session: Session, log: str, old_size: int, *, size: int | None = None
) -> ConsistencyProof:
    """Prove that nothing of the first `old_size` entries has changed since."""
    size = _known_size(session, log, size)
    if not 0 < old_size <= size:
        raise LogMissing(f"log {log} of {size} entries has no earlier size {old_size}")
    ranges = [(0, old_size), *_consistency_ranges(old_size, size), (0, size)]
    old_root, *path, root = _hashes(session, log, ranges)
    if not verify_consistency(
        old_size=old_size, old_root=old_root, size=size, root=root, proof=path
    ):
        raise _damaged(log, size)
    return ConsistencyProof(
        log=log, old_size=old_size, size=size, old_root=old_root, path=tuple(path), root=root
    )


def _known_size(session: Session, log: str, size: int | None) -> int:
    present = ledger_log.size(session, log)
    if size is None:
        return present
    if not 0 < size <= present:
        raise LogMissing(f"log {log} has {present} entries: it never had the size {size} yet")
    return size


def _inclusion_ranges(sequence: int, size: int) -> list[Leaves]:
    """Return the leaves under each hash of the audit path, the sibling of the leaf first."""
    first, last = 0, size
    ranges: list[Leaves] = []
    while last - first > 1:
        middle = _middle(first, last)
        if sequence < middle:
            ranges.append((middle, last))
            last = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ranges[::-1]


def _consistency_ranges(old_size: int, size: int) -> list[Leaves]:
    """Return the leaves under each hash of the consistency proof, in its order."""
    first, last = 0, size
    ranges: list[Leaves] = []
    while old_size != last:
        middle = _middle(first, last)
        if old_size <= middle:
            ranges.append((middle, last))
            last = middle
        else:
            ranges.append((first, middle))
            first = middle
    if first > 0:
        ranges.append((first, last))
    return ranges[::-1]


def _middle(first: int, last: int) -> int:
    return first + (1 << (last - first - 1).bit_length() - 1)


def _hashes(session: Session, log: str, ranges: Sequence[Leaves]) -> list[bytes]:
    """Return the hash over each range of leaves, reading every row that is needed once."""
    parts = [subtrees_of(first, last) for first, last in ranges]
    wanted = {subtree for part in parts for subtree in part}
    large = {subtree for subtree in wanted if subtree.level >= LOWEST}
    small = wanted - large
    known = stored(session, log, large)
    leaves = _leaf_hashes(session, log, {leaf for one in small for leaf in one.leaves()})
    try:
        known |= {subtree: hash_of(subtree, leaves) for subtree in small}
        return [_fold([known[subtree] for subtree in part]) for part in parts]
    except KeyError as problem:
        raise NodesDamaged(
            f"log {log} lacks a row for {problem.args[0]}: verify the log before proving from it"
        ) from problem


def _leaf_hashes(session: Session, log: str, sequences: set[int]) -> dict[int, bytes]:
    rows = session.execute(LEAF_HASHES, {"log": log, "sequences": sorted(sequences)})
    return {sequence: leaf for sequence, leaf in rows}  # noqa: C416 (rows are not pairs to mypy)


def _fold(peaks: Sequence[bytes]) -> bytes:
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _damaged(log: str, size: int) -> NodesDamaged:
    return NodesDamaged(
        f"the hashes kept for log {log} do not give its root at size {size}: "
        "verify the log, then rebuild its nodes"
    )
