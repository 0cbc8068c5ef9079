"""The page of one task: its form, the read so far, the evaluation and the images it is about."""

from dataclasses import dataclass

from accounts.acts import Act
from accounts.authorize import reaches
from accounts.errors import NotPermitted
from accounts.permissions import ObjectKind
from accounts.signatures import Signature, find_signature
from research.begun import Begun, as_it_stands
from research.draft_conflicts import DraftConflict, open_conflicts
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Evaluation
from research.forms import definition_of
from research.ids import ReadId, TaskId
from research.images import InstanceRow, StudyRow
from research.read_records import SavedAnswer, read_of_task, saved
from research.reads import form_of_step, meaning_of, statement_of
from research.studies import StudyView, studies_where
from research.task_lists import TaskView, my_task, next_task
from research.tasks import TaskRow, is_mine, shown_task
from research.visits import VisitRow


@dataclass(frozen=True)
class ReadView:
    """A read as its reader sees it."""

    id: ReadId
    revision: int
    draft: int
    status: str
    answers: tuple[SavedAnswer, ...]
    record_digest: str | None


@dataclass(frozen=True)
class TaskPage:
    """Everything the page of one task shows to this caller."""

    task: TaskView
    form: FormDefinition | None
    read: ReadView | None
    evaluation: Evaluation | None
    studies: tuple[StudyView, ...]
    next_task: TaskId | None
    conflicts: tuple[DraftConflict, ...]
    signature: Signature | None
    meaning: str
    statement: str


def task_page(act: Act, task_id: str) -> TaskPage:
    """Return the page of a task; answers only to their reader and to whoever may view reads."""
    task = shown_task(act, task_id)
    read = read_of_task(act.session, task.id) if may_see_answers(act, task) else None
    work = as_it_stands(act.session, task, read) if read else None
    signature = read.signature_id if read else None
    return TaskPage(
        task=my_task(act, task),
        form=work.form if work else _form(act, task),
        read=_read(work) if work else None,
        evaluation=work.evaluation() if work else None,
        studies=_studies(act, task),
        next_task=next_task(act, task),
        conflicts=open_conflicts(act.session, read) if read and is_mine(act, task) else (),
        signature=find_signature(act.session, signature) if signature else None,
        meaning=meaning_of(task),
        statement=statement_of(task),
    )


def _read(work: Begun) -> ReadView:
    read = work.read
    return ReadView(
        id=ReadId(read.id),
        revision=read.revision,
        draft=read.draft,
        status=read.status,
        answers=saved(work.answers),
        record_digest=read.record_digest,
    )


def _studies(act: Act, task: TaskRow) -> tuple[StudyView, ...]:
    """Return the studies the task is about: for a read those that were fixed, and no others."""
    if not is_mine(act, task) and not _allows(act, "image", task):
        return ()
    of_visit = StudyRow.visit_id == task.visit_id
    if task.step_type != "read":
        return studies_where(act.session, of_visit, blinded=task.is_blinded)
    visit = act.session.get(VisitRow, task.visit_id)
    assert visit is not None
    if task.state == "waiting" or visit.image_set_sequence is None:
        return ()
    fixed = InstanceRow.ledger_sequence <= visit.image_set_sequence
    return studies_where(act.session, of_visit, fixed, blinded=task.is_blinded)


def _form(act: Act, task: TaskRow) -> FormDefinition | None:
    if task.step_type in ("upload", "adjudication"):
        return None
    return definition_of(form_of_step(act.session, task))


def may_see_answers(act: Act, task: TaskRow) -> bool:
    """Tell whether the caller may see what was answered: its reader, or who may view reads."""
    return is_mine(act, task) or _allows(act, "read", task)


def _allows(act: Act, object_kind: ObjectKind, task: TaskRow) -> bool:
    """Tell whether the caller may view such things of the whole project."""
    try:
        return "project" in reaches(act, "view", object_kind, task.project_id)
    except NotPermitted:
        return False
