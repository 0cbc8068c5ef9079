"""Memberships: who holds which role in an organisation, a repository or a project."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import SYSTEM_LOG, Act, Reason
from accounts.authorize import authorize
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound, Refused
from accounts.ids import MembershipId, PersonId
from accounts.people import PersonRow
from accounts.permissions import ADMINISTRATION, PRESETS
from accounts.roles import MembershipRow, RoleRow, role_named
from accounts.scopes import lineage


@dataclass(frozen=True)
class Member:
    """One person's role in one scope."""

    id: MembershipId
    person_id: PersonId
    login: str
    printed_name: str
    role: str
    scope_id: str
    valid_from: datetime
    valid_until: datetime | None


def add_member(
    act: Act, scope_id: str, person_id: str, role: str, *, valid_until: datetime | None = None
) -> MembershipId:
    """Give a person a role in an organisation, a repository or a project."""
    kind = _scope_kind(act.session, scope_id)
    authorize(act, "create", "person" if kind == "organization" else "member", scope_id)
    if act.session.get(PersonRow, person_id) is None:
        raise NotFound(f"there is no person {person_id}: create the person first")
    return enrol(act, scope_id, person_id, role, valid_until=valid_until)


def enrol(
    act: Act, scope_id: str, principal_id: str, role: str, *, valid_until: datetime | None = None
) -> MembershipId:
    """Give a principal a role; the command that calls this has asked for permission."""
    kind = _scope_kind(act.session, scope_id)
    only_administers = all(grant.object_kind in ADMINISTRATION for grant in PRESETS.get(role, ()))
    if (kind == "organization") != only_administers:
        raise Refused(f"the role {role} is not given in a scope of kind {kind}")
    role_id = role_named(act.session, role)
    taken = select(MembershipRow.id).where(
        MembershipRow.principal_id == principal_id,
        MembershipRow.role_id == role_id,
        MembershipRow.scope_id == scope_id,
        (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > act.now),
    )
    if act.session.scalar(taken):
        raise AlreadyExists(f"{principal_id} is a member with the role {role} already")
    row = MembershipRow(
        id=act.new_id(),
        principal_id=principal_id,
        role_id=role_id,
        scope_id=scope_id,
        valid_from=act.now,
        valid_until=valid_until,
    )
    row.ledger_sequence = act.record(
        _log(kind, scope_id),
        "member_approved",
        "member",
        row.id,
        after={"principal": principal_id, "role": role, "scope": scope_id},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return MembershipId(row.id)


def end_membership(act: Act, membership_id: str, reason: Reason) -> None:
    """End a membership at once; what the person signed stays readable."""
    row = act.session.get(MembershipRow, membership_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no membership {membership_id}")
    kind = _scope_kind(act.session, row.scope_id)
    authorize(act, "retire", "person" if kind == "organization" else "member", row.scope_id)
    row.valid_until = act.now
    row.ledger_sequence = act.record(
        _log(kind, row.scope_id),
        "member_deactivated",
        "member",
        row.id,
        reason=reason,
        rows=rows_named(row),
    )


def members(act: Act, scope_id: str) -> tuple[Member, ...]:
    """Return the people who have a role in exactly this scope today."""
    authorize(act, "view", "member", scope_id)
    return members_of(act.session, scope_id, act.now)


def members_of(
    session: Session, scope_id: str, now: datetime, *, role: str | None = None
) -> tuple[Member, ...]:
    """Return who has a role here today; the caller has asked for permission."""
    query = (
        select(MembershipRow, PersonRow, RoleRow.name)
        .join(PersonRow, PersonRow.id == MembershipRow.principal_id)
        .join(RoleRow, RoleRow.id == MembershipRow.role_id)
        .where(
            MembershipRow.scope_id == scope_id,
            (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > now),
        )
        .order_by(PersonRow.login, RoleRow.name)
    )
    if role is not None:
        query = query.where(RoleRow.name == role)
    return tuple(
        Member(
            id=MembershipId(membership.id),
            person_id=PersonId(person.id),
            login=person.login,
            printed_name=person.printed_name,
            role=name,
            scope_id=membership.scope_id,
            valid_from=membership.valid_from,
            valid_until=membership.valid_until,
        )
        for membership, person, name in session.execute(query)
    )


def _scope_kind(session: Session, scope_id: str) -> str:
    nodes = lineage(session, scope_id)
    if not nodes:
        raise NotFound(f"there is no organisation, repository or project {scope_id}")
    return nodes[0][1]


def _log(kind: str, scope_id: str) -> str:
    return scope_id if kind == "project" else SYSTEM_LOG
