"""Roles, named sets of grants, and the tables that say who holds them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Reason
from accounts.database import Base, Json
from accounts.digests import digest_of_rows
from accounts.errors import Refused
from accounts.ids import RoleId
from accounts.ledger.entries import JsonValue as JsonEntry
from accounts.ledger.entries import format_time
from accounts.permissions import PRESETS, ObjectKind, Reach, Verb


class RoleRow(Base):
    """A role as stored."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("scope_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str]
    scope_id: Mapped[str | None] = mapped_column(ForeignKey("scopes.id"))
    retired_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


class RoleGrantRow(Base):
    """One grant of a role as stored."""

    __tablename__ = "role_grants"

    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id"), primary_key=True)
    verb: Mapped[str] = mapped_column(String(16), primary_key=True)
    object_kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    reach: Mapped[str] = mapped_column(String(16), primary_key=True)
    steps: Mapped[JsonValue] = mapped_column(Json)


class MembershipRow(Base):
    """A membership as stored; the principal is a person or a machine key."""

    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_principal_scope", "principal_id", "scope_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    principal_id: Mapped[str] = mapped_column(String(36))
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id"))
    scope_id: Mapped[str] = mapped_column(ForeignKey("scopes.id"))
    sites: Mapped[JsonValue] = mapped_column(Json)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


def install_presets(act: Act) -> None:
    """Write the preset roles that are not there yet; made with the first organisation."""
    query = select(RoleRow.name).where(RoleRow.scope_id.is_(None))
    known = set(act.session.scalars(query))
    for name in sorted(PRESETS.keys() - known):
        grants = [RoleGrant(g.verb, g.object_kind, g.reach) for g in sorted(PRESETS[name])]
        store_role(act, RoleRow(id=act.new_id(), name=name, scope_id=None), grants, "role_created")


@dataclass(frozen=True, order=True)
class RoleGrant:
    """One permission of a role; `steps` narrows running to the steps named, none is any step."""

    verb: Verb
    object_kind: ObjectKind
    reach: Reach
    steps: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the grant as an entry states it."""
        named = f" {','.join(self.steps)}" if self.steps else ""
        return f"{self.verb} {self.object_kind} {self.reach}{named}"


def store_role(
    act: Act,
    row: RoleRow,
    grants: Sequence[RoleGrant],
    action: str,
    *,
    before: Mapping[str, JsonEntry] | None = None,
    reason: Reason | None = None,
) -> None:
    """Enter a role with all of its grants, and store both."""
    stated = [grant.words for grant in grants]
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        action,
        "role",
        row.id,
        before=before,
        after={"name": row.name, "scope": row.scope_id, "grants": stated},
        reason=reason,
        rows={"roles": {row.id: role_digest(row, stated)}},
    )
    act.session.add(row)
    act.session.flush()
    for former in act.session.scalars(select(RoleGrantRow).where(RoleGrantRow.role_id == row.id)):
        act.session.delete(former)
    act.session.flush()
    act.session.add_all(
        RoleGrantRow(
            role_id=row.id,
            verb=grant.verb,
            object_kind=grant.object_kind,
            reach=grant.reach,
            steps=list(grant.steps) or None,
        )
        for grant in grants
    )
    act.session.flush()


def grants_of(session: Session, role_id: str) -> tuple[RoleGrant, ...]:
    """Return the grants of a role, in their order."""
    rows = session.scalars(select(RoleGrantRow).where(RoleGrantRow.role_id == role_id))
    return tuple(sorted(grant_of(row) for row in rows))


def grant_of(row: RoleGrantRow) -> RoleGrant:
    """Return the view of a stored grant."""
    steps = tuple(map(str, row.steps)) if isinstance(row.steps, list) else ()
    return RoleGrant(
        cast("Verb", row.verb), cast("ObjectKind", row.object_kind), cast("Reach", row.reach), steps
    )


def role_digest(row: RoleRow, grants: Iterable[str]) -> str:
    """Return the digest of a role with its grants, each written as `verb object reach`.

    What a preset has not (a scope, an end) is left out, as `row_digest` leaves out nulls.
    """
    of_its_own = [(f"scope {row.scope_id}",)] if row.scope_id else []
    over = [(f"retired {format_time(row.retired_at)}",)] if row.retired_at else []
    return digest_of_rows(
        ((row.name,), *of_its_own, *over, *((grant,) for grant in sorted(grants)))
    )


def role_named(session: Session, name: str, scopes: Collection[str] = ()) -> RoleId:
    """Return the id of a preset, or of a role that one of the scopes made, in use."""
    query = select(RoleRow.id).where(
        RoleRow.name == name,
        RoleRow.retired_at.is_(None),
        RoleRow.scope_id.is_(None) | RoleRow.scope_id.in_(scopes),
    )
    role = session.scalar(query)
    if role is None:
        raise Refused(f"there is no role {name}: choose one of {', '.join(sorted(PRESETS))}")
    return RoleId(role)
