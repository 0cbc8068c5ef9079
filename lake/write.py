"""The only way rows get into a table: contract-checked, in one commit, stamped with the ledger.

Every commit carries the ledger sequence it is complete for. A commit either is there wholly or not
at all; two writers cannot both succeed from the same starting point; the same batch twice is once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from lake.durable import write_once
from lake.engine import private_connection
from lake.errors import ConcurrentWrite, StaleSequence
from lake.location import Lake
from lake.schemas import conformed
from lake.snapshots import CONFIRMED, ROWS_KEY, SEQUENCE_KEY, described, snapshot, table_uri
from lake.tables import Table, table_named

_APP = "readout.ledger"
# Versions are kept for ever: nothing here ever expires by age. Removal goes through locks alone.
_CONFIGURATION = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.checkpointInterval": "20",
}
_SMALL_FILES = 64


@dataclass(frozen=True)
class _Target:
    """A table about to be written: where, and the state the decision is made on."""

    lake: Lake
    project: str
    table: Table
    delta: DeltaTable | None

    version: int
    rows: int
    sequence: int


def append(
    lake: Lake,
    project: str,
    table_name: str,
    rows: pa.Table,
    *,
    ledger_sequence: int,
    after: int | None = None,
) -> int:
    """Add rows that are new by their nature, as bronze rows are.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    rows : pyarrow.Table
        Rows in the table's contract.
    ledger_sequence : int
        The table is complete up to this entry when the commit stands.
    after : int, optional
        The sequence the rows begin after. A table that stands elsewhere is left alone.

    Returns
    -------
    int
        The version that holds the rows. A batch whose sequence is already there writes nothing.

    Raises
    ------
    ContractBroken
        The rows break the contract; nothing was written.
    StaleSequence
        The table does not stand at `after`.
    ConcurrentWrite
        Another writer committed first; nothing was written.
    """
    checked = conformed(table_named(table_name), rows)
    target = _target(lake, project, table_name)
    if target.delta is not None and target.sequence >= ledger_sequence:
        return target.version
    if after is not None and target.sequence != after:
        raise StaleSequence(
            f"table {table_name} of project {project} stands at ledger sequence "
            f"{target.sequence}, not {after}; read the rows again from there"
        )
    if target.delta is not None and checked.num_rows == 0:
        return _confirm(target, ledger_sequence)
    return _write(target, checked, ledger_sequence, mode="append", total=target.rows + len(checked))


def merge(
    lake: Lake, project: str, table_name: str, rows: pa.Table, *, ledger_sequence: int
) -> int:
    """Insert rows with new keys and replace rows with known keys.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    rows : pyarrow.Table
        Rows in the table's contract. Rows equal to the stored ones are left where they are.
    ledger_sequence : int
        The table is complete up to this entry when the commit stands.

    Returns
    -------
    int
        The version that holds the rows; the present one if nothing differs.

    Raises
    ------
    ContractBroken, StaleSequence, ConcurrentWrite
        As in `append`; nothing was written.
    """
    checked = conformed(table_named(table_name), rows)
    target = _target(lake, project, table_name)
    _refuse_older(target, ledger_sequence)
    if target.delta is None:
        return _write(target, checked, ledger_sequence, mode="append", total=len(checked))
    changed, new_keys = _difference(target, checked)
    if changed.num_rows == 0:
        return _confirm(target, ledger_sequence)
    total = target.rows + new_keys
    if new_keys == changed.num_rows:
        # Nothing stored changes: an append touches no file that is already there.
        return _write(target, changed, ledger_sequence, mode="append", total=total)
    delta = target.delta

    def commit() -> None:
        (
            delta.merge(
                changed,
                predicate=" AND ".join(f"t.{key} = s.{key}" for key in target.table.key),
                source_alias="s",
                target_alias="t",
                merge_schema=True,
                writer_properties=_writer(),
                commit_properties=_properties(ledger_sequence, total),
                post_commithook_properties=_hooks(),
            )
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .execute()
        )

    return _committed(target, commit)


def overwrite(
    lake: Lake, project: str, table_name: str, rows: pa.Table, *, ledger_sequence: int
) -> int:
    """Replace the whole table in one commit; earlier versions stay.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    rows : pyarrow.Table
        All rows, in the table's contract; they are stored in key order.
    ledger_sequence : int
        The table is complete up to this entry when the commit stands.

    Returns
    -------
    int
        The version that holds the rows; the present one if the content is the same.

    Raises
    ------
    ContractBroken, StaleSequence, ConcurrentWrite
        As in `append`; nothing was written.
    """
    checked = conformed(table_named(table_name), rows)
    target = _target(lake, project, table_name)
    _refuse_older(target, ledger_sequence)
    if target.delta is not None and target.rows == checked.num_rows:
        changed, _new = _difference(target, checked)
        if changed.num_rows == 0:
            return _confirm(target, ledger_sequence)
    order = [(key, "ascending") for key in target.table.key]
    return _write(
        target, checked.sort_by(order), ledger_sequence, mode="overwrite", total=len(checked)
    )


def compact(lake: Lake, project: str, table_name: str, *, small_files: int = _SMALL_FILES) -> int:
    """Gather many small files into few, as a version of its own with the same rows.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    small_files : int
        Fewer files than this are left alone.

    Returns
    -------
    int
        The newest version. Earlier versions keep their files.
    """
    target = _target(lake, project, table_name)
    delta = target.delta
    if delta is None or len(snapshot(lake, project, table_name).files) < small_files:
        return target.version
    sequence, rows = target.sequence, target.rows

    def commit() -> None:
        delta.optimize.compact(
            writer_properties=_writer(),
            commit_properties=_properties(sequence, rows),
            post_commithook_properties=_hooks(),
        )

    return _committed(target, commit)


def _target(lake: Lake, project: str, table_name: str) -> _Target:
    table = table_named(table_name)
    uri = table_uri(lake, project, table_name)
    try:
        delta = DeltaTable(uri, storage_options=lake.delta_options())
    except TableNotFoundError:
        return _Target(lake, project, table, delta=None, version=-1, rows=0, sequence=-1)
    at = described(lake, project, table_name, delta.version())
    return _Target(lake, project, table, delta, at.version, at.rows, at.ledger_sequence)


def _refuse_older(target: _Target, ledger_sequence: int) -> None:
    if ledger_sequence < target.sequence:
        raise StaleSequence(
            f"table {target.table.name} of project {target.project} already stands at ledger "
            f"sequence {target.sequence}; rows as of {ledger_sequence} would undo it"
        )


def _write(target: _Target, rows: pa.Table, sequence: int, *, mode: str, total: int) -> int:
    def commit() -> None:
        write_deltalake(
            target.delta or table_uri(target.lake, target.project, target.table.name),
            rows,
            mode="overwrite" if mode == "overwrite" else "append",
            name=target.table.name,
            description=target.table.description,
            configuration=_CONFIGURATION,
            schema_mode="overwrite" if mode == "overwrite" else "merge",
            storage_options=target.lake.delta_options(),
            writer_properties=_writer(),
            commit_properties=_properties(sequence, total),
            post_commithook_properties=_hooks(),
        )

    return _committed(target, commit)


def _committed(target: _Target, commit: Callable[[], None]) -> int:
    try:
        commit()
    except CommitFailedError as error:
        raise ConcurrentWrite(
            f"table {target.table.name} of project {target.project} was changed by another writer "
            "meanwhile; nothing was written: run the step again"
        ) from error
    return _target(target.lake, target.project, target.table.name).version


def _difference(target: _Target, rows: pa.Table) -> tuple[pa.Table, int]:
    """Return the rows that are not stored like this already, and how many have new keys."""
    assert target.delta is not None
    files = snapshot(target.lake, target.project, target.table.name, version=target.version)
    with private_connection(target.lake) as connection:
        connection.register("incoming", rows)
        connection.execute(f"CREATE TEMP VIEW stored AS {files.select()}")
        columns = ", ".join(f'"{name}"' for name in target.table.column_names)
        keys = ", ".join(f'"{name}"' for name in target.table.key)
        stored_columns = ", ".join(
            f'"{name}"' if name in files.schema.names else f'NULL AS "{name}"'
            for name in target.table.column_names
        )
        connection.execute(
            f"CREATE TEMP TABLE changed AS SELECT {columns} FROM incoming "
            f"EXCEPT SELECT {stored_columns} FROM stored"
        )
        new = connection.execute(
            f"SELECT count(*) FROM (SELECT {keys} FROM changed EXCEPT SELECT {keys} FROM stored)"
        ).fetchall()
        changed = connection.sql(f"SELECT {columns} FROM changed ORDER BY {keys}")
        return conformed(target.table, changed.to_arrow_table()), int(new[0][0])


def _confirm(target: _Target, ledger_sequence: int) -> int:
    """State that the present version is complete up to a later entry, without a new version."""
    if ledger_sequence > target.sequence:
        place = f"{table_uri(target.lake, target.project, target.table.name)}/{CONFIRMED}"
        content = {"version": target.version, "ledger_sequence": ledger_sequence}
        write_once(target.lake, place, [json.dumps(content).encode()])
    return target.version


def _properties(sequence: int, rows: int) -> CommitProperties:
    # The transaction makes delta-rs refuse a second writer that began at the same version.
    return CommitProperties(
        custom_metadata={SEQUENCE_KEY: str(sequence), ROWS_KEY: str(rows)},
        app_transactions=[Transaction(_APP, sequence)],
    )


def _hooks() -> PostCommitHookProperties:
    return PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


def _writer() -> WriterProperties:
    return WriterProperties(compression="ZSTD", compression_level=3)
