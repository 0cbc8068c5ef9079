"""Adjudication for those who manage: what is adjudicated and why, and the readers' figures."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.acts import Act
from accounts.authorize import authorize
from research.adjudication.deciding import named_triggers
from research.adjudication.rows import AcceptedRow, AdjudicationRow
from research.ids import ProjectId
from research.subjects import SubjectRow
from research.tasks import TaskRow
from research.visits import VisitRow
from research.workflows import charter_of, live_workflow
from stats.reader_quality import PChart, ReaderQuality, ReadUnit, p_chart, reader_quality


@dataclass(frozen=True)
class NamedTrigger:
    """What differed and where; the readers' values are not for whoever manages."""

    differs: str
    visit: str | None


@dataclass(frozen=True)
class AdjudicatedUnit:
    """One run of one unit's adjudication."""

    task_id: str
    subject_code: str
    step_code: str
    state: str
    task_state: str
    run: int
    triggers: tuple[NamedTrigger, ...]


@dataclass(frozen=True)
class AcceptedRecord:
    """The record that counts for a unit."""

    subject_code: str
    visit_code: str | None
    step_code: str
    position: str
    read_id: str
    accepted_by: str
    in_question: bool
    since: datetime


@dataclass(frozen=True)
class Figures:
    """The figures of readers, and each reader's disagreements on one chart."""

    quality: ReaderQuality
    chart: PChart | None


def adjudications(act: Act, project_id: ProjectId) -> tuple[AdjudicatedUnit, ...]:
    """Return every adjudication of a project, for those who assign tasks."""
    authorize(act, "assign", "task", project_id)
    query = (
        select(AdjudicationRow, TaskRow, SubjectRow)
        .join(TaskRow, TaskRow.id == AdjudicationRow.task_id)
        .join(SubjectRow, SubjectRow.id == AdjudicationRow.subject_id)
        .where(AdjudicationRow.project_id == project_id)
        .order_by(SubjectRow.code, AdjudicationRow.step_code, TaskRow.ordinal, TaskRow.run)
    )
    return tuple(
        AdjudicatedUnit(
            task_id=task.id,
            subject_code=subject.code,
            step_code=row.step_code,
            state=row.state,
            task_state=task.state,
            run=task.run,
            triggers=tuple(NamedTrigger(what, visit) for what, visit in named_triggers(row)),
        )
        for row, task, subject in act.session.execute(query)
    )


def accepted_records(act: Act, project_id: ProjectId) -> tuple[AcceptedRecord, ...]:
    """Return the record accepted of every unit, for those who may view reads."""
    authorize(act, "view", "read", project_id)
    visits = select(VisitRow.id, VisitRow.code).where(VisitRow.project_id == project_id)
    codes = {visit.id: visit.code for visit in act.session.execute(visits)}
    query = (
        select(AcceptedRow, SubjectRow.code)
        .join(SubjectRow, SubjectRow.id == AcceptedRow.subject_id)
        .where(AcceptedRow.project_id == project_id)
        .order_by(SubjectRow.code, AcceptedRow.step_code, AcceptedRow.unit)
    )
    return tuple(
        AcceptedRecord(
            subject_code=code,
            visit_code=codes.get(row.unit),
            step_code=row.step_code,
            position=row.position,
            read_id=row.read_id,
            accepted_by=row.accepted_by,
            in_question=row.in_question,
            since=row.since,
        )
        for row, code in act.session.execute(query)
    )


def reader_figures(act: Act, project_id: ProjectId) -> Figures:
    """Return adjudication rate, agreement and disagreement index; never to who reads."""
    authorize(act, "view", "read", project_id)
    accepted = act.session.scalars(
        select(AcceptedRow).where(AcceptedRow.project_id == project_id)
    ).all()
    live = live_workflow(act.session, project_id)
    rules = {
        step.code: step.adjudicate
        for step in (charter_of(live).steps if live else ())
        if step.adjudicate is not None
    }
    units = [
        ReadUnit(
            readers=frozenset(rules[row.step_code].when.signed),
            decided=row.accepted_by == "decision",
            chosen=row.position if row.accepted_by == "decision" else None,
        )
        for row in accepted
        if row.step_code in rules
    ]
    quality = reader_quality(units)
    disagreed = [one.n_adjudicated - one.n_chosen for one in quality.readers]
    chart = p_chart(disagreed, [one.n_read for one in quality.readers]) if units else None
    return Figures(quality, chart)
