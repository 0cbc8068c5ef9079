"""A read somebody has begun: its task, row, form and answers, and what the form makes of them."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.errors import NotPermitted, Refusal
from research.answers import answers_of
from research.check_reasons import reasons_of
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Evaluation, Surroundings, computed_of, evaluate
from research.ecrf.logic import logic_of
from research.errors import IllegalTransition
from research.forms import FormRow, definition_of
from research.judges import with_criteria
from research.read_records import ReadRow, read_of_task
from research.surroundings import surroundings_of
from research.tasks import TaskRow, own_task


@dataclass
class Begun:
    """One revision of a read as it stands, and what its form's rules may look back at."""

    task: TaskRow
    read: ReadRow
    form: FormDefinition
    answers: dict[ItemKey, Answer]
    around: Surroundings
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)

    def evaluation(self) -> Evaluation:
        """Return what the form makes of the answers now."""
        found = evaluate(self.form, self.answers, self.around, reasons=self.reasons)
        return with_criteria(found, self.around)


def begun(act: Act, task_id: str) -> Begun:
    """Return the caller's own task with its read, form and answers, locked for a change."""
    task = own_task(act, task_id)
    refuse_adjudication(task)
    read = read_of_task(act.session, task.id)
    if read is None:
        raise IllegalTransition(f"task {task_id} is {task.state}: open it first")
    return as_it_stands(act.session, task, read)


def refuse_adjudication(task: TaskRow) -> None:
    """Raise `NotPermitted` for an adjudication: it chooses between reads and edits none."""
    if task.step_type == "adjudication":
        raise NotPermitted(
            f"task {task.id} chooses between signed records: an adjudicator edits no read",
            Refusal(object_kind="task", object_id=task.id),
        )


def as_it_stands(session: Session, task: TaskRow, read: ReadRow) -> Begun:
    """Return a read with its form, answers and surroundings."""
    form = form_of_read(session, read)
    answers = answers_of(session, read.id)
    if read.status == "draft":
        # Computed anew at each save; among the answers stand those that were submitted.
        for key in computed_of(form, answers):
            del answers[key]
    return Begun(
        task=task,
        read=read,
        form=form,
        answers=answers,
        around=surroundings_of(session, read, form),
        reasons=reasons_of(session, read.id) if logic_of(form).has_warnings else {},
    )


def form_of_read(session: Session, read: ReadRow) -> FormDefinition:
    """Return the form a read is pinned to, whatever became of that form since."""
    form = session.get(FormRow, read.form_id)
    assert form is not None, f"form {read.form_id} is gone"
    return definition_of(form)
