"""Removing the rows of a subject or a project, whatever tables there are, and entering each.

What hangs on what is read from the foreign keys, so a table that is added later is not forgotten.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.database import Base
from accounts.ledger.entries import RowDigests
from research.forms import FormRow
from research.projects import ProjectRow
from research.replay import TABLES
from research.subjects import SubjectRow

# What remains of a destroyed project: that it was, who decided, and the certificate.
KEPT = frozenset({"projects", "resolutions", "certificates", "retentions", "holds", "forms"})
# An entry holds at most 256 KiB; a key with its quotes takes some 45 bytes.
KEYS_PER_ENTRY = 3000


def remove_rows(act: Act, project_id: str, subject_id: str | None) -> int:
    """Delete every row of a subject, or of the project, and enter which; return how many keys."""
    root = Base.metadata.tables[
        SubjectRow.__tablename__ if subject_id else ProjectRow.__tablename__
    ]
    before = _keys(act.session, project_id)
    doomed = dependants(root, subject_id or project_id)
    for table, condition in reversed(doomed.items()):
        act.session.execute(delete(table).where(condition))
    if subject_id is None:
        _remove_forms(act.session, project_id)
    act.session.flush()
    act.session.expire_all()
    after = _keys(act.session, project_id)
    gone = [(name, key) for name, keys in before.items() for key in sorted(keys - after[name])]
    for start in range(0, len(gone), KEYS_PER_ENTRY):
        _enter(act, project_id, gone[start : start + KEYS_PER_ENTRY])
    return len(gone)


def dependants(root: Table, id: str) -> dict[Table, ColumnElement[bool]]:
    """Return the tables with rows that hang on one row, parents first, and which rows those are."""
    found: dict[Table, ColumnElement[bool]] = {}
    ids = {root: select(root.c.id).where(root.c.id == id)}
    for table in Base.metadata.sorted_tables:
        if table is root:
            if root.name not in KEPT:
                found[table] = table.c.id == id
            continue
        conditions = [
            key.parent.in_(ids[key.column.table])
            for key in table.foreign_keys
            if key.column.table in ids and key.column.name == "id"
        ]
        if not conditions or table.name in KEPT:
            continue
        found[table] = or_(*conditions)
        if "id" in table.c:
            ids[table] = select(table.c.id).where(found[table])
    return found


def _remove_forms(session: Session, project_id: str) -> None:
    """Remove the project's forms, unless a neighbour in the repository may still use them."""
    project = session.get(ProjectRow, project_id)
    assert project is not None
    neighbours = select(ProjectRow.id).where(
        ProjectRow.repository_id == project.repository_id,
        ProjectRow.id != project_id,
        ProjectRow.state != "destroyed",
    )
    if session.scalars(neighbours.limit(1)).first() is None:
        session.execute(delete(FormRow).where(FormRow.project_id == project_id))


def _keys(session: Session, project_id: str) -> Mapping[str, frozenset[str]]:
    """Return the keys that a replay of the project's log would find now, by table."""
    return {
        table.name: frozenset(key for key, _ in table.digests(session, project_id))
        for table in TABLES
    }


def _enter(act: Act, project_id: str, gone: list[tuple[str, str]]) -> None:
    rows: dict[str, dict[str, str | None]] = {}
    for name, key in gone:
        rows.setdefault(name, {})[key] = None
    named: RowDigests = rows
    act.record(
        project_id, "rows_erased", "project", project_id, after={"rows": len(gone)}, rows=named
    )
