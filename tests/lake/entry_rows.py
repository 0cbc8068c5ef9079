"""Rows of a small table for the lake's tests: the ledger, whose key is one number."""

from datetime import UTC, datetime

import pyarrow as pa

from lake.schemas import arrow_rows
from lake.tables import LEDGER_ENTRIES


def entry_rows(first: int, last: int, *, action: str = "draft_saved") -> pa.Table:
    """Return the entries from `first` to `last`, both included."""
    return arrow_rows(
        LEDGER_ENTRIES,
        (
            {
                "project_id": "p1",
                "sequence": sequence,
                "at": datetime(2026, 1, 1, 0, sequence // 60 % 60, sequence % 60, tzinfo=UTC),
                "action": action,
                "actor_kind": "person",
                "actor_id": f"person-{sequence % 3}",
                "object_kind": "read",
                "object_id": f"read-{sequence}",
                "leaf_hash": "00",
                "entry": "{}",
                "ledger_sequence": sequence,
            }
            for sequence in range(first, last + 1)
        ),
    )
