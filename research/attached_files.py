"""Attached files, shown to who may see the answers that they belong to."""

from accounts.acts import Act
from accounts.errors import NotFound
from research.attachments import AttachmentRow
from research.ids import ProjectId
from research.read_records import read_of_task
from research.task_pages import may_see_answers
from research.tasks import hidden_task, shown_task


def attached_file(act: Act, task_id: str, sha256: str) -> ProjectId:
    """Return in whose store an attachment stands, to who may see the answer that names it."""
    task = shown_task(act, task_id)
    read = read_of_task(act.session, task.id) if may_see_answers(act, task) else None
    if read is None:
        raise hidden_task(task_id)
    # Only what was attached here: any other digest may name an object that is hidden.
    if act.session.get(AttachmentRow, (read.id, sha256)) is None:
        raise NotFound(f"task {task_id} has no file {sha256}")
    return ProjectId(task.project_id)
