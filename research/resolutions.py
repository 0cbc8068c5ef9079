"""Resolutions: what people sign for before it happens: freeze, lock, unlock, hold, destruction.

A resolution says what, to which object and why, under one digest. Each of its seats is signed by
another person. With the last signature it is carried out in the same transaction, or, where files
of the lake are concerned, it is approved and then carried out by a command that may be repeated.
A process that dies between two signatures loses nothing: the first one stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base, Json
from accounts.digests import rows_named
from accounts.errors import NotFound, Refusal
from accounts.ledger.entries import JsonValue as LedgerValue
from accounts.ledger.entries import digest
from accounts.signatures import (
    Signature,
    SignaturePayload,
    sign,
    signatures_of,
)
from research.errors import IllegalTransition, Invalid, ProjectLocked, ReasonRequired
from research.ids import ProjectId
from research.projects import ProjectRow, kept_project
from research.reasons import MAX_TEXT
from research.resolution_kinds import KINDS, Kind, Rule, Seat
from research.resolution_seats import authorize_any, free_seat, seats_taken

MEANING = "approval"
MAX_OPEN = 20


class ResolutionRow(Base):
    """A resolution as stored; its signatures are rows of `signatures`."""

    __tablename__ = "resolutions"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(36))
    content: Mapped[JsonValue] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    reason_code: Mapped[str] = mapped_column(String(64))
    reason_text: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    proposed_by: Mapped[str] = mapped_column(String(36))
    proposed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Resolution:
    """A resolution with its signatures; `missing` names the seats that nobody has signed yet."""

    id: str
    project_id: ProjectId
    number: int
    kind: Kind
    object_kind: str
    object_id: str
    content: Mapping[str, JsonValue]
    digest: str
    statement: str
    reason: Reason
    state: str
    proposed_by: str
    proposed_at: datetime
    signatures: tuple[Signature, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is proposed, before anybody has signed it."""

    kind: Kind
    object_kind: str
    object_id: str
    reason: Reason
    content: Mapping[str, LedgerValue]


def propose(act: Act, project_id: ProjectId, proposal: Proposal) -> Resolution:
    """Put a resolution forward; nothing happens before it is signed."""
    rule = KINDS[proposal.kind]
    authorize_any(act, project_id, rule.seats)
    project = kept_project(act.session, project_id)
    _refuse_state(project, rule, proposal.kind)
    reason = _stated(proposal.reason)
    _refuse_twin(act.session, project_id, proposal)
    numbers = select(func.max(ResolutionRow.number)).where(ResolutionRow.project_id == project_id)
    row = ResolutionRow(
        id=act.new_id(),
        project_id=project_id,
        number=1 + (act.session.scalar(numbers) or 0),
        kind=proposal.kind,
        object_kind=proposal.object_kind,
        object_id=proposal.object_id,
        content=dict(proposal.content),
        reason_code=reason.code,
        reason_text=reason.text,
        state="open",
        proposed_by=act.actor.id,
        proposed_at=act.now,
        closed_at=None,
    )
    row.digest = digest(_signed_content(row))
    enter_resolution(act, row, "resolution_proposed", reason=reason)
    return view(act.session, row)


def sign_resolution(
    act: Act, resolution_id: str, *, grant: str
) -> tuple[ResolutionRow, ProjectRow, bool]:
    """Sign one seat; tell whether it was the last, so that the caller carries it out."""
    row, project = locked_resolution(act, resolution_id)
    rule = KINDS[cast("Kind", row.kind)]
    if row.state != "open":
        raise IllegalTransition(f"resolution {row.number} is {row.state}: nobody signs it now")
    _refuse_state(project, rule, row.kind)
    made = signatures_of(act.session, "resolution", row.id)
    if any(signature.person_id == act.actor.id for signature in made):
        raise IllegalTransition(
            f"you have signed resolution {row.number} already: somebody else signs the other seat"
        )
    seat = free_seat(act, row.project_id, row.id, rule.seats)
    sign(act, grant, _payload(row, seat))
    is_last = len(made) + 1 == len(rule.seats)
    if is_last:
        row.state = "approved"
        enter_resolution(act, row, "resolution_approved")
    return row, project, is_last


def cancel_resolution(act: Act, resolution_id: str, reason: Reason) -> Resolution:
    """Take back a resolution that is not carried out; its signatures stay readable."""
    row, _ = locked_resolution(act, resolution_id)
    authorize_any(act, row.project_id, KINDS[cast("Kind", row.kind)].seats)
    if row.state not in ("open", "approved"):
        raise IllegalTransition(f"resolution {row.number} is {row.state}: it cannot be cancelled")
    row.state = "cancelled"
    row.closed_at = act.now
    enter_resolution(act, row, "resolution_cancelled", reason=_stated(reason))
    return view(act.session, row)


def locked_resolution(act: Act, resolution_id: str) -> tuple[ResolutionRow, ProjectRow]:
    """Return a resolution with its project, both held for a change, or raise `NotFound`."""
    row = act.session.get(ResolutionRow, resolution_id)
    if row is None:
        raise hidden_resolution(resolution_id)
    _visible(act, row)
    project = kept_project(act.session, row.project_id)
    act.session.refresh(row)
    return row, project


def resolutions(act: Act, project_id: ProjectId) -> tuple[Resolution, ...]:
    """Return the resolutions of a project, the newest first."""
    authorize(act, "view", "lock", project_id)
    query = (
        select(ResolutionRow)
        .where(ResolutionRow.project_id == project_id)
        .order_by(ResolutionRow.number.desc())
    )
    return tuple(view(act.session, row) for row in act.session.scalars(query))


def resolution(act: Act, resolution_id: str) -> Resolution:
    """Return one resolution."""
    row = act.session.get(ResolutionRow, resolution_id)
    if row is None:
        raise hidden_resolution(resolution_id)
    _visible(act, row)
    return view(act.session, row)


def log_to_sign(act: Act, resolution_id: str) -> str:
    """Return the log of a resolution that the caller may sign a seat of."""
    row = act.session.get(ResolutionRow, resolution_id)
    if row is None:
        raise hidden_resolution(resolution_id)
    _visible(act, row)
    authorize_any(act, row.project_id, KINDS[cast("Kind", row.kind)].seats)
    return row.project_id


def amendment_allowed(session: Session, task_id: str) -> ResolutionRow | None:
    """Return the resolution by which two people let a task be amended while it is frozen."""
    return session.scalar(
        select(ResolutionRow).where(
            ResolutionRow.kind == "allow_amendment",
            ResolutionRow.object_id == task_id,
            ResolutionRow.state == "approved",
        )
    )


def close(act: Act, row: ResolutionRow) -> None:
    """Say that a resolution was carried out."""
    row.state = "done"
    row.closed_at = act.now
    enter_resolution(act, row, "resolution_carried_out")


def enter_resolution(
    act: Act, row: ResolutionRow, action: str, *, reason: Reason | None = None
) -> None:
    """Store a resolution and enter what became of it."""
    row.ledger_sequence = act.record(
        row.project_id,
        action,
        "resolution",
        row.id,
        after={"kind": row.kind, "number": row.number, "digest": row.digest, "state": row.state},
        reason=reason,
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()


def reason_of(row: ResolutionRow) -> Reason:
    """Return why a resolution was put forward."""
    return Reason(code=row.reason_code, text=row.reason_text)


def view(session: Session, row: ResolutionRow) -> Resolution:
    """Return what is shown of a stored resolution."""
    rule = KINDS[cast("Kind", row.kind)]
    made = signatures_of(session, "resolution", row.id)
    taken = seats_taken(session, row.id)
    return Resolution(
        id=row.id,
        project_id=ProjectId(row.project_id),
        number=row.number,
        kind=cast("Kind", row.kind),
        object_kind=row.object_kind,
        object_id=row.object_id,
        content=cast("Mapping[str, JsonValue]", row.content),
        digest=row.digest,
        statement=rule.statement,
        reason=reason_of(row),
        state=row.state,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        signatures=made,
        missing=tuple(seat.name for seat in rule.seats if seat.name not in taken),
    )


def hidden_resolution(resolution_id: str) -> NotFound:
    """Return the one refusal for a resolution that is not there for the caller."""
    return NotFound(
        f"there is no resolution {resolution_id} for you",
        Refusal(object_kind="resolution", object_id=resolution_id),
    )


def _visible(act: Act, row: ResolutionRow) -> None:
    try:
        authorize(act, "view", "lock", row.project_id)
    except NotFound:
        raise hidden_resolution(row.id) from None


def _refuse_state(project: ProjectRow, rule: Rule, kind: str) -> None:
    if project.state in rule.states:
        return
    wanted = " or ".join(rule.states)
    if project.state in ("locked", "archived", "destroyed"):
        raise ProjectLocked(f"project {project.code} is {project.state}: {kind} needs it {wanted}")
    raise IllegalTransition(f"project {project.code} is {project.state}: {kind} needs it {wanted}")


def _refuse_twin(session: Session, project_id: str, proposal: Proposal) -> None:
    query = select(ResolutionRow).where(
        ResolutionRow.project_id == project_id, ResolutionRow.state.in_(("open", "approved"))
    )
    waiting = session.scalars(query).all()
    if len(waiting) >= MAX_OPEN:
        raise Invalid(f"{MAX_OPEN} resolutions wait already: sign or cancel some first")
    for row in waiting:
        if (row.kind, row.object_id) == (proposal.kind, proposal.object_id):
            raise IllegalTransition(
                f"resolution {row.number} says the same and waits: sign or cancel that one"
            )


def _stated(reason: Reason) -> Reason:
    code, text = reason.code.strip(), reason.text.strip()
    if not code or not text:
        raise ReasonRequired("say why: a code and words are both needed")
    if len(code) > 64 or len(text) > MAX_TEXT:
        raise Invalid(f"a reason has a code of 64 and words of {MAX_TEXT} characters at most")
    return Reason(code=code, text=text)


def _signed_content(row: ResolutionRow) -> dict[str, LedgerValue]:
    return {
        "id": row.id,
        "project": row.project_id,
        "number": row.number,
        "kind": row.kind,
        "object": [row.object_kind, row.object_id],
        "content": cast("LedgerValue", row.content),
        "reason": [row.reason_code, row.reason_text],
        "statement": KINDS[cast("Kind", row.kind)].statement,
    }


def _payload(row: ResolutionRow, seat: Seat) -> SignaturePayload:
    return SignaturePayload(
        log=row.project_id,
        record_kind="resolution",
        record_id=row.id,
        revision=1,
        record_digest=digest(_signed_content(row)),
        meaning=MEANING,
        record_key={"project_id": row.project_id, "number": row.number, "seat": seat.name},
    )
