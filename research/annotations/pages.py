"""The annotations of a task's read, for those who may see its answers."""

from dataclasses import dataclass

from accounts.acts import Act
from research.annotations.rows import Annotation, annotations_of, reasons_of
from research.ecrf.answer import ItemKey
from research.read_records import ReadRow, read_of_task
from research.task_pages import may_see_answers
from research.tasks import hidden_task, shown_task


@dataclass(frozen=True)
class Drawings:
    """What one read has drawn, and why some of its sizes were typed."""

    read: ReadRow
    annotations: tuple[Annotation, ...]
    by_hand: dict[ItemKey, str]


def drawings_of(act: Act, task_id: str) -> Drawings:
    """Return what a task's read has drawn; of a read nobody has begun, and of another's, nothing.

    The answer to a stranger is the one that an unknown task gets.
    """
    task = shown_task(act, task_id)
    read = read_of_task(act.session, task.id) if may_see_answers(act, task) else None
    if read is None:
        raise hidden_task(task_id)
    return Drawings(read, annotations_of(act.session, read.id), reasons_of(act.session, read.id))
