"""Computed responses: one row per signed read, beside what the reader stated.

A row is what the criteria made of the read when it was signed. It never changes: when an earlier
visit is amended, the read turns stale and its next revision has a row of its own.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.database import Base, Json
from research.begun import Begun
from research.criteria.judging import Judge, Judgement
from research.ecrf.evaluate import Evaluation
from research.lesions import LesionFindingRow, LesionRow, register_lesions
from research.read_records import ReadRow


class ResponseRow(Base):
    """The response that criteria computed for one signed read."""

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("read_id"),
        Index("ix_responses_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"))
    criteria: Mapped[str] = mapped_column(String(32))
    criteria_version: Mapped[str] = mapped_column(String(16))
    constants: Mapped[JsonValue] = mapped_column(Json)
    computed: Mapped[str | None] = mapped_column(String(32))
    stated: Mapped[str | None] = mapped_column(String(32))
    of_record: Mapped[str | None] = mapped_column(String(32))
    explanation: Mapped[str]
    parts: Mapped[JsonValue] = mapped_column(Json)
    measures: Mapped[JsonValue] = mapped_column(Json)
    notes: Mapped[JsonValue] = mapped_column(Json)
    ledger_sequence: Mapped[int]


def judged_rows(act: Act, work: Begun, evaluation: Evaluation) -> tuple[Base, ...]:
    """Return what signing a read leaves in the lesion register and among the responses."""
    judge = work.around.criteria
    if not isinstance(judge, Judge):
        return ()
    found = judge.judged(evaluation.context.now)
    assert found.history is not None, "what the criteria refuse blocks a read from being submitted"
    registered = register_lesions(act, work.read, judge, found.history)
    return (*registered.lesions, *registered.findings, _response(act, work.read, judge, found))


def keep_judged(act: Act, rows: tuple[Base, ...], sequence: int) -> None:
    """Store the rows that an entry has named."""
    for row in rows:
        row.ledger_sequence = sequence  # type: ignore[attr-defined]
    for kind in (LesionRow, LesionFindingRow, ResponseRow):
        act.session.add_all(row for row in rows if isinstance(row, kind))
        act.session.flush()


def _response(act: Act, read: ReadRow, judge: Judge, found: Judgement) -> ResponseRow:
    assessment = found.assessment
    assert assessment is not None, "a history that cannot be judged blocks a read"
    plan = judge.plan
    different = found.difference
    return ResponseRow(
        id=act.new_id(),
        project_id=read.project_id,
        read_id=read.id,
        criteria=plan.name,
        criteria_version=plan.version,
        constants=cast("JsonValue", dict(plan.constants)),
        computed=assessment.response,
        stated=found.stated,
        of_record=found.of_record(plan),
        explanation=assessment.explanation,
        parts=cast("JsonValue", dict(assessment.parts)),
        measures=_texts(assessment.measures),
        notes=[*assessment.notes, *([different] if different else [])],
    )


def _texts(measures: Mapping[str, Decimal | None]) -> JsonValue:
    return {name: None if size is None else f"{size:f}" for name, size in measures.items()}
