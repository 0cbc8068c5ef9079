"""Memberships: who holds which role in an organisation, a repository or a project."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.acts import SYSTEM_LOG, Act, Reason
from accounts.authorize import authorize
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, LastAdmin, NotFound, Refused, StaleRow
from accounts.ids import MembershipId, PersonId
from accounts.people import PersonRow
from accounts.permissions import ADMINISTRATION, ObjectKind
from accounts.roles import MembershipRow, RoleRow, grants_of, role_named
from accounts.scopes import lineage

# The roles without which nobody could give access any more, and where they are given.
KEEPERS = {"organization": "Administrator", "repository": "Admin", "project": "Admin"}


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
    sites: tuple[str, ...] = ()
    row_version: int = 1


def add_member(
    act: Act,
    scope_id: str,
    person_id: str,
    role: str,
    *,
    sites: Collection[str] = (),
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> MembershipId:
    """Give a person a role in an organisation, a repository or a project, at once."""
    kind = scope_kind(act.session, scope_id)
    authorize(act, "create", governed(kind), scope_id)
    if act.session.get(PersonRow, person_id) is None:
        raise NotFound(f"there is no person {person_id}: create the person first")
    return enrol(
        act, scope_id, person_id, role, sites=sites, valid_from=valid_from, valid_until=valid_until
    )


def enrol(
    act: Act,
    scope_id: str,
    principal_id: str,
    role: str,
    *,
    sites: Collection[str] = (),
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> MembershipId:
    """Give a principal a role; the command that calls this has asked for permission."""
    role_id = givable_role(act.session, scope_id, role)
    begins = max(valid_from or act.now, act.now)
    if valid_until is not None and valid_until <= begins:
        raise Refused("a membership ends after it begins: choose a later end")
    if holds_role(act.session, scope_id, principal_id, role_id, now=act.now):
        raise AlreadyExists(f"{principal_id} is a member with the role {role} already")
    row = MembershipRow(
        id=act.new_id(),
        principal_id=principal_id,
        role_id=role_id,
        scope_id=scope_id,
        sites=sorted(set(sites)) or None,
        valid_from=begins,
        valid_until=valid_until,
        row_version=1,
    )
    row.ledger_sequence = act.record(
        log_of_scope(act.session, scope_id),
        "member_approved",
        "member",
        row.id,
        after={
            "principal": principal_id,
            "role": role,
            "scope": scope_id,
            "sites": sorted(set(sites)),
        },
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return MembershipId(row.id)


def end_membership(
    act: Act, membership_id: str, reason: Reason, *, row_version: int | None = None
) -> None:
    """End a membership at once; what the person signed stays readable."""
    row = act.session.get(MembershipRow, membership_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no membership {membership_id}")
    kind = scope_kind(act.session, row.scope_id)
    authorize(act, "edit" if kind == "organization" else "retire", governed(kind), row.scope_id)
    if row_version is not None and row.row_version != row_version:
        raise StaleRow(f"membership {membership_id} was changed meanwhile", current=row.row_version)
    if row.valid_until is not None and row.valid_until <= act.now:
        raise Refused(f"membership {membership_id} is over already")
    if not _another_keeper(act, row, kind):
        raise LastAdmin(f"{row.scope_id} keeps one {KEEPERS[kind]}: give the role to another first")
    row.valid_until = act.now
    row.row_version += 1
    row.ledger_sequence = act.record(
        log_of_scope(act.session, row.scope_id),
        "member_deactivated",
        "member",
        row.id,
        reason=reason,
        rows=rows_named(row),
    )
    act.session.flush()


def members(act: Act, scope_id: str) -> tuple[Member, ...]:
    """Return the people who have a role in exactly this scope today."""
    authorize(act, "view", governed(scope_kind(act.session, scope_id)), scope_id)
    return members_of(act.session, scope_id, act.now)


def members_of(
    session: Session, scope_id: str, now: datetime, *, role: str | None = None
) -> tuple[Member, ...]:
    """Return who has a role here today or will have one; the caller has asked for permission."""
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
            sites=sites_of(membership),
            row_version=membership.row_version,
        )
        for membership, person, name in session.execute(query)
    )


def sites_of(row: MembershipRow) -> tuple[str, ...]:
    """Return the sites a membership is limited to; none means every site."""
    return tuple(map(str, row.sites)) if isinstance(row.sites, list) else ()


def givable_role(session: Session, scope_id: str, role: str) -> str:
    """Return the id of a role that may be given in this scope: trial roles never above it."""
    kind = scope_kind(session, scope_id)
    role_id = role_named(session, role, [id for id, _ in lineage(session, scope_id)])
    grants = grants_of(session, role_id)
    only_administers = all(grant.object_kind in ADMINISTRATION for grant in grants)
    if (kind == "organization") != only_administers:
        raise Refused(f"the role {role} is not given in a scope of kind {kind}")
    return role_id


def holds_role(
    session: Session, scope_id: str, principal_id: str, role_id: str, *, now: datetime
) -> bool:
    """Tell whether the principal holds exactly this role in exactly this scope, now or later."""
    query = select(MembershipRow.id).where(
        MembershipRow.principal_id == principal_id,
        MembershipRow.role_id == role_id,
        MembershipRow.scope_id == scope_id,
        (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > now),
    )
    return session.scalar(query.limit(1)) is not None


def governed(kind: str) -> ObjectKind:
    """Return the object that stands for members of such a scope in the permission table."""
    return "person" if kind == "organization" else "member"


def scope_kind(session: Session, scope_id: str) -> str:
    """Return what a scope is, or raise `NotFound`."""
    nodes = lineage(session, scope_id)
    if not nodes:
        raise NotFound(f"there is no organisation, repository or project {scope_id}")
    return nodes[0][1]


def log_of_scope(session: Session, scope_id: str) -> str:
    """Return the log in which the members of a scope are entered."""
    return scope_id if scope_kind(session, scope_id) == "project" else SYSTEM_LOG


def _another_keeper(act: Act, row: MembershipRow, kind: str) -> bool:
    """Tell whether somebody else could still give access once this membership is over."""
    role = act.session.get(RoleRow, row.role_id)
    if role is None or role.scope_id is not None or role.name != KEEPERS[kind]:
        return True
    scopes = [id for id, above in lineage(act.session, row.scope_id) if above != "organization"]
    query = (
        select(func.count())
        .select_from(MembershipRow)
        .join(PersonRow, PersonRow.id == MembershipRow.principal_id)
        .where(
            MembershipRow.role_id == row.role_id,
            MembershipRow.id != row.id,
            MembershipRow.scope_id.in_(scopes or [row.scope_id]),
            MembershipRow.valid_from <= act.now,
            (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > act.now),
            PersonRow.state == "active",
        )
    )
    return bool(act.session.scalar(query))
