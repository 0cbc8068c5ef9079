"""Tasks: the lists, the read page, the draft and its signature."""

from typing import Annotated

from fastapi import APIRouter, Header, Query

from accounts.acts import Act
from accounts.signatures import Signature
from api.dicomweb.roots import task_prefix
from api.planes import planes_in
from api.schemas.annotations import annotation_view, drawing
from api.schemas.tasks import (
    Answer,
    CheckView,
    DraftChanges,
    DraftConflictView,
    DraftSaved,
    EvaluationView,
    OverseenTaskView,
    ReadView,
    SignatureView,
    Signed,
    SignTask,
    Submitted,
    TaskDetail,
    TaskImages,
    TaskProject,
    TaskSeries,
    TaskState,
    TaskStep,
    TaskStudy,
    TaskView,
)
from api.work import SignedIn, Work
from research.annotations.drafts import Drawing
from research.annotations.drawing import Sheet
from research.annotations.uids import AS_STORED
from research.answers import AnswerChange
from research.check_reasons import CheckReason
from research.draft_conflicts import keep_conflict
from research.drafts import save_draft as save_read
from research.ecrf.evaluate import Evaluation
from research.errors import StaleRevision
from research.ids import ProjectId
from research.image_roots import instances, task_root
from research.read_records import SavedAnswer
from research.reads import open_task as open_read
from research.reads import reopen_read, sign_read, submit_read
from research.studies import StudyView
from research.task_lists import TaskView as ListedTask
from research.task_lists import my_tasks, project_tasks
from research.task_pages import TaskPage, task_page
from research.tasks import own_task

router = APIRouter(prefix="/api", tags=["tasks"])
IfMatch = Annotated[
    str, Header(alias="If-Match", pattern=r'^"?[0-9]{1,9}"?$', description='the draft, as "3"')
]
States = Annotated[list[TaskState] | None, Query(description="any of these states")]


@router.get("/tasks")
def list_my_tasks(
    work: SignedIn,
    project: Annotated[str | None, Query(description="project id")] = None,
    state: States = None,
) -> list[TaskView]:
    """List the caller's own tasks across projects, in reading order."""
    with work.looking() as act:
        return [_task(task) for task in my_tasks(act, project_id=project, states=state)]


@router.get("/projects/{project_id}/tasks")
def list_project_tasks(
    project_id: str, work: SignedIn, state: States = None
) -> list[OverseenTaskView]:
    """List a project's tasks, for those who manage them."""
    with work.looking() as act:
        return [
            OverseenTaskView(
                id=task.id,
                step=TaskStep(code=task.step_code, title=task.step_title, type=task.step_type),
                subject_code=task.subject_code,
                visit_code=task.visit_code,
                visit_label=task.visit_label,
                position=task.position,
                run=task.run,
                state=task.state,
                waiting_for=task.waiting_for,
                ready_since=task.ready_since,
                assignee=task.assignee,
            )
            for task in project_tasks(act, ProjectId(project_id), states=state)
        ]


@router.get("/tasks/{task_id}")
def get_task(task_id: str, work: SignedIn) -> TaskDetail:
    """Show a task with its form, the caller's answers, and where its images are."""
    with work.looking() as act:
        return _detail(act, task_id)


@router.post("/tasks/{task_id}/open")
def open_task(task_id: str, work: SignedIn) -> TaskDetail:
    """Open a task read-write; the opening is an entry of the ledger."""
    with work.changing() as act:
        open_read(act, task_id)
        return _detail(act, task_id)


@router.patch("/tasks/{task_id}/draft")
def save_draft(task_id: str, body: DraftChanges, if_match: IfMatch, work: SignedIn) -> DraftSaved:
    """Save changes to the draft and get the server's evaluation; 412 when the draft moved on."""
    changes = [AnswerChange(**change.model_dump()) for change in body.changes]
    drawings = tuple(drawing(change, AS_STORED) for change in body.annotations)
    reasons = [CheckReason(**reason.model_dump()) for reason in body.reasons]
    draft = _draft(if_match)
    try:
        with work.changing() as act:
            sheet = _sheet(work, act, task_id, drawings)
            saved = save_read(
                act, task_id, draft=draft, changes=changes, sheet=sheet, reasons=reasons
            )
    except StaleRevision as stale:
        raise _with_both_sides(work, task_id, stale, draft=draft, changes=changes) from stale
    drawn = {change.id for change in body.annotations}
    return DraftSaved(
        draft=saved.draft,
        evaluation=_evaluation(saved.evaluation),
        answers=_answers(saved.answers),
        cleared=tuple(str(key) for key in saved.cleared),
        annotations=tuple(
            annotation_view(one, AS_STORED) for one in saved.annotations if one.id in drawn
        ),
    )


def _with_both_sides(
    work: Work, task_id: str, stale: StaleRevision, *, draft: int, changes: list[AnswerChange]
) -> StaleRevision:
    """Keep what was typed beside the newer draft, and answer with both: neither is lost."""
    with work.changing() as act:
        kept = keep_conflict(act, task_id, draft=draft, changes=changes) if changes else None
        page = task_page(act, task_id)
    theirs = page.read.answers if page.read else ()
    stale.sides = {
        "conflict": kept.id if kept else None,
        "yours": [_typed(change).model_dump() for change in changes],
        "theirs": [answer.model_dump() for answer in _answers(theirs)],
    }
    return stale


def _typed(change: AnswerChange) -> Answer:
    """Return what a refused save would have answered."""
    return Answer(
        **change.key._asdict(), value=change.value, missing=change.missing, reason=change.reason
    )


def _sheet(work: Work, act: Act, task_id: str, drawings: tuple[Drawing, ...]) -> Sheet:
    """Return what is drawn, with the images it may lie on: those of the caller's own task."""
    own_task(act, task_id)
    root = task_root(act, task_id)
    return Sheet(
        drawings,
        planes_in(work, act.session, root),
        lambda uid: bool(instances(act.session, root, series_uid=uid)),
    )


@router.post("/tasks/{task_id}/submit")
def submit_task(task_id: str, if_match: IfMatch, work: SignedIn) -> Submitted:
    """Evaluate again and close the draft for signing."""
    with work.changing() as act:
        return Submitted.model_validate(submit_read(act, task_id, draft=_draft(if_match)))


@router.post("/tasks/{task_id}/reopen")
def reopen_task(task_id: str, work: SignedIn) -> TaskDetail:
    """Take a submitted, unsigned task back to its draft."""
    with work.changing() as act:
        reopen_read(act, task_id)
        return _detail(act, task_id)


@router.post("/tasks/{task_id}/sign")
def sign_task(task_id: str, body: SignTask, work: SignedIn) -> Signed:
    """Sign the submitted record with a fresh grant."""
    with work.changing() as act:
        signature = sign_read(act, task_id, grant=body.grant)
        page = task_page(act, task_id)
    return Signed(signature=_signature(signature), next_task=page.next_task)


def _draft(if_match: str) -> int:
    return int(if_match.strip('"'))


def _detail(act: Act, task_id: str) -> TaskDetail:
    page = task_page(act, task_id)
    return TaskDetail(
        **_task(page.task).model_dump(),
        form=page.form,
        form_digest=page.form.digest if page.form else None,
        read=_read(page),
        evaluation=_evaluation(page.evaluation) if page.evaluation else None,
        images=TaskImages(
            dicomweb=task_prefix(task_id), studies=tuple(_study(study) for study in page.studies)
        ),
        next_task=page.next_task,
        conflicts=tuple(
            DraftConflictView(
                id=one.id,
                base_draft=one.base_draft,
                draft=one.draft,
                created_at=one.created_at,
                changes=tuple(_typed(change) for change in one.changes),
            )
            for one in page.conflicts
        ),
        record_digest=page.read.record_digest if page.read else None,
        meaning=page.meaning,
        statement=page.statement,
        signature=_signature(page.signature) if page.signature else None,
    )


def _task(task: ListedTask) -> TaskView:
    return TaskView(
        id=task.id,
        project=TaskProject(id=task.project_id, code=task.project_code, title=task.project_title),
        step=TaskStep(code=task.step_code, title=task.step_title, type=task.step_type),
        label=task.label,
        visit_label=task.visit_label,
        state=task.state,
        waiting_for=task.waiting_for,
        ready_since=task.ready_since,
        assignee_is_me=task.assignee_is_me,
        position=f"{task.place} of {task.of}",
    )


def _read(page: TaskPage) -> ReadView | None:
    if page.read is None:
        return None
    read = page.read
    return ReadView(
        id=read.id,
        revision=read.revision,
        draft=read.draft,
        status=read.status,
        answers=_answers(read.answers),
    )


def _answers(answers: tuple[SavedAnswer, ...]) -> tuple[Answer, ...]:
    return tuple(Answer.model_validate(answer) for answer in answers)


def _evaluation(evaluation: Evaluation) -> EvaluationView:
    return EvaluationView(
        visible={str(key): shown for key, shown in evaluation.visible.items()},
        computed={str(key): value for key, value in evaluation.computed.items()},
        checks=tuple(
            CheckView(
                **check.key._asdict(),
                severity=check.severity,
                message=check.message,
                check=check.check,
                reason=check.reason,
            )
            for check in evaluation.checks
        ),
        missing_required=tuple(str(key) for key in evaluation.missing_required),
        required=tuple(sorted(str(key) for key in evaluation.required)),
        proposed={str(key): value for key, value in evaluation.proposed.items()},
    )


def _study(study: StudyView) -> TaskStudy:
    return TaskStudy(
        study_uid=study.study_uid,
        series=tuple(TaskSeries.model_validate(series) for series in study.series),
    )


def _signature(signature: Signature) -> SignatureView:
    return SignatureView(
        id=signature.id,
        printed_name=signature.printed_name,
        signed_at=signature.signed_at,
        meaning=signature.meaning,
        record_digest=signature.record_digest,
        ledger_sequence=signature.ledger_sequence,
    )
