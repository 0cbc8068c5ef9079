"""What can be signed, and in which project's log its signature belongs."""

from accounts import access_changes, access_reviews
from accounts.acts import Act
from accounts.authorize import authorize
from accounts.errors import NotFound, Refusal
from research.adjudication.rows import AdjudicationRow
from research.errors import ProjectLocked
from research.forms import FormRow
from research.projects import ProjectRow, find_project, options_of
from research.read_records import ReadRow
from research.resolutions import log_to_sign
from research.workflows import WorkflowRow


def log_of_record(act: Act, *, record_kind: str, record_id: str) -> str:
    """Return the log of a record the caller may sign, or raise `NotFound` or `NotPermitted`."""
    hidden = NotFound(
        f"there is no {record_kind} {record_id} for you to sign",
        Refusal(object_kind=record_kind, object_id=record_id),
    )
    if record_kind == "read":
        read = act.session.get(ReadRow, record_id)
        if read is None or read.reader_id != act.actor.id:
            raise hidden
        authorize(act, "approve", "read", read.project_id, reach="own")
        _refuse_locked(act, read.project_id)
        return read.project_id
    if record_kind == "adjudication":
        row = act.session.get(AdjudicationRow, record_id)
        if row is None or row.decided_by != act.actor.id:
            raise hidden
        authorize(act, "approve", "read", row.project_id, reach="own")
        _refuse_locked(act, row.project_id)
        return row.project_id
    if record_kind == "resolution":
        return log_to_sign(act, record_id)
    if record_kind == access_changes.RECORD_KIND:
        return access_changes.log_to_sign(act, record_id)
    if record_kind == access_reviews.RECORD_KIND:
        return access_reviews.log_to_sign(act, record_id)
    if record_kind == "form":
        form = act.session.get(FormRow, record_id)
        if form is None:
            raise hidden
        authorize(act, "approve", "form", form.project_id)
        _refuse_locked(act, form.project_id)
        return form.project_id
    workflow = act.session.get(WorkflowRow, record_id) if record_kind == "workflow" else None
    if workflow is None:
        raise hidden
    authorize(act, "approve", "workflow", workflow.project_id)
    _refuse_locked(act, workflow.project_id)
    return workflow.project_id


def _refuse_locked(act: Act, project_id: str) -> None:
    """Refuse to grant what could only be refused: in a locked project no record is signed."""
    project = find_project(act.session, project_id)
    if project.state not in ("open", "frozen"):
        raise ProjectLocked(
            f"project {project.code} is {project.state}: nothing in it is signed any more"
        )


def signing_block_minutes(act: Act, log: str) -> int | None:
    """Return for how long a project blocks signing after wrong passphrases; None has no choice."""
    row = act.session.get(ProjectRow, log)
    return None if row is None else options_of(row).signing_block_minutes
