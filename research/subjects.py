"""Subjects: who is imaged, known by a code and never by a name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.errors import NotFound, Refusal
from research.errors import IllegalTransition
from research.ids import ProjectId, SubjectId


class SubjectRow(Base):
    """A subject as stored; `workflow_id` is the version it is pinned to."""

    __tablename__ = "subjects"
    __table_args__ = (UniqueConstraint("project_id", "code"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    code: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    cohort: Mapped[str]
    sex: Mapped[str | None] = mapped_column(String(8))
    year_of_birth: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(32))
    workflow_id: Mapped[str | None] = mapped_column(ForeignKey("workflows.id"))
    created_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


class SubjectSiteRow(Base):
    """A further site of a subject, beside its primary one."""

    __tablename__ = "subject_sites"

    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class NewSubject:
    """What is known of a subject when it is made."""

    code: str
    kind: str = "live"
    site_id: str | None = None
    further_sites: tuple[str, ...] = ()
    cohort: str = ""
    sex: str | None = None
    year_of_birth: int | None = None


@dataclass(frozen=True)
class Subject:
    """A subject as an unblinded member sees it."""

    id: SubjectId
    project_id: ProjectId
    code: str
    kind: str
    site: str | None
    state: str


def at_sites(within: Collection[str] | None) -> ColumnElement[bool]:
    """Return the condition that a subject shares a site with whoever is limited to some.

    None is everybody's; a subject without any site is nobody's who is limited.
    """
    if within is None:
        return true()
    further = select(SubjectSiteRow.subject_id).where(SubjectSiteRow.site_id.in_(within))
    return SubjectRow.site_id.in_(within) | SubjectRow.id.in_(further)


def is_at(session: Session, subject_id: str, within: Collection[str] | None) -> bool:
    """Tell whether a subject shares a site with whoever is limited to some."""
    if within is None:
        return True
    query = select(SubjectRow.id).where(SubjectRow.id == subject_id, at_sites(within))
    return session.scalar(query) is not None


def hidden_subject(subject_id: str) -> NotFound:
    """Return the one refusal for a subject that is not there or must not seem to be."""
    return NotFound(
        f"there is no subject {subject_id} for you",
        Refusal(object_kind="subject", object_id=subject_id),
    )


def subject_by_code(session: Session, project_id: str, code: str) -> SubjectRow | None:
    """Return the subject of that code, if the project has it."""
    return session.scalar(
        select(SubjectRow).where(SubjectRow.project_id == project_id, SubjectRow.code == code)
    )


def refuse_withdrawn(subject: SubjectRow) -> None:
    """Raise when nothing new of a subject is taken any more."""
    if subject.state == "withdrawn":
        raise IllegalTransition(f"subject {subject.id} was withdrawn: nothing new of it is taken")
