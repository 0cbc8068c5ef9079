"""The decision of a QC step: approving fixes the visit's images, rejecting asks for new ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.acts import Act
from research.arrivals import fix_image_set
from research.ecrf.answer import Answer, ItemKey
from research.errors import CheckFailed
from research.scheduling import charter_of_task, repeat_tasks
from research.tasks import TaskRow, current_tasks
from research.visits import VisitRow
from research.workflows import DECISION_ITEM


@dataclass(frozen=True)
class Decision:
    """What the decision is entered as, the rows it changes, and what follows once it is entered."""

    action: str
    rows: tuple[VisitRow, ...]
    follow: Callable[[], None]


def decide(act: Act, task: TaskRow, answers: Mapping[ItemKey, Answer]) -> Decision:
    """Act on the decision; a rejection gives the steps before it a new run."""
    if decision_of(answers) == "approve":
        visit = act.session.get(VisitRow, task.visit_id)
        assert visit is not None
        fix_image_set(act, visit)
        return Decision("qc_approved", (visit,), lambda: None)
    return Decision("qc_rejected", (), lambda: _send_back(act, task))


def decision_of(answers: Mapping[ItemKey, Answer]) -> str:
    """Return approve or reject, or raise `CheckFailed`: a reason for no answer decides nothing."""
    for key, answer in answers.items():
        if key.item == DECISION_ITEM and answer.value is not None:
            return answer.value
    raise CheckFailed("the decision is missing: approve or reject")


def _send_back(act: Act, task: TaskRow) -> None:
    """Give the steps this one follows, and no others before it, a new run; then itself one."""
    linked = charter_of_task(act.session, task).step(task.step_code).follows
    returned = [
        other
        for other in current_tasks(act.session, task.subject_id)
        if other.visit_id == task.visit_id and other.step_code in linked and other.state == "done"
    ]
    repeat_tasks(act, (*returned, task), because="qc_rejected")
