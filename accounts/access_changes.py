"""Access changes: requested, approved by somebody else's signature, active, and ended at once.

A request states who shall have which role where, at which sites and for how long, and what that
role granted when it was asked for; the approver signs the digest of exactly that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base, Json
from accounts.digests import digest_of_rows, rows_named
from accounts.errors import AlreadyExists, NotFound, NotPermitted, Refusal, Refused
from accounts.ids import AccessRequestId, MembershipId, PersonId
from accounts.ledger.entries import format_time
from accounts.memberships import (
    enrol,
    givable_role,
    governed,
    holds_role,
    log_of_scope,
    scope_kind,
)
from accounts.people import PersonRow
from accounts.permissions import TIME_BOXED
from accounts.roles import RoleRow, grants_of
from accounts.signatures import Signature, SignaturePayload, sign

RECORD_KIND = "access_request"


class AccessRequestRow(Base):
    """A request as stored: `requested`, then `approved`, `refused` or `withdrawn`."""

    __tablename__ = "access_requests"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    scope_id: Mapped[str] = mapped_column(ForeignKey("scopes.id"), index=True)
    principal_id: Mapped[str] = mapped_column(String(36))
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id"))
    sites: Mapped[JsonValue] = mapped_column(Json)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16))
    requested_by: Mapped[str] = mapped_column(String(36))
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_at: Mapped[datetime | None]
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"))
    membership_id: Mapped[str | None] = mapped_column(ForeignKey("memberships.id"))
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class AccessRequest:
    """One request as it is shown to whoever may decide; the digest is what is signed."""

    id: AccessRequestId
    scope_id: str
    person_id: PersonId
    printed_name: str
    role: str
    sites: tuple[str, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    state: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    membership_id: str | None
    record_digest: str
    row_version: int


def request_access(
    act: Act,
    scope_id: str,
    person_id: str,
    role: str,
    *,
    sites: Collection[str] = (),
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> AccessRequest:
    """Ask for a role for a person; nothing is given before it is approved."""
    kind = scope_kind(act.session, scope_id)
    authorize(act, "create", governed(kind), scope_id)
    person = act.session.get(PersonRow, person_id)
    if person is None or person.state == "deactivated":
        raise Refused(f"there is no person {person_id} to give access to: invite the person first")
    role_id = givable_role(act.session, scope_id, role)
    if role in TIME_BOXED and valid_until is None:
        raise Refused(f"the role {role} is given for a time: say until when")
    begins = max(valid_from or act.now, act.now)
    if valid_until is not None and valid_until <= begins:
        raise Refused("access ends after it begins: choose a later end")
    asked = select(AccessRequestRow.id).where(
        AccessRequestRow.scope_id == scope_id,
        AccessRequestRow.principal_id == person_id,
        AccessRequestRow.role_id == role_id,
        AccessRequestRow.state == "requested",
    )
    held = holds_role(act.session, scope_id, person_id, role_id, now=act.now)
    if held or act.session.scalar(asked.limit(1)):
        raise AlreadyExists(f"{person_id} has or awaits the role {role} here already")
    row = AccessRequestRow(
        id=act.new_id(),
        scope_id=scope_id,
        principal_id=person_id,
        role_id=role_id,
        sites=sorted(set(sites)) or None,
        valid_from=valid_from,
        valid_until=valid_until,
        state="requested",
        requested_by=act.actor.id,
        requested_at=act.now,
        decided_by=None,
        decided_at=None,
        signature_id=None,
        membership_id=None,
        row_version=1,
    )
    _enter(act, row, "member_requested")
    return _view(act.session, row)


def approve_access(act: Act, request_id: str, *, grant: str) -> tuple[MembershipId, Signature]:
    """Sign a request: from now on the person has what was asked for. Meaning: approval."""
    row = _pending(act, request_id)
    _not_ones_own(act, row)
    signature = sign(act, grant, _payload(act.session, row))
    row.signature_id = signature.id
    return _give(act, row), signature


def give_access_at_once(act: Act, request_id: str) -> MembershipId:
    """Give what was asked for without a signature, where the project does not ask for one."""
    row = _pending(act, request_id)
    _not_ones_own(act, row)
    return _give(act, row)


def refuse_access(act: Act, request_id: str, reason: Reason) -> AccessRequest:
    """Close a request without giving anything."""
    row = _pending(act, request_id)
    _decide(act, row, "refused", "member_refused", reason)
    return _view(act.session, row)


def access_requests(act: Act, scope_id: str) -> tuple[AccessRequest, ...]:
    """Return the requests of a scope, the newest first."""
    authorize(act, "view", governed(scope_kind(act.session, scope_id)), scope_id)
    query = (
        select(AccessRequestRow)
        .where(AccessRequestRow.scope_id == scope_id)
        .order_by(AccessRequestRow.requested_at.desc(), AccessRequestRow.id)
    )
    return tuple(_view(act.session, row) for row in act.session.scalars(query))


def access_request(act: Act, request_id: str) -> AccessRequest:
    """Return one request to whoever may see the members of its scope."""
    row = act.session.get(AccessRequestRow, request_id)
    if row is None:
        raise _hidden(request_id)
    authorize(act, "view", governed(scope_kind(act.session, row.scope_id)), row.scope_id)
    return _view(act.session, row)


def log_to_sign(act: Act, request_id: str) -> str:
    """Return the log of a request that the actor may sign."""
    row = _pending(act, request_id)
    return log_of_scope(act.session, row.scope_id)


def request_digest(session: Session, row: AccessRequestRow) -> str:
    """Return the digest of what a request asks for, with what the role grants at this moment."""
    role = session.get_one(RoleRow, row.role_id)
    return digest_of_rows(
        [
            ("request", row.id),
            ("scope", row.scope_id),
            ("principal", row.principal_id),
            ("role", role.id, role.name),
            ("sites", *_sites(row)),
            ("from", format_time(row.valid_from) if row.valid_from else None),
            ("until", format_time(row.valid_until) if row.valid_until else None),
            ("by", row.requested_by, format_time(row.requested_at)),
            *(("grant", grant.words) for grant in grants_of(session, role.id)),
        ]
    )


def _pending(act: Act, request_id: str) -> AccessRequestRow:
    row = act.session.get(AccessRequestRow, request_id, with_for_update=True)
    if row is None:
        raise _hidden(request_id)
    kind = scope_kind(act.session, row.scope_id)
    authorize(act, "edit" if kind == "organization" else "approve", governed(kind), row.scope_id)
    if row.state != "requested":
        raise Refused(f"access request {request_id} is {row.state}: make a new one")
    return row


def _not_ones_own(act: Act, row: AccessRequestRow) -> None:
    if row.principal_id == act.actor.id:
        log = log_of_scope(act.session, row.scope_id)
        raise NotPermitted(
            "nobody approves their own access: ask another Admin",
            Refusal(log=log, object_kind=RECORD_KIND, object_id=row.id),
        )


def _give(act: Act, row: AccessRequestRow) -> MembershipId:
    membership = enrol(
        act,
        row.scope_id,
        row.principal_id,
        act.session.get_one(RoleRow, row.role_id).name,
        sites=_sites(row),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
    row.membership_id = membership
    _decide(act, row, "approved", "access_approved")
    return membership


def _decide(
    act: Act, row: AccessRequestRow, state: str, action: str, reason: Reason | None = None
) -> None:
    row.state = state
    row.decided_by, row.decided_at = act.actor.id, act.now
    row.row_version += 1
    _enter(act, row, action, reason)


def _enter(act: Act, row: AccessRequestRow, action: str, reason: Reason | None = None) -> None:
    role = act.session.get_one(RoleRow, row.role_id)
    row.ledger_sequence = act.record(
        log_of_scope(act.session, row.scope_id),
        action,
        RECORD_KIND,
        row.id,
        after={
            "principal": row.principal_id,
            "role": role.name,
            "sites": list(_sites(row)),
            "state": row.state,
        },
        reason=reason,
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()


def _payload(session: Session, row: AccessRequestRow) -> SignaturePayload:
    return SignaturePayload(
        log=log_of_scope(session, row.scope_id),
        record_kind=RECORD_KIND,
        record_id=row.id,
        revision=1,
        record_digest=request_digest(session, row),
        meaning="approval",
    )


def _sites(row: AccessRequestRow) -> tuple[str, ...]:
    return tuple(map(str, row.sites)) if isinstance(row.sites, list) else ()


def _hidden(request_id: str) -> NotFound:
    return NotFound(
        f"there is no access request {request_id} for you",
        Refusal(object_kind=RECORD_KIND, object_id=request_id),
    )


def _view(session: Session, row: AccessRequestRow) -> AccessRequest:
    person = session.get(PersonRow, row.principal_id)
    return AccessRequest(
        id=AccessRequestId(row.id),
        scope_id=row.scope_id,
        person_id=PersonId(row.principal_id),
        printed_name=person.printed_name if person else row.principal_id,
        role=session.get_one(RoleRow, row.role_id).name,
        sites=_sites(row),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        membership_id=row.membership_id,
        record_digest=request_digest(session, row),
        row_version=row.row_version,
    )
