"""Bronze: the project's ledger."""

from collections.abc import Iterable

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.catalogue import judged, materialised, table_asset, table_check, up_to
from assets.exports import Exports
from assets.standing import newest_sequence, standing
from lake.location import Lake
from lake.read import arrow
from lake.schemas import arrow_rows
from lake.tables import LEDGER_ENTRIES
from lake.write import append, compact
from research.export import LedgerExport


def ledger_entries_of(exported: Iterable[LedgerExport]) -> pa.Table:
    """Return exported entries as rows of the table."""
    return arrow_rows(
        LEDGER_ENTRIES,
        (
            {
                "project_id": row.project_id,
                "sequence": row.sequence,
                "at": row.time,
                "action": row.action,
                "actor_kind": row.actor_kind,
                "actor_id": row.actor_id,
                "on_behalf_of": row.on_behalf_of,
                "object_kind": row.object_kind,
                "object_id": row.object_id,
                "object_revision": row.object_revision,
                "reason_code": row.reason_code,
                "build": row.build,
                "leaf_hash": row.leaf_hash,
                "entry": row.entry,
                "ledger_sequence": row.sequence,
            }
            for row in exported
        ),
    )


@table_asset(LEDGER_ENTRIES, last=True)
def ledger_entries(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    exports: dg.ResourceParam[Exports],
) -> dg.MaterializeResult[None]:
    """Every entry of the project's ledger, with its exact bytes and its RFC 9162 leaf hash.

    The copy is for questions; the proof stays with the ledger itself (`readout verify`).
    """
    project = context.partition_key
    after, head = standing(lake, project, LEDGER_ENTRIES), up_to(context, exports)
    rows = ledger_entries_of(exports.entries(project, after=after, up_to=head))
    append(lake, project, LEDGER_ENTRIES.name, rows, ledger_sequence=head, after=after)
    # The ledger grows at every run, a few rows at a time.
    version = compact(lake, project, LEDGER_ENTRIES.name)
    return materialised(lake, project, LEDGER_ENTRIES, version)


@table_check(LEDGER_ENTRIES, last=True)
def ledger_entries_are_gapless(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that the sequence runs from 0 to where the table stands, without a gap or a twin."""
    project = context.partition_key
    rows = arrow(lake, project, LEDGER_ENTRIES.name, columns=["sequence"])
    head = newest_sequence(lake, project, LEDGER_ENTRIES)
    return judged(gaps_and_twins(rows, head=head), rows=rows.num_rows)


def gaps_and_twins(entries: pa.Table, *, head: int) -> tuple[str, ...]:
    """Return where the sequence is not 0, 1, 2 … up to its head."""
    found = entries["sequence"].combine_chunks().sort()
    expected = pa.array(range(len(found)), pa.int64())
    wrong = found.filter(pc.not_equal(found, expected))
    problems = [f"sequence {wrong[0]} is not where it should be"] if len(wrong) else []
    if len(found) != head + 1:
        problems.append(f"there are {len(found)} entries up to sequence {head}")
    return tuple(problems)
