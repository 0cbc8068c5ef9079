"""Roles that a repository makes for its projects: named sets of grants, changed with a reason.

A change reaches everybody who holds the role with the next request. The names of the presets are
taken; a preset is copied by naming its grants.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.errors import AlreadyExists, NotFound, Refused, StaleRow
from accounts.ids import RoleId
from accounts.permissions import ADMINISTRATION, PRESETS
from accounts.roles import MembershipRow, RoleGrant, RoleRow, grants_of, store_role
from accounts.scopes import lineage

MOST_NAME = 64
MOST_GRANTS = 300


@dataclass(frozen=True)
class Role:
    """A role as those see it who may give it."""

    id: RoleId
    name: str
    is_preset: bool
    is_retired: bool
    grants: tuple[RoleGrant, ...]
    row_version: int


def roles(act: Act, scope_id: str) -> tuple[Role, ...]:
    """Return the roles that can be given in a repository or one of its projects."""
    authorize(act, "view", "role", scope_id)
    scopes = [id for id, _ in lineage(act.session, scope_id)]
    query = (
        select(RoleRow)
        .where(RoleRow.scope_id.is_(None) | RoleRow.scope_id.in_(scopes))
        .order_by(RoleRow.scope_id.is_not(None), RoleRow.name)
    )
    return tuple(_view(act, row) for row in act.session.scalars(query))


def create_role(act: Act, scope_id: str, *, name: str, grants: Sequence[RoleGrant]) -> Role:
    """Make a role of a repository."""
    authorize(act, "create", "role", scope_id)
    nodes = lineage(act.session, scope_id)
    if nodes[0][1] != "repository":
        raise Refused("roles are made in a repository, then given in its projects")
    row = RoleRow(id=act.new_id(), name=_checked_name(name), scope_id=scope_id, row_version=1)
    taken = select(RoleRow.id).where(RoleRow.scope_id == scope_id, RoleRow.name == row.name)
    if row.name in PRESETS or act.session.scalar(taken):
        raise AlreadyExists(f"there is a role {row.name} already: choose another name")
    store_role(act, row, checked_grants(grants), "role_created")
    return _view(act, row)


def change_role(
    act: Act, role_id: str, *, row_version: int, grants: Sequence[RoleGrant], reason: Reason
) -> Role:
    """Give a role other grants; whoever holds it has them from the next request on."""
    row = _own(act, role_id, "edit", row_version)
    before = [grant.words for grant in grants_of(act.session, role_id)]
    row.row_version += 1
    store_role(
        act,
        row,
        checked_grants(grants),
        "role_changed",
        before={"grants": before},
        reason=reason,
    )
    return _view(act, row)


def retire_role(act: Act, role_id: str, *, row_version: int, reason: Reason) -> Role:
    """Take a role that nobody holds out of use; it stays readable."""
    row = _own(act, role_id, "retire", row_version)
    holder = select(MembershipRow.id).where(
        MembershipRow.role_id == role_id,
        (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > act.now),
    )
    if act.session.scalar(holder.limit(1)):
        raise Refused(f"somebody holds the role {row.name}: end those memberships first")
    row.retired_at = act.now
    row.row_version += 1
    store_role(act, row, grants_of(act.session, role_id), "role_retired", reason=reason)
    return _view(act, row)


def checked_grants(grants: Sequence[RoleGrant]) -> tuple[RoleGrant, ...]:
    """Return acceptable grants in their order: each once, and none that administers."""
    if not 0 < len(grants) <= MOST_GRANTS:
        raise Refused(f"a role has 1 to {MOST_GRANTS} grants")
    for grant in grants:
        if grant.object_kind in ADMINISTRATION - {"repository"}:
            raise Refused(f"{grant.object_kind} belongs to the organisation: leave it out")
        if grant.steps and (grant.verb, grant.object_kind) != ("run", "task"):
            raise Refused("only running tasks may be narrowed to steps")
    keys = [(grant.verb, grant.object_kind, grant.reach) for grant in grants]
    if len(set(keys)) < len(keys):
        raise Refused("a grant is named twice: name each once")
    return tuple(sorted(grants))


def _own(act: Act, role_id: str, verb: str, row_version: int) -> RoleRow:
    """Return a role of a repository that the actor may change, locked and as it was shown."""
    row = act.session.get(RoleRow, role_id, with_for_update=True)
    if row is None or row.scope_id is None:
        raise NotFound(f"there is no role {role_id} here for you")
    authorize(act, "retire" if verb == "retire" else "edit", "role", row.scope_id)
    if row.retired_at is not None:
        raise Refused(f"the role {row.name} is retired: make a new one")
    if row.row_version != row_version:
        raise StaleRow(
            f"the role {row.name} was changed meanwhile: look at it again", current=row.row_version
        )
    return row


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME or not name.isprintable():
        raise Refused(f"a role has a name of 1 to {MOST_NAME} characters")
    return name


def _view(act: Act, row: RoleRow) -> Role:
    return Role(
        id=RoleId(row.id),
        name=row.name,
        is_preset=row.scope_id is None,
        is_retired=row.retired_at is not None,
        grants=grants_of(act.session, row.id),
        row_version=row.row_version,
    )
