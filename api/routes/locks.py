"""Locks of a project."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.people import find_person
from api.errors import NoSuchThing
from api.routes.tables import readable_tables
from api.schemas.locks import LockDetail, LockedTable, LockNew, LockView, TableChanges
from api.work import SignedIn
from lake.comparison import compare_locks
from lake.locks import make_lock as write_lock
from lake.locks import read_lock, verify_lock
from research.errors import Invalid
from research.ids import ProjectId
from research.locks import Lock, locks, record_lock

router = APIRouter(prefix="/api/projects/{project_id}/locks", tags=["locks"])


@router.get("")
def list_locks(project_id: str, work: SignedIn) -> list[LockView]:
    """List locks, newest first."""
    with work.looking() as act:
        return [_view(act.session, lock) for lock in locks(act, ProjectId(project_id))]


@router.post("", status_code=status.HTTP_201_CREATED)
def make_lock(project_id: str, body: LockNew, work: SignedIn) -> LockView:
    """Lock every table of the project at its newest version."""
    with work.looking() as act:
        authorize(act, "create", "lock", project_id)
    # Every file is read for its digest: the manifest is written before the transaction begins.
    made = write_lock(work.platform.lake, project_id)
    if not made.tables:
        raise Invalid("the project has no tables yet: nothing can be locked")
    with work.changing() as act:
        recorded = record_lock(
            act,
            ProjectId(project_id),
            name=body.name,
            manifest_digest=made.name,
            as_of_sequence=min(table.ledger_sequence for table in made.tables),
        )
        return _view(act.session, recorded)


@router.get("/{lock_id}")
def get_lock(project_id: str, lock_id: str, work: SignedIn) -> LockDetail:
    """Show a lock with its tables, after reading every file of it again."""
    with work.looking() as act:
        found = _found(act, project_id, lock_id)
        view = _view(act.session, found)
    lake = work.platform.lake
    verified = verify_lock(lake, project_id, found.manifest_digest)
    withdrawn = (
        ()
        if found.withdrawn_under is None
        else (f"this lock was withdrawn under entry {found.withdrawn_under} of the ledger",)
    )
    manifest = read_lock(lake, project_id, found.manifest_digest)
    return LockDetail(
        **view.model_dump(),
        tables=tuple(
            LockedTable(
                table=table.table,
                layer=table.layer,
                version=table.version,
                rows=sum(file.rows for file in table.files),
                files=len(table.files),
                bytes=sum(file.size for file in table.files),
            )
            for table in manifest.tables
        ),
        problems=(*withdrawn, *verified.problems),
    )


@router.get("/{lock_id}/changes")
def get_lock_changes(
    project_id: str,
    lock_id: str,
    work: SignedIn,
    since: Annotated[str, Query(max_length=36, description="id of the older lock")],
) -> list[TableChanges]:
    """Say which rows came, changed and went from an older lock to this one, by key."""
    with work.looking() as act:
        authorize(act, "view", "result", project_id)
        old, new = (_found(act, project_id, one) for one in (since, lock_id))
        shown = {table.name for table in readable_tables(act, project_id)}
    found = compare_locks(work.platform.lake, project_id, old.manifest_digest, new.manifest_digest)
    return [TableChanges.model_validate(table) for table in found if table.table in shown]


def _found(act: Act, project_id: str, lock_id: str) -> Lock:
    found = next((each for each in locks(act, ProjectId(project_id)) if each.id == lock_id), None)
    if found is None:
        raise NoSuchThing("no such lock")
    return found


def _view(session: Session, lock: Lock) -> LockView:
    return LockView(
        id=lock.id,
        number=lock.number,
        name=lock.name,
        digest=lock.manifest_digest,
        as_of_sequence=lock.as_of_sequence,
        made_at=lock.made_at,
        made_by=find_person(session, lock.made_by).printed_name,
        ledger_sequence=lock.ledger_sequence,
        kind=lock.kind,
        withdrawn_under=lock.withdrawn_under,
    )
