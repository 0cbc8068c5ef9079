"""How far a table is, and which rows of another have changed since."""

from collections.abc import Sequence

import pyarrow as pa

from lake.errors import TableMissing
from lake.location import Lake
from lake.read import connect
from lake.snapshots import described, snapshot
from lake.tables import Table

NOTHING = -1


def standing(lake: Lake, project: str, table: Table) -> int:
    """Return the ledger sequence a table is complete up to; -1 before it is first written."""
    try:
        return newest_sequence(lake, project, table)
    except TableMissing:
        return NOTHING


def newest_sequence(lake: Lake, project: str, table: Table) -> int:
    """Return the ledger sequence of a table that must be there, because it was made before."""
    found = snapshot(lake, project, table.name)
    return described(lake, project, table.name, found.version).ledger_sequence


def affected(
    lake: Lake,
    project: str,
    table: Table,
    *,
    unit: str,
    after: int,
    also: Sequence[Table] = (),
) -> pa.Table:
    """Return all rows of the units that have a row newer than a sequence.

    A unit (a series, a read, a subject) is always computed from all of its rows. The tables named
    in `also` hold facts about the same units, whose change counts too.
    """
    versions = {each.name: snapshot(lake, project, each.name).version for each in (table, *also)}
    newer = " UNION ".join(
        f'SELECT "{unit}" FROM "{name}" WHERE ledger_sequence > {after:d}' for name in versions
    )
    connection = connect(lake, project, versions)
    try:
        return connection.sql(
            f'SELECT * FROM "{table.name}" WHERE "{unit}" IN ({newer})'
        ).to_arrow_table()
    finally:
        connection.close()
