"""Taking things out of the lake: the one place where stored bytes end before their time.

A subject that is left out stays in the earlier versions of the tables and in their locks. A subject
that is erased is in no file any more: files that held its rows are removed from every version, what
the tables' own logs said about those files is taken out, and versions that need them are refused
from then on. Files that hold nothing of the subject keep their bytes, so the other locks hold.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, WriterProperties
from deltalake.exceptions import CommitFailedError

from lake.durable import write_once
from lake.engine import private_connection
from lake.errors import ConcurrentWrite
from lake.location import Lake, checked_digest, checked_name
from lake.locks import lock_names, read_lock
from lake.objects import object_key
from lake.remembered import forget_contents
from lake.snapshots import (
    ERASED,
    ROWS_KEY,
    SEQUENCE_KEY,
    described,
    erased_versions,
    forget_snapshots,
    has_table,
    open_delta,
    snapshot,
    table_uri,
)
from lake.tables import TABLES, Table

SUBJECT = "subject"


@dataclass(frozen=True)
class Removed:
    """What was taken out: rows of tables, files and their bytes."""

    rows: int = 0
    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        """Return both together."""
        return Removed(self.rows + other.rows, self.files + other.files, self.bytes + other.bytes)


def leave_out(lake: Lake, project: str, subject: str) -> Removed:
    """Take a subject's rows out of the newest version of every table; earlier versions stay.

    Parameters
    ----------
    lake : Lake
        Where.
    project, subject : str
        Whose rows: the subject's code.

    Returns
    -------
    Removed
        The number of rows; doing it again removes none.

    Raises
    ------
    ConcurrentWrite
        Another writer committed first: try again.
    """
    rows = 0
    for table in _subject_tables(lake, project):
        rows += _delete_rows(lake, project, table, subject)
    return Removed(rows=rows)


def erase_subject(lake: Lake, project: str, subject: str) -> Removed:
    """Take a subject out of every version of every table, and out of the tables' own logs.

    Parameters
    ----------
    lake : Lake
        Where.
    project, subject : str
        Whose rows: the subject's code.

    Returns
    -------
    Removed
        Rows of the newest versions, and the files that held the subject. Interrupted, it is done
        again from the beginning and ends alike.

    Raises
    ------
    ConcurrentWrite
        Another writer committed first: try again.
    """
    done = leave_out(lake, project, subject)
    for table in _subject_tables(lake, project):
        done += _purge(lake, project, table, subject)
    forget_snapshots()
    forget_contents()
    return done


def locks_naming(lake: Lake, project: str, subject: str) -> tuple[str, ...]:
    """Return the names of the locks whose files hold rows of a subject."""
    held = {
        (table.name, path)
        for table in _subject_tables(lake, project)
        for path in _files_with(lake, project, table, subject)
    }
    return tuple(
        name
        for name in lock_names(lake, project)
        if any(
            (table.table, file.path) in held
            for table in read_lock(lake, project, name).tables
            for file in table.files
        )
    )


def remove_objects(lake: Lake, project: str, digests: Iterable[str]) -> Removed:
    """Remove objects of one project; another project's equal bytes are another object.

    Parameters
    ----------
    lake : Lake
        Where.
    project : str
        Whose objects.
    digests : iterable of str
        Which; one that is gone already is passed over.

    Returns
    -------
    Removed
        The files and bytes that were there.
    """
    filesystem = lake.filesystem()
    done = Removed()
    for digest in sorted(set(digests)):
        place = lake.place(object_key(project, checked_digest(digest)))
        if filesystem.exists(place):
            done += Removed(files=1, bytes=int(filesystem.size(place)))
            filesystem.rm_file(place)
    return done


def remove_project(lake: Lake, project: str) -> Removed:
    """Remove everything the lake holds of a project: objects, tables, manifests of locks."""
    filesystem = lake.filesystem()
    done = Removed()
    for kind in ("objects", "tables", "locks", "withdrawn"):
        folder = lake.place(kind, checked_name(project, what="project id"))
        if not filesystem.exists(folder):
            continue
        sizes = [int(found["size"]) for found in filesystem.find(folder, detail=True).values()]
        done += Removed(files=len(sizes), bytes=sum(sizes))
        filesystem.rm(folder, recursive=True)
    forget_snapshots()
    forget_contents()
    return done


def _subject_tables(lake: Lake, project: str) -> tuple[Table, ...]:
    return tuple(
        table
        for table in TABLES
        if SUBJECT in table.column_names and has_table(lake, project, table.name)
    )


def _delete_rows(lake: Lake, project: str, table: Table, subject: str) -> int:
    before = snapshot(lake, project, table.name)
    quoted = subject.replace("'", "''")
    with private_connection(lake) as connection:
        counted = connection.execute(
            f'SELECT count(*) FROM ({before.select()}) WHERE "{SUBJECT}" = ?', [subject]
        ).fetchall()
    rows = int(counted[0][0])
    if rows == 0:
        return 0
    at = described(lake, project, table.name, before.version)
    delta = open_delta(lake, project, table.name)
    try:
        delta.delete(
            f"{SUBJECT} = '{quoted}'",
            writer_properties=WriterProperties(compression="ZSTD", compression_level=3),
            commit_properties=CommitProperties(
                custom_metadata={
                    SEQUENCE_KEY: str(at.ledger_sequence),
                    ROWS_KEY: str(at.rows - rows),
                }
            ),
            post_commithook_properties=PostCommitHookProperties(
                create_checkpoint=False, cleanup_expired_logs=False
            ),
        )
    except CommitFailedError as error:
        raise ConcurrentWrite(
            f"table {table.name} of project {project} was changed by another writer meanwhile; "
            "nothing was removed from it: do it again"
        ) from error
    return rows


def _files_with(lake: Lake, project: str, table: Table, subject: str) -> tuple[str, ...]:
    """Return the paths of all Parquet files of a table, of any version, that hold the subject."""
    root = table_uri(lake, project, table.name)
    filesystem = lake.filesystem()
    prefix = f"{root.removeprefix('s3://')}/"
    paths = sorted(
        str(place).removeprefix(prefix)
        for place in filesystem.find(root)
        if str(place).endswith(".parquet") and "/_delta_log/" not in str(place)
    )
    found = []
    with private_connection(lake) as connection:
        for path in paths:
            place = f"{root}/{path}".replace("'", "''")
            hit = connection.execute(
                f"SELECT 1 FROM read_parquet('{place}') WHERE \"{SUBJECT}\" = ? LIMIT 1", [subject]
            ).fetchone()
            if hit is not None:
                found.append(path)
    return tuple(found)


def _purge(lake: Lake, project: str, table: Table, subject: str) -> Removed:
    """Remove the files of earlier versions that hold the subject, and what the log tells of them.

    The log first: a version is refused before its files go.
    """
    doomed = frozenset(_files_with(lake, project, table, subject))
    newest = snapshot(lake, project, table.name)
    assert not doomed & {file.path for file in newest.files}, "the newest version holds the subject"
    _scrub_log(lake, project, table, doomed, subject)
    root = table_uri(lake, project, table.name)
    filesystem = lake.filesystem()
    done = Removed()
    for path in sorted(doomed):
        done += Removed(files=1, bytes=int(filesystem.size(f"{root}/{path}")))
        filesystem.rm_file(f"{root}/{path}")
    return done


def _scrub_log(
    lake: Lake, project: str, table: Table, doomed: frozenset[str], subject: str
) -> None:
    """Take out of the log the least and greatest values of removed files, and old checkpoints.

    A checkpoint repeats them and is made anew by later commits; the commits themselves all stay.
    """
    root = table_uri(lake, project, table.name)
    filesystem = lake.filesystem()
    newest = open_delta(lake, project, table.name).version()
    present: set[str] = set()
    lost = set(erased_versions(lake, project, table.name))
    for version in range(newest + 1):
        place = f"{root}/_delta_log/{version:020d}.json"
        actions = [json.loads(line) for line in filesystem.cat_file(place).splitlines()]
        for action in actions:
            if "remove" in action:
                present.discard(action["remove"]["path"])
            if "add" in action:
                present.add(action["add"]["path"])
        if present & doomed:
            lost.add(version)
        kept = [_without_values(action, doomed, subject) for action in actions]
        if kept != actions:
            write_once(lake, place, [json.dumps(kept_one).encode() + b"\n" for kept_one in kept])
    write_once(lake, f"{root}/{ERASED}", [json.dumps(sorted(lost)).encode()])
    for found in filesystem.ls(f"{root}/_delta_log", detail=False):
        name = str(found).rsplit("/", 1)[-1]
        if ".checkpoint" in name or name == "_last_checkpoint":
            filesystem.rm_file(str(found))
    DeltaTable(root, storage_options=lake.delta_options())  # Fails at once if the log broke.


def _without_values(
    action: dict[str, dict[str, object]], doomed: frozenset[str], subject: str
) -> dict[str, dict[str, object]]:
    """Return an action of the log without what it says of the content of removed files."""
    if "add" in action and action["add"]["path"] in doomed:
        stats = json.loads(str(action["add"].get("stats") or "{}"))
        rows = json.dumps({"numRecords": stats.get("numRecords", 0)})
        return {"add": {**action["add"], "stats": rows}}
    if "commitInfo" in action and subject in json.dumps(action["commitInfo"]):
        info = action["commitInfo"]
        return {"commitInfo": {k: v for k, v in info.items() if k != "operationParameters"}}
    return action
