"""What a signed read means for adjudication: a task, a decision that is history, or acceptance.

Whatever was signed, the rule is asked again over the records in force; the answer decides.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pydantic import JsonValue as Json
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.acts import SYSTEM, Act
from accounts.digests import rows_named
from research.adjudication.differing import Trigger, triggers
from research.adjudication.presented import drawn, presented
from research.adjudication.records import SeatRecord, complete_records
from research.adjudication.rows import (
    AcceptedRow,
    AdjudicationRow,
    SeedRow,
    accepted_of,
    adjudication_of,
)
from research.charter import Step
from research.scheduling import charter_of_task, fresh_read_code, repeat_tasks, settle
from research.tasks import TaskRow, current_tasks, fire
from research.visits import visits_of

# Work on an adjudication that is not signed yet.
OPEN = ("waiting", "ready", "in_progress", "submitted", "suspended")


def follow_adjudication(act: Act, task: TaskRow) -> None:
    """Ask the rules that rest on a task's step what its signature changed."""
    for step in charter_of_task(act.session, task).steps:
        if step.adjudicate is None or task.step_code not in step.follows:
            continue
        visit_id = task.visit_id if step.adjudicate.unit == "visit" else None
        records = complete_records(act.session, step, task.subject_id, visit_id)
        if records is not None:
            _settle_unit(act, task, step, visit_id, records)


def adjudication_tasks(session: Session, task: TaskRow) -> list[TaskRow]:
    """Return the adjudications that used the record a task belongs to: what turns stale with it."""
    rows = session.scalars(
        select(AdjudicationRow).where(AdjudicationRow.subject_id == task.subject_id)
    )
    current = {one.id: one for one in current_tasks(session, task.subject_id)}
    return [
        current[row.task_id]
        for row in rows
        if row.task_id in current and row.visit_id in (None, task.visit_id)
        and task.step_code in charter_of_task(session, current[row.task_id]).step(
            row.step_code).follows
    ]  # fmt: skip


def _settle_unit(
    act: Act, task: TaskRow, step: Step, visit_id: str | None, records: Sequence[SeatRecord]
) -> None:
    rule = step.adjudicate
    assert rule is not None, f"step {step.code} adjudicates nothing"
    found = triggers(rule, [record.compared for record in records])
    unit = visit_id or task.subject_id
    open_one = _current(act.session, task.subject_id, step.code, visit_id)
    platform = act.by(replace(SYSTEM, on_behalf_of=act.actor.id))
    if not found:
        if open_one is not None:
            _make_history(platform, open_one)
        position = rule.when_equal.accept
        if position == "draw":
            position = drawn(rule.when.signed, seed=_seed(platform, task.project_id), unit=unit)
        accept(platform, task, step.code, unit, _named(records, position), None)
        return
    order = presented(rule.when.signed, seed=_seed(platform, task.project_id), unit=unit)
    shown = [_presented(letter, _named(records, position))
             for letter, position in zip(rule.present.letters, order, strict=True)]  # fmt: skip
    stated = [stated_trigger(one) for one in found]
    if open_one is None:
        _open(platform, _new_task(act, task, step), visit_id, shown, stated)
    else:
        _renew(platform, open_one, visit_id, shown, stated)
    _question(platform, step.code, unit)
    settle(act, task.subject_id)


def accept(
    act: Act,
    task: TaskRow,
    step_code: str,
    unit: str,
    record: tuple[str, str],
    adjudication_id: str | None,
) -> None:
    """Let a record count for its unit; the row says since when, its entry what it was before."""
    position, read_id = record
    row = accepted_of(act.session, step_code, unit)
    by = "decision" if adjudication_id else "rule"
    standing = (position, read_id, by, adjudication_id, False)
    if row is not None and standing == (
        row.position, row.read_id, row.accepted_by, row.adjudication_id, row.in_question
    ):  # fmt: skip
        return
    if row is None:
        row = AcceptedRow(
            id=act.new_id(),
            project_id=task.project_id,
            subject_id=task.subject_id,
            step_code=step_code,
            unit=unit,
        )
    row.position, row.read_id, row.accepted_by, row.adjudication_id, row.in_question = standing
    row.since = act.now
    row.ledger_sequence = act.record(
        task.project_id,
        "record_accepted",
        "read",
        read_id,
        after={"unit": unit, "step": step_code, "by": by, "adjudication": adjudication_id},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()


def stated_trigger(found: Trigger) -> Json:
    """Return a trigger as it is stored: values as text."""
    return {
        "differs": found.differs,
        "visit": found.visit,
        "values": {
            position: None if value is None else str(value) for position, value in found.values
        },
    }


def _named(records: Sequence[SeatRecord], position: str) -> tuple[str, str]:
    record = next(one for one in records if one.position == position)
    return position, record.reads[-1][0].id


def _presented(letter: str, record: tuple[str, str]) -> Json:
    position, read_id = record
    return {"letter": letter, "position": position, "read": read_id}


def _current(
    session: Session, subject_id: str, step_code: str, visit_id: str | None
) -> TaskRow | None:
    """Return the task of a unit's adjudication that counts, if there is one."""
    for task in current_tasks(session, subject_id):
        if task.step_code == step_code and visit_id in (None, task.visit_id):
            return task
    return None


def _new_task(act: Act, task: TaskRow, step: Step) -> TaskRow:
    visits = visits_of(act.session, task.subject_id)
    last = max(visits, key=lambda visit: visit.position)
    visit = last if step.adjudicate and step.adjudicate.unit == "subject" else None
    visit_id = visit.id if visit else task.visit_id
    run = act.session.scalar(
        select(func.max(TaskRow.run)).where(
            TaskRow.visit_id == visit_id, TaskRow.step_code == step.code
        )
    )
    return TaskRow(
        id=act.new_id(),
        project_id=task.project_id,
        subject_id=task.subject_id,
        visit_id=visit_id,
        workflow_id=task.workflow_id,
        step_code=step.code,
        step_type=step.type,
        role=step.role,
        is_blinded=step.is_blinded,
        position="",
        arm=task.arm,
        session=task.session,
        repeat=task.repeat,
        run=(run or 0) + 1,
        ordinal=last.position,
        assignee_id=None,
        state="waiting",
        waiting_for="",
        read_code=fresh_read_code(act, task.project_id),
        ready_since=None,
        created_at=act.now,
        ledger_sequence=task.ledger_sequence,
    )


def _open(
    act: Act, task: TaskRow, visit_id: str | None, shown: list[Json], stated: list[Json]
) -> None:
    act.session.add(task)
    act.session.flush()
    row = AdjudicationRow(
        id=act.new_id(),
        project_id=task.project_id,
        task_id=task.id,
        subject_id=task.subject_id,
        visit_id=visit_id,
        step_code=task.step_code,
        state="open",
        records=shown,
        triggers=stated,
    )
    _enter(act, row, "adjudication_needed")
    task.ledger_sequence = row.ledger_sequence


def _renew(
    act: Act, task: TaskRow, visit_id: str | None, shown: list[Json], stated: list[Json]
) -> None:
    """Bring an adjudication back with the triggers of now, unless it rests on the same reads."""
    row = adjudication_of(act.session, task.id)
    if task.state not in OPEN:
        if task.state == "done" and (row.records, row.triggers) == (shown, stated):
            return
        row.state = "history"
        _enter(act, row, "adjudication_reopened")
        (again,) = repeat_tasks(act, [task], because="a record was signed anew")
        _open(act, again, visit_id, shown, stated)
        return
    if (row.records, row.triggers) == (shown, stated):
        return
    if task.state == "submitted":
        fire(task, "reopen")
    row.records, row.triggers, row.state = shown, stated, "open"
    row.choice = row.position = row.reason_text = row.record_digest = None
    _enter(act, row, "adjudication_needed")
    task.ledger_sequence = row.ledger_sequence


def _make_history(act: Act, task: TaskRow) -> None:
    """Nothing differs any more: a decision is history, an open task is cancelled."""
    row = adjudication_of(act.session, task.id)
    if task.state == "done":
        fire(task, "input_changed")
    fire(task, "cancel")
    row.state = "history"
    _enter(act, row, "adjudication_not_needed")
    task.ledger_sequence = row.ledger_sequence


def _question(act: Act, step_code: str, unit: str) -> None:
    """Mark the record accepted until now as in question: it counts until the new decision."""
    row = accepted_of(act.session, step_code, unit)
    task = None if row is None else _open_task_of(act.session, row)
    if row is None or row.in_question or task is None:
        return
    row.in_question = True
    row.ledger_sequence = act.record(
        row.project_id, "record_questioned", "read", row.read_id, rows=rows_named(row)
    )


def _open_task_of(session: Session, row: AcceptedRow) -> TaskRow | None:
    return next(
        (
            task
            for task in current_tasks(session, row.subject_id)
            if task.step_code == row.step_code
            and row.unit in (row.subject_id, task.visit_id)
            and task.state != "done"
        ),
        None,
    )


def _enter(act: Act, row: AdjudicationRow, action: str) -> None:
    row.ledger_sequence = act.record(
        row.project_id,
        action,
        "adjudication",
        row.id,
        after={"state": row.state, "task": row.task_id},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()


def _seed(act: Act, project_id: str) -> bytes:
    """Return the project's secret seed, made when it is first needed."""
    row = act.session.scalar(select(SeedRow).where(SeedRow.project_id == project_id))
    if row is None:
        material = "".join(act.new_id() for _ in range(4))
        row = SeedRow(
            id=act.new_id(),
            project_id=project_id,
            seed=hashlib.sha256(material.encode()).hexdigest(),
        )
        row.ledger_sequence = act.record(
            project_id,
            "adjudication_seed_made",
            "project",
            project_id,
            after={"seed_commitment": hashlib.sha256(row.seed.encode()).hexdigest()},
            rows=rows_named(row),
        )
        act.session.add(row)
        act.session.flush()
    return bytes.fromhex(row.seed)
