"""The one question that every command and view asks first: may this actor do this here.

Judged in order: a membership that is valid today reaches the scope, else the answer is
`NotFound`, as if the thing were not there; a role of it grants the verb on the object, else
`NotPermitted`. The platform itself may do everything: no request from outside acts as it.
`judge` decides and says why; `authorize`, `reaches` and "why can or can't I" all ask it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from accounts.access import Held, held_by, nodes_of
from accounts.acts import Act
from accounts.errors import NotFound, NotPermitted, Refusal
from accounts.permissions import ADMINISTRATION, SITED, ObjectKind, Reach, Verb
from accounts.scopes import projects_below

Outcome = Literal["granted", "platform", "no_membership", "membership_over", "no_grant"]
EVERYWHERE: frozenset[Reach] = frozenset(("own", "site", "project"))


@dataclass(frozen=True)
class Ground:
    """One grant that counted: which role, given where, how far it goes, at which sites."""

    role: str
    scope_id: str
    reach: Reach
    sites: frozenset[str] = frozenset()
    steps: frozenset[str] | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided about one permission in one scope, and on which grounds."""

    outcome: Outcome
    verb: Verb
    object_kind: ObjectKind
    scope_id: str | None
    scope_kind: str = ""
    grounds: tuple[Ground, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def held(self) -> frozenset[Reach]:
        """Return how far the grants go, at least one step when anything was granted."""
        return (
            EVERYWHERE if self.outcome == "platform" else frozenset(g.reach for g in self.grounds)
        )

    @property
    def words(self) -> str:
        """Say why, in a sentence, as it is told to whoever asked."""
        what = f"{self.verb} on {self.object_kind}"
        if self.outcome in ("no_membership", "membership_over"):
            return f"there is no {self.object_kind} here for you"
        if self.outcome == "no_grant":
            return f"none of your roles here grants {what}: ask an Admin of {self.scope_id}"
        if self.outcome == "platform":
            return f"the platform itself may {what}"
        named = ", ".join(sorted({ground.role for ground in self.grounds}))
        return f"{named} grants {what} within {', '.join(sorted(self.held))}"


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
    return _decided(act, verb, object_kind, scope_id).held


def sites_within(
    act: Act, verb: Verb, object_kind: ObjectKind, scope_id: str
) -> frozenset[str] | None:
    """Return the sites at which the actor may do this, None for every site, or raise.

    Grants within one's own tasks name no site: whoever holds nothing else gets the empty set.
    """
    decision = _decided(act, verb, object_kind, scope_id)
    if "project" in decision.held:
        return None
    return frozenset(site for ground in decision.grounds for site in ground.sites)


def steps_to_run(act: Act, scope_id: str) -> frozenset[str] | None:
    """Return the steps the actor's roles may run, None for all that name the role, or raise."""
    decision = _decided(act, "run", "task", scope_id)
    if decision.outcome == "platform" or any(g.steps is None for g in decision.grounds):
        return None
    return frozenset(step for ground in decision.grounds for step in ground.steps or ())


def judge(
    session: Session,
    principal_id: str,
    now: datetime,
    *,
    verb: Verb,
    object_kind: ObjectKind,
    scope_id: str | None,
) -> Decision:
    """Decide about a principal, from the memberships that reach the scope today."""
    nodes = nodes_of(session, scope_id) if scope_id else ()
    if not nodes:
        return Decision("no_membership", verb, object_kind, scope_id)
    scopes = [id for id, kind in nodes if kind != "organization" or object_kind in ADMINISTRATION]
    here = [each for each in held_by(session, principal_id) if each.scope_id in scopes]
    valid = [each for each in here if each.is_valid(now)]
    if not valid:
        outcome: Outcome = "membership_over" if here else "no_membership"
        return Decision(outcome, verb, object_kind, scope_id, nodes[0][1])
    grounds = tuple(ground for each in valid for ground in _grounds(each, verb, object_kind))
    return Decision(
        outcome="granted" if grounds else "no_grant",
        verb=verb,
        object_kind=object_kind,
        scope_id=scope_id,
        scope_kind=nodes[0][1],
        grounds=grounds,
        roles=tuple(each.role for each in valid),
    )


def roles_held(act: Act, scope_id: str) -> tuple[str, ...]:
    """Return the names of the actor's roles that reach this scope today."""
    found = judge(
        act.session, act.actor.id, act.now, verb="view", object_kind="project", scope_id=scope_id
    )
    return tuple(sorted(set(found.roles)))


def scopes_held(act: Act) -> frozenset[str]:
    """Return the scopes in which the actor holds a role today."""
    held = held_by(act.session, act.actor.id)
    return frozenset(each.scope_id for each in held if each.is_valid(act.now))


def projects_reached(act: Act) -> frozenset[str]:
    """Return every project that a membership of the actor reaches today."""
    return projects_below(act.session, scopes_held(act))


def grants_held(act: Act, scope_id: str) -> frozenset[tuple[str, str, Reach]]:
    """Return (verb, object, reach) of everything the actor's roles grant in a scope today."""
    nodes = nodes_of(act.session, scope_id)
    scopes = {id for id, kind in nodes if kind != "organization"}
    return frozenset(
        (verb, kind, ground.reach)
        for each in held_by(act.session, act.actor.id)
        if each.scope_id in scopes and each.is_valid(act.now)
        for verb, kind in each.grants
        for ground in _grounds(each, cast("Verb", verb), cast("ObjectKind", kind))
    )


def _decided(act: Act, verb: Verb, object_kind: ObjectKind, scope_id: str | None) -> Decision:
    """Return a decision that grants something, or raise it as a refusal."""
    if act.actor.kind == "system":
        return Decision("platform", verb, object_kind, scope_id)
    decision = judge(
        act.session, act.actor.id, act.now, verb=verb, object_kind=object_kind, scope_id=scope_id
    )
    if decision.outcome == "granted":
        return decision
    if decision.outcome == "no_grant":
        assert scope_id is not None
        log = scope_id if decision.scope_kind == "project" else "system"
        raise NotPermitted(
            decision.words, Refusal(log=log, object_kind=object_kind, object_id=scope_id)
        )
    # A stranger's attempt goes to the system log: nobody outside can make a project's grow.
    raise NotFound(decision.words, Refusal(object_kind=object_kind, object_id=scope_id or ""))


def _grounds(held: Held, verb: Verb, object_kind: ObjectKind) -> Iterator[Ground]:
    """Yield what one membership grants; where it names sites, the whole project becomes those."""
    for grant in held.grants.get((verb, object_kind), ()):
        reach = cast("Reach", grant.reach)
        if reach == "project" and held.sites and object_kind in SITED:
            reach = "site"
        yield Ground(
            role=held.role,
            scope_id=held.scope_id,
            reach=reach,
            sites=held.sites if reach == "site" else frozenset(),
            steps=grant.steps,
        )
