"""What each principal holds, read once per version of access and kept until it changes.

A number in the database grows with every change of a membership or a role, in the transaction of
the change. Each transaction reads it once: what was kept under another number is read anew, so a
removal acts on the next request of every process. A transaction that itself changes access keeps
nothing. Access is changed through the mapped rows alone, never by a bare UPDATE.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, Engine, Pool, event, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, object_session

from accounts.database import Base
from accounts.roles import MembershipRow, RoleGrantRow, RoleRow
from accounts.scopes import lineage

CHANGED = "access_changed"
SEEN = "access_version"
# Beyond this many principals a process forgets all of them and begins again.
MOST_KEPT = 10_000
READ_VERSION = "SELECT version FROM access_versions WHERE id = 1"
RAISE_VERSION = (
    "INSERT INTO access_versions (id, version) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = access_versions.version + 1"
)


class AccessVersionRow(Base):
    """The one number that grows with every change of access."""

    __tablename__ = "access_versions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class HeldGrant:
    """How far one permission of a role goes; `steps` narrows running to the steps named."""

    reach: str
    steps: frozenset[str] | None


@dataclass(frozen=True)
class Held:
    """One membership of a principal, with everything its role grants."""

    membership_id: str
    role: str
    scope_id: str
    sites: frozenset[str]
    valid_from: datetime
    valid_until: datetime | None
    grants: Mapping[tuple[str, str], tuple[HeldGrant, ...]]

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the membership counts at this moment."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


@dataclass
class _Kept:
    """What one process keeps of one database."""

    version: int = -1
    held: dict[str, tuple[Held, ...]] = field(default_factory=dict)
    nodes: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


_KEPT: WeakKeyDictionary[Pool, _Kept] = WeakKeyDictionary()


def held_by(session: Session, principal_id: str) -> tuple[Held, ...]:
    """Return every membership of a principal, over or not yet begun too."""
    session.flush()
    if CHANGED in session.info:
        return read_held(session, principal_id)
    version = _version(session)
    kept = _kept(session)
    if kept.version != version:
        if kept.version > version:
            return read_held(session, principal_id)
        kept = _Kept(version, nodes=kept.nodes)
        _KEPT[_pool(session)] = kept
    found = kept.held.get(principal_id)
    if found is None:
        found = read_held(session, principal_id)
        if len(kept.held) >= MOST_KEPT:
            kept.held.clear()
        kept.held[principal_id] = found
    return found


def nodes_of(session: Session, scope_id: str) -> tuple[tuple[str, str], ...]:
    """Return (id, kind) of a scope and of everything above it; the tree only ever grows."""
    kept = _kept(session)
    found = kept.nodes.get(scope_id)
    if found is None:
        found = lineage(session, scope_id)
        if found and CHANGED not in session.info:
            if len(kept.nodes) >= MOST_KEPT:
                kept.nodes.clear()
            kept.nodes[scope_id] = found
    return found


def read_held(session: Session, principal_id: str) -> tuple[Held, ...]:
    """Read the memberships of a principal from the tables, whatever is kept."""
    rows = session.execute(
        select(MembershipRow, RoleRow.name)
        .join(RoleRow, RoleRow.id == MembershipRow.role_id)
        .where(MembershipRow.principal_id == principal_id)
        .order_by(RoleRow.name, MembershipRow.id)
    ).all()
    grants: dict[str, dict[tuple[str, str], tuple[HeldGrant, ...]]] = {}
    roles = {row.role_id for row, _ in rows}
    found = select(RoleGrantRow).where(RoleGrantRow.role_id.in_(roles))
    for row in session.scalars(found) if roles else ():
        of_role = grants.setdefault(row.role_id, {})
        key = (row.verb, row.object_kind)
        steps = frozenset(map(str, row.steps)) if isinstance(row.steps, list) else None
        of_role[key] = (*of_role.get(key, ()), HeldGrant(row.reach, steps))
    return tuple(
        Held(
            membership_id=row.id,
            role=name,
            scope_id=row.scope_id,
            sites=frozenset(map(str, row.sites)) if isinstance(row.sites, list) else frozenset(),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            grants=grants.get(row.role_id, {}),
        )
        for row, name in rows
    )


def _version(session: Session) -> int:
    """Return the version that this transaction sees, read once in each."""
    transaction = session.get_transaction()
    seen = session.info.get(SEEN)
    if seen is not None and transaction is not None and seen[0] is transaction:
        return int(seen[1])
    found = session.connection().exec_driver_sql(READ_VERSION).scalar()
    version = int(found) if found is not None else 0
    session.info[SEEN] = (session.get_transaction(), version)
    return version


def _pool(session: Session) -> Pool:
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind.pool


def _kept(session: Session) -> _Kept:
    pool = _pool(session)
    kept = _KEPT.get(pool)
    if kept is None:
        kept = _KEPT.setdefault(pool, _Kept())
    return kept


def _note_change(
    mapper: Mapper[Base], connection: Connection, row: MembershipRow | RoleRow | RoleGrantRow
) -> None:
    session = object_session(row)
    assert session is not None
    session.info[CHANGED] = True


def _raise_version(session: Session) -> None:
    """Raise the number last of all: whoever changes access then waits for nobody else."""
    session.flush()
    if session.info.pop(CHANGED, False):
        session.connection().exec_driver_sql(RAISE_VERSION)


for model in (MembershipRow, RoleRow, RoleGrantRow):
    for moment in ("after_insert", "after_update", "after_delete"):
        event.listen(model, moment, _note_change)
event.listen(Session, "before_commit", _raise_version)
