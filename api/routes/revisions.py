"""Revisions: amending, reconfirming and repeating what is signed; old and new side by side."""

from typing import Annotated

from fastapi import APIRouter, Query

from accounts.signatures import Signature
from api.schemas.revisions import (
    ChangesView,
    ChangeView,
    NewRun,
    ReasonGiven,
    RevisionView,
    StaleReadView,
    ToReconfirm,
)
from api.schemas.tasks import Answer, SignatureView
from api.work import SignedIn
from research.amendments import (
    Change,
    Revision,
    abandon_amendment,
    amend_read,
    changes_between,
    reconfirm_read,
    repeat_task,
    revisions,
)
from research.ids import ProjectId
from research.stale_reads import stale_reads

router = APIRouter(prefix="/api", tags=["revisions"])
Number = Annotated[int, Query(ge=1, le=9999, description="the number of a revision")]


@router.post("/tasks/{task_id}/amend", status_code=204)
def amend_task(task_id: str, body: ReasonGiven, work: SignedIn) -> None:
    """Open one's own signed read for an amendment; it stays in force until the new is signed."""
    with work.changing() as act:
        amend_read(act, task_id, code=body.reason_code, text=body.reason_text)


@router.post("/tasks/{task_id}/abandon", status_code=204)
def abandon_task_amendment(task_id: str, body: ReasonGiven, work: SignedIn) -> None:
    """Give an amendment up; nothing that is signed changes."""
    with work.changing() as act:
        abandon_amendment(act, task_id, code=body.reason_code, text=body.reason_text)


@router.post("/tasks/{task_id}/reconfirm")
def reconfirm_task(task_id: str, body: ReasonGiven, work: SignedIn) -> ToReconfirm:
    """Submit a stale read's same answers as a new revision, to be signed with a fresh grant."""
    with work.changing() as act:
        found = reconfirm_read(act, task_id, code=body.reason_code, text=body.reason_text)
    return ToReconfirm.model_validate(found)


@router.post("/tasks/{task_id}/repeat", status_code=201)
def repeat_one_task(task_id: str, body: ReasonGiven, work: SignedIn) -> NewRun:
    """Let a done or stale task be done once more, by who assigns tasks."""
    with work.changing() as act:
        return NewRun(id=repeat_task(act, task_id, code=body.reason_code, text=body.reason_text))


@router.get("/tasks/{task_id}/revisions")
def list_revisions(task_id: str, work: SignedIn) -> list[RevisionView]:
    """List every signed revision of a task's read, the newest first, each with its signature."""
    with work.looking() as act:
        return [_revision(one) for one in revisions(act, task_id)]


@router.get("/tasks/{task_id}/changes")
def get_changes(task_id: str, old: Number, new: Number, work: SignedIn) -> ChangesView:
    """Show the old and the new value of each item that two revisions answer differently."""
    with work.looking() as act:
        found = changes_between(act, task_id, old=old, new=new)
    return ChangesView(
        old=_revision(found.old),
        new=_revision(found.new),
        changes=tuple(_change(one) for one in found.changes),
    )


@router.get("/projects/{project_id}/stale-reads")
def list_stale_reads(project_id: str, work: SignedIn) -> list[StaleReadView]:
    """List a project's signed reads that rest on something which changed since."""
    with work.looking() as act:
        return [
            StaleReadView.model_validate(one) for one in stale_reads(act, ProjectId(project_id))
        ]


def _revision(one: Revision) -> RevisionView:
    return RevisionView(
        id=one.id,
        revision=one.revision,
        status=one.status,
        is_in_force=one.is_in_force,
        reason_code=one.reason.code if one.reason else None,
        reason_text=one.reason.text if one.reason else None,
        signed_at=one.signed_at,
        signature=_signature(one.signature) if one.signature else None,
        record_digest=one.record_digest,
        answers=tuple(Answer.model_validate(answer) for answer in one.answers),
    )


def _change(one: Change) -> ChangeView:
    return ChangeView(
        group=one.key.group,
        repeat=one.key.repeat,
        item=one.key.item,
        old_value=one.old.value if one.old else None,
        old_missing=one.old.missing if one.old else None,
        new_value=one.new.value if one.new else None,
        new_missing=one.new.missing if one.new else None,
    )


def _signature(signature: Signature) -> SignatureView:
    return SignatureView(
        id=signature.id,
        printed_name=signature.printed_name,
        signed_at=signature.signed_at,
        meaning=signature.meaning,
        record_digest=signature.record_digest,
        ledger_sequence=signature.ledger_sequence,
        revision=signature.revision,
        superseded_by=signature.superseded_by,
    )
