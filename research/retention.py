"""Retention and holds: until when a project's data must be kept, and what forbids their end.

A period counts from a stated event; before the event has a date nothing is over. A hold overrides
everything else, whoever placed it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound
from research.errors import IllegalTransition, Invalid, Retained
from research.ids import ProjectId
from research.projects import ProjectRow, kept_project

MAX_YEARS = 100


@dataclass(frozen=True)
class RetentionDefault:
    """A period that a rule names, for whoever sets a project's; our reading, not legal advice."""

    code: str
    years: int
    event: str
    source: str


# The clauses were not read at their source: each project states its own period.
DEFAULTS = (
    RetentionDefault(
        "eu_ctr", 25, "end of the clinical trial",
        "Regulation (EU) No 536/2014, Article 58 (unverified at source)",
    ),
    RetentionDefault(
        "us_drug", 2, "approval of the marketing application",
        "21 CFR 312.57 (unverified at source)",
    ),
    RetentionDefault(
        "us_device", 2, "end of the investigation, or approval if that is later",
        "21 CFR 812.140 (unverified at source)",
    ),
)  # fmt: skip


class RetentionRow(Base):
    """A project's retention as stored; `id` is the project's."""

    __tablename__ = "retentions"

    id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    years: Mapped[int]
    event: Mapped[str]
    event_date: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str]
    set_by: Mapped[str] = mapped_column(String(36))
    set_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


class HoldRow(Base):
    """A hold as stored; a released one stays readable."""

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Hold:
    """One hold of a project."""

    id: str
    reason_code: str
    placed_at: datetime
    released_at: datetime | None


@dataclass(frozen=True)
class Retention:
    """How long a project is kept; `until` is None while the event has no date or none is set."""

    years: int | None
    event: str
    event_date: date | None
    source: str
    until: date | None
    holds: tuple[Hold, ...]


@dataclass(frozen=True, kw_only=True)
class RetentionPeriod:
    """What is to be set."""

    years: int
    event: str
    event_date: date | None
    source: str


def retention(act: Act, project_id: ProjectId) -> Retention:
    """Return how long a project is kept, with its holds."""
    authorize(act, "view", "project", project_id)
    return retention_of(act.session, project_id)


def set_retention(
    act: Act, project_id: ProjectId, period: RetentionPeriod, reason: Reason
) -> Retention:
    """Set a project's period or the date of its event; a locked project has one too."""
    authorize(act, "edit", "project", project_id)
    project = kept_project(act.session, project_id)
    if project.state == "destroyed":
        raise IllegalTransition(f"project {project.code} is destroyed: nothing is kept of it")
    if not 0 <= period.years <= MAX_YEARS or not period.event.strip() or not period.source.strip():
        raise Invalid(f"a period has 0 to {MAX_YEARS} years, the event it counts from and a source")
    row = act.session.get(RetentionRow, project_id)
    before = None if row is None else {"years": row.years, "event_date": row.event_date}
    row = row or RetentionRow(id=project_id)
    row.years = period.years
    row.event = period.event.strip()
    row.event_date = None if period.event_date is None else period.event_date.isoformat()
    row.source = period.source.strip()
    row.set_by = act.actor.id
    row.set_at = act.now
    row.ledger_sequence = act.record(
        project_id,
        "retention_set",
        "project",
        project_id,
        before=before,
        after={"years": row.years, "event_date": row.event_date},
        reason=reason,
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return retention_of(act.session, project_id)


def place_hold(act: Act, project: ProjectRow, reason: Reason) -> None:
    """Place a hold; the caller has its signature."""
    row = HoldRow(
        id=act.new_id(),
        project_id=project.id,
        reason_code=reason.code,
        placed_at=act.now,
        released_at=None,
    )
    row.ledger_sequence = act.record(
        project.id, "hold_placed", "hold", row.id, reason=reason, rows=rows_named(row)
    )
    act.session.add(row)
    act.session.flush()


def release_hold(act: Act, project: ProjectRow, hold_id: str, reason: Reason) -> None:
    """Release a hold; the caller has its signature."""
    row = find_hold(act.session, project.id, hold_id)
    if row.released_at is not None:
        raise IllegalTransition(f"hold {hold_id} was released before")
    row.released_at = act.now
    row.ledger_sequence = act.record(
        project.id, "hold_released", "hold", row.id, reason=reason, rows=rows_named(row)
    )
    act.session.flush()


def find_hold(session: Session, project_id: str, hold_id: str) -> HoldRow:
    """Return a stored hold of the project."""
    row = session.get(HoldRow, hold_id)
    if row is None or row.project_id != project_id:
        raise NotFound(f"there is no hold {hold_id} in this project")
    return row


def retention_of(session: Session, project_id: str) -> Retention:
    """Return how long a project is kept; the caller has asked for permission."""
    row = session.get(RetentionRow, project_id)
    holds = session.scalars(
        select(HoldRow).where(HoldRow.project_id == project_id).order_by(HoldRow.placed_at)
    )
    views = tuple(Hold(h.id, h.reason_code, h.placed_at, h.released_at) for h in holds)
    if row is None:
        return Retention(None, "", None, "", None, views)
    event = None if row.event_date is None else date.fromisoformat(row.event_date)
    until = None if event is None else years_after(event, row.years)
    return Retention(row.years, row.event, event, row.source, until, views)


def refuse_held(session: Session, project_id: str) -> None:
    """Raise `Retained` while a hold stands."""
    standing = [hold for hold in retention_of(session, project_id).holds if not hold.released_at]
    if standing:
        raise Retained(
            f"{len(standing)} hold(s) stand on project {project_id}: nothing of it is destroyed "
            "before they are released"
        )


def refuse_early(session: Session, project_id: str, today: date) -> None:
    """Raise `Retained` before the period is over; without a period nothing is ever over."""
    kept = retention_of(session, project_id)
    if kept.years is None:
        raise Retained(
            f"project {project_id} has no retention period: set one before anything is destroyed"
        )
    if kept.until is None:
        raise Retained(f"the retention of project {project_id} counts from: {kept.event}; no date")
    if today < kept.until:
        raise Retained(
            f"project {project_id} is kept until {kept.until}: nothing of it is destroyed before"
        )


def years_after(event: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes 1 March where there is none."""
    try:
        return event.replace(year=event.year + years)
    except ValueError:
        return date(event.year + years, 3, 1)
