"""The one question that every command and view asks first: may this actor do this here.

Judged in order: a membership that is valid today reaches the scope, else the answer is
`NotFound`, as if the thing were not there; a role of it grants the verb on the object, else
`NotPermitted`. The platform itself may do everything: no request from outside acts as it.
"""

from sqlalchemy import ColumnElement, select

from accounts.acts import Act
from accounts.errors import NotFound, NotPermitted, Refusal
from accounts.permissions import ADMINISTRATION, ObjectKind, Reach, Verb
from accounts.roles import MembershipRow, RoleGrantRow, RoleRow
from accounts.scopes import lineage


def authorize(
    act: Act,
    verb: Verb,
    object_kind: ObjectKind,
    scope_id: str | None,
    *,
    reach: Reach = "project",
) -> None:
    """Return when a grant of the actor goes that far; else raise `NotFound` or `NotPermitted`.

    A grant for the whole project serves every narrower question too.
    """
    held = reaches(act, verb, object_kind, scope_id)
    if reach not in held and "project" not in held:
        raise NotPermitted(
            f"your role grants {verb} on {object_kind} only within {', '.join(sorted(held))}: "
            f"ask an Admin of {scope_id}",
            Refusal(object_kind=object_kind, object_id=scope_id or ""),
        )


def reaches(
    act: Act, verb: Verb, object_kind: ObjectKind, scope_id: str | None
) -> frozenset[Reach]:
    """Return how far the actor's grants of this verb go, at least one step, or raise."""
    if act.actor.kind == "system":
        return frozenset(("own", "site", "project"))
    nodes = lineage(act.session, scope_id) if scope_id else ()
    if not nodes:
        raise NotFound(
            f"there is no {object_kind} here for you",
            Refusal(object_kind=object_kind, object_id=scope_id or ""),
        )
    held = _memberships(act, nodes, object_kind)
    log = scope_id if nodes[0][1] == "project" else "system"
    assert scope_id is not None
    assert log is not None
    if not held:
        # A stranger's attempt goes to the system log: nobody outside can make a project's grow.
        raise NotFound(
            f"there is no {object_kind} here for you",
            Refusal(object_kind=object_kind, object_id=scope_id),
        )
    found = act.session.scalars(
        select(RoleGrantRow.reach).where(
            RoleGrantRow.role_id.in_(held),
            RoleGrantRow.verb == verb,
            RoleGrantRow.object_kind == object_kind,
        )
    ).all()
    if not found:
        raise NotPermitted(
            f"none of your roles here grants {verb} on {object_kind}: ask an Admin of {scope_id}",
            Refusal(log=log, object_kind=object_kind, object_id=scope_id),
        )
    return frozenset(found)  # type: ignore[arg-type]


def roles_held(act: Act, scope_id: str) -> tuple[str, ...]:
    """Return the names of the actor's roles that reach this scope today."""
    nodes = lineage(act.session, scope_id)
    held = _memberships(act, nodes, "project")
    names = select(RoleRow.name).where(RoleRow.id.in_(held)).order_by(RoleRow.name)
    return tuple(act.session.scalars(names))


def scopes_held(act: Act) -> frozenset[str]:
    """Return the scopes in which the actor holds a role today."""
    query = select(MembershipRow.scope_id).where(*_valid(act))
    return frozenset(act.session.scalars(query))


def _memberships(
    act: Act, nodes: tuple[tuple[str, str], ...], object_kind: ObjectKind
) -> list[str]:
    """Return the roles that reach; an organisation's reach administration alone."""
    scopes = [id for id, kind in nodes if kind != "organization" or object_kind in ADMINISTRATION]
    query = select(MembershipRow.role_id).where(*_valid(act), MembershipRow.scope_id.in_(scopes))
    return list(act.session.scalars(query))


def _valid(act: Act) -> tuple[ColumnElement[bool], ...]:
    return (
        MembershipRow.principal_id == act.actor.id,
        MembershipRow.valid_from <= act.now,
        (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > act.now),
    )
