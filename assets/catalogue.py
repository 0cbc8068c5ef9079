"""What every asset shares: its place in the catalogue, its columns, and what a run reports."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import dagster as dg

from assets.exports import Exports
from lake.location import Lake
from lake.snapshots import described, snapshot
from lake.tables import Column, Table

PROJECTS = dg.DynamicPartitionsDefinition(name="projects")
SEQUENCE_TAG = "readout/ledger_sequence"
OWNER = "team:data-management"

_LAST = -10
_Function = TypeVar("_Function", bound=Callable[..., dg.MaterializeResult[None]])


def asset_key(table: Table) -> dg.AssetKey:
    """Return the asset key of a table: its layer, then its own name."""
    return dg.AssetKey([table.layer, table.name])


def table_asset(
    table: Table, *, deps: Sequence[Table] = (), last: bool = False
) -> Callable[[_Function], dg.AssetsDefinition]:
    """Make a function the asset of a table; its docstring is the catalogue entry.

    An asset that nobody waits for says `last` and gives way to the others of its run.
    """

    def decorate(function: _Function) -> dg.AssetsDefinition:
        return dg.asset(
            key=asset_key(table),
            deps=[asset_key(dependency) for dependency in deps],
            partitions_def=PROJECTS,
            group_name=table.layer,
            owners=[OWNER],
            kinds={"deltalake", "parquet"},
            metadata={"dagster/column_schema": _column_schema(table)},
            op_tags=_priority(last=last),
            # What was made once need not be made again: the table says how far it is.
            retry_policy=dg.RetryPolicy(max_retries=2, delay=1),
        )(function)

    return decorate


def table_check(
    table: Table, *, blocking: bool = True, last: bool = False
) -> Callable[[Callable[..., dg.AssetCheckResult]], dg.AssetChecksDefinition]:
    """Make a function a check of a table; what depends on the table waits for a blocking one."""

    def decorate(function: Callable[..., dg.AssetCheckResult]) -> dg.AssetChecksDefinition:
        return dg.asset_check(
            asset=asset_key(table),
            blocking=blocking,
            op_tags=_priority(last=last),
        )(function)

    return decorate


def up_to(context: dg.AssetExecutionContext, exports: Exports) -> int:
    """Return the ledger sequence this run reads up to: that of the sensor, or the newest.

    All tables of a run are read up to one entry, so that they fit together.
    """
    stated = context.run.tags.get(SEQUENCE_TAG)
    return int(stated) if stated else exports.head(context.partition_key)


def materialised(
    lake: Lake, project: str, table: Table, version: int
) -> dg.MaterializeResult[None]:
    """Report what a table holds now."""
    stands = described(lake, project, table.name, version)
    files = snapshot(lake, project, table.name, version=version).files
    return dg.MaterializeResult[None](
        metadata={
            "dagster/row_count": stands.rows,
            "dagster/uri": lake.place("tables", project, table.layer, table.name),
            "version": version,
            "ledger_sequence": stands.ledger_sequence,
            "size_bytes": sum(file.size for file in files),
            "files": len(files),
        }
    )


def judged(problems: Sequence[str], *, rows: int) -> dg.AssetCheckResult:
    """Turn the problems that a check found into its result; no problem means it passed."""
    return dg.AssetCheckResult(
        passed=not problems,
        description="; ".join(problems) or "Nothing to object to.",
        metadata={"rows": rows, "problems": len(problems)},
    )


def _column_schema(table: Table) -> dg.TableSchema:
    return dg.TableSchema(columns=[_catalogued(column) for column in table.columns])


def _catalogued(column: Column) -> dg.TableColumn:
    return dg.TableColumn(
        name=column.name,
        type=column.type,
        description=f"{column.meaning} [{column.unit}]" if column.unit else column.meaning,
        constraints=dg.TableColumnConstraints(nullable=column.nullable),
    )


def _priority(*, last: bool) -> dict[str, str]:
    return {"dagster/priority": str(_LAST)} if last else {}
