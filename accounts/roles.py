"""Roles, named sets of grants, and the tables that say who holds them."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base, Json
from accounts.digests import digest_of_rows
from accounts.errors import Refused
from accounts.ids import RoleId
from accounts.permissions import PRESETS


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
    known = set(act.session.scalars(select(RoleRow.name)))
    for name in sorted(PRESETS.keys() - known):
        role = RoleId(act.new_id())
        grants = sorted(PRESETS[name])
        stated = [f"{grant.verb} {grant.object_kind} {grant.reach}" for grant in grants]
        sequence = act.record(
            SYSTEM_LOG,
            "role_created",
            "role",
            role,
            after={"name": name, "grants": stated},
            rows={"roles": {role: role_digest(name, stated)}},
        )
        act.session.add(RoleRow(id=role, name=name, ledger_sequence=sequence))
        act.session.flush()
        act.session.add_all(
            RoleGrantRow(
                role_id=role,
                verb=grant.verb,
                object_kind=grant.object_kind,
                reach=grant.reach,
            )
            for grant in grants
        )
    act.session.flush()


def role_digest(name: str, grants: Iterable[str]) -> str:
    """Return the digest of a role with its grants, each written as `verb object reach`."""
    return digest_of_rows(((name,), *((grant,) for grant in sorted(grants))))


def role_named(session: Session, name: str) -> RoleId:
    """Return the id of a role."""
    role = session.scalar(select(RoleRow.id).where(RoleRow.name == name))
    if role is None:
        raise Refused(f"there is no role {name}: choose one of {', '.join(sorted(PRESETS))}")
    return RoleId(role)
