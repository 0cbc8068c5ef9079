"""The stale list: signed reads that rest on something which was signed anew since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.acts import Act
from accounts.authorize import authorize
from research.earlier_reads import earlier_reads
from research.ids import ProjectId, ReadId, TaskId
from research.read_records import revisions_of_task
from research.subjects import SubjectRow
from research.tasks import TaskRow
from research.visits import VisitRow


@dataclass(frozen=True)
class Cause:
    """An earlier visit's read that has a newer revision; nothing of what it says."""

    visit_code: str
    revision: int
    signed_at: datetime | None


@dataclass(frozen=True)
class StaleRead:
    """A signed read to look at again, for those who manage a project."""

    task: TaskId
    read: ReadId
    subject_code: str
    visit_code: str
    step_code: str
    position: str
    revision: int
    signed_at: datetime | None
    images_changed: bool
    causes: tuple[Cause, ...]


def stale_reads(act: Act, project_id: ProjectId) -> tuple[StaleRead, ...]:
    """Return a project's stale reads with what changed beneath them, by subject and visit."""
    authorize(act, "view", "task", project_id)
    query = (
        select(TaskRow, SubjectRow.code, VisitRow)
        .join(SubjectRow, SubjectRow.id == TaskRow.subject_id)
        .join(VisitRow, VisitRow.id == TaskRow.visit_id)
        .where(TaskRow.project_id == project_id, TaskRow.state == "stale")
        .order_by(SubjectRow.code, VisitRow.position, TaskRow.step_code, TaskRow.position)
    )
    return tuple(
        _stale(act, task, subject, visit) for task, subject, visit in act.session.execute(query)
    )


def _stale(act: Act, task: TaskRow, subject: str, visit: VisitRow) -> StaleRead:
    read = revisions_of_task(act.session, task.id)[0]
    return StaleRead(
        task=TaskId(task.id),
        read=ReadId(read.id),
        subject_code=subject,
        visit_code=visit.code,
        step_code=task.step_code,
        position=task.position,
        revision=read.revision,
        signed_at=read.signed_at,
        images_changed=read.image_set_digest != visit.image_set_digest,
        causes=tuple(
            Cause(at.code, one.revision, one.signed_at)
            for one, at in earlier_reads(act.session, read)
            if one.ledger_sequence > read.ledger_sequence
        ),
    )
