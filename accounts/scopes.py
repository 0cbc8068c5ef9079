"""Scopes: the tree organization > repository > project that a membership reaches down.

The kernel knows only ids and parents; what they are is told by the domain that registers them.
"""

from collections.abc import Collection
from typing import Literal

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.second_wall import admit, is_walled

ScopeKind = Literal["organization", "repository", "project"]


class ScopeRow(Base):
    """One node of the tree."""

    __tablename__ = "scopes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("scopes.id"))


def register_scope(
    session: Session, kind: ScopeKind, id: str, *, parent_id: str | None
) -> ScopeRow:
    """Put a new node under its parent; the entry of its own command names the row."""
    row = ScopeRow(id=id, kind=kind, parent_id=parent_id)
    session.add(row)
    session.flush()
    if kind == "project" and is_walled(session):
        admit(session, (id,))
    return row


def lineage(session: Session, scope_id: str) -> tuple[tuple[str, str], ...]:
    """Return (id, kind) of the scope and of everything above it; empty when there is none."""
    nodes: list[tuple[str, str]] = []
    next_id: str | None = scope_id
    while next_id is not None:
        row = session.get(ScopeRow, next_id)
        if row is None:
            break
        nodes.append((row.id, row.kind))
        next_id = row.parent_id
    return tuple(nodes)


def projects_below(session: Session, scopes: Collection[str]) -> frozenset[str]:
    """Return the projects among scopes, and those of the repositories among them.

    An organisation's membership reaches administration alone, so its projects are not there.
    """
    query = select(ScopeRow.id).where(
        ScopeRow.kind == "project", ScopeRow.id.in_(scopes) | ScopeRow.parent_id.in_(scopes)
    )
    return frozenset(session.scalars(query))
