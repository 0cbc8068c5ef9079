"""Withdrawal of a subject: what may still come, what may still be used, and what must go.

*From further data*: what is there stays, flagged. *From use*: it is also left out of new tables and
exports; earlier locks stay. *With erasure*: like from use, until two people have signed for the
erasure itself (`research.erasure`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, ForeignKey, String, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound
from research.errors import IllegalTransition, Invalid, ReasonRequired
from research.freezing import refuse_frozen
from research.ids import ProjectId
from research.projects import open_project
from research.subjects import SubjectRow
from research.tasks import TaskRow, current_tasks, fire
from research.transitions import TRANSITIONS

Withdrawal = Literal["further_data", "use", "erasure"]
KINDS: tuple[Withdrawal, ...] = get_args(Withdrawal)
# Kinds after which nothing of the subject is in a new table or export.
LEFT_OUT: tuple[Withdrawal, ...] = ("use", "erasure")
ENDED = ("withdrawn", "excluded", "screen_failed", "entered_in_error")


class WithdrawalRow(Base):
    """A withdrawal as stored; a stronger one later is another row."""

    __tablename__ = "withdrawals"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    reason_code: Mapped[str] = mapped_column(String(64))
    withdrawn_by: Mapped[str] = mapped_column(String(36))
    withdrawn_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Withdrawn:
    """What became of a subject and its work."""

    subject_code: str
    kind: Withdrawal
    cancelled_tasks: int
    is_left_out: bool


def withdraw_subject(
    act: Act, project_id: ProjectId, subject_id: str, *, kind: str, reason: Reason
) -> Withdrawn:
    """Withdraw a subject: no new data, open tasks cancelled; a stronger kind may follow."""
    authorize(act, "edit", "subject", project_id)
    open_project(act.session, project_id)
    chosen = next((known for known in KINDS if known == kind), None)
    if chosen is None:
        raise Invalid(f"a subject withdraws from {', '.join(KINDS)}, not from {kind}")
    if not reason.code.strip():
        raise ReasonRequired("say why the subject withdraws: a code is needed")
    subject = act.session.get(SubjectRow, subject_id)
    if subject is None or subject.project_id != project_id:
        raise NotFound(f"there is no subject {subject_id} in this project")
    refuse_frozen(act.session, project_id, subject.id)
    _refuse_weaker(act.session, subject, chosen)
    subject.state = "withdrawn"
    row = WithdrawalRow(
        id=act.new_id(),
        project_id=project_id,
        subject_id=subject.id,
        kind=chosen,
        reason_code=reason.code,
        withdrawn_by=act.actor.id,
        withdrawn_at=act.now,
    )
    cancelled = _cancel_tasks(act.session, subject.id)
    row.ledger_sequence = act.record(
        project_id,
        "subject_withdrawn",
        "subject",
        subject.id,
        after={"kind": chosen, "cancelled": [task.id for task in cancelled]},
        reason=reason,
        rows=rows_named(subject, row),
    )
    act.session.add(row)
    subject.ledger_sequence = row.ledger_sequence
    for task in cancelled:
        task.ledger_sequence = row.ledger_sequence
    act.session.flush()
    return Withdrawn(subject.code, chosen, len(cancelled), chosen in LEFT_OUT)


def withdrawals_of(session: Session, subject_id: str) -> tuple[str, ...]:
    """Return the kinds under which a subject was withdrawn, the first one first."""
    query = (
        select(WithdrawalRow.kind)
        .where(WithdrawalRow.subject_id == subject_id)
        .order_by(WithdrawalRow.withdrawn_at, WithdrawalRow.ledger_sequence)
    )
    return tuple(session.scalars(query))


def in_use() -> ColumnElement[bool]:
    """Return the condition for subjects whose data may be in new tables and exports."""
    gone = select(WithdrawalRow.subject_id).where(WithdrawalRow.kind.in_(LEFT_OUT))
    return and_(SubjectRow.kind == "live", SubjectRow.id.not_in(gone))


def _refuse_weaker(session: Session, subject: SubjectRow, kind: Withdrawal) -> None:
    before = withdrawals_of(session, subject.id)
    if any(KINDS.index(kind) <= KINDS.index(one) for one in before):
        raise IllegalTransition(
            f"subject {subject.id} was withdrawn from {before[-1]} before: only more can follow"
        )
    if not before and subject.state in ENDED:
        raise IllegalTransition(f"subject {subject.id} is {subject.state}: it has ended already")


def _cancel_tasks(session: Session, subject_id: str) -> list[TaskRow]:
    """Cancel every task that is not finished, saying why."""
    cancelled = []
    for task in current_tasks(session, subject_id):
        if (task.state, "cancel") in TRANSITIONS:
            fire(task, "cancel")
            task.waiting_for = "withdrawn"
            cancelled.append(task)
    return cancelled
