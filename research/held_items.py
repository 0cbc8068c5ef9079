"""Held items: what arrived and could not be filed; a person decides, and nothing else waits."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import BigInteger, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base, Json
from accounts.digests import rows_named
from research.ids import HeldItemId, ProjectId
from research.projects import open_project


class HeldItemRow(Base):
    """A held item as stored; its bytes are in the lake under `sha256`."""

    __tablename__ = "held_items"
    __table_args__ = (Index("ix_held_items_project", "project_id", "sop_instance_uid"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    reason: Mapped[str] = mapped_column(String(64))
    sop_instance_uid: Mapped[str | None] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[JsonValue] = mapped_column(Json)
    source: Mapped[str]
    received_at: Mapped[datetime]
    resolution: Mapped[str | None] = mapped_column(String(64))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class HeldItem:
    """One item that waits for a person."""

    id: HeldItemId
    reason: str
    sop_instance_uid: str | None
    sha256: str
    size: int
    details: JsonValue
    source: str
    received_at: datetime


def hold_item(
    act: Act,
    project_id: ProjectId,
    *,
    reason: str,
    sha256: str,
    size: int,
    source: str,
    sop_instance_uid: str | None = None,
    details: JsonValue = None,
) -> HeldItemId:
    """Keep an item aside; the same bytes held for the same reason are held once."""
    authorize(act, "create", "image", project_id, reach="site")
    open_project(act.session, project_id)
    again = select(HeldItemRow.id).where(
        HeldItemRow.project_id == project_id,
        HeldItemRow.sha256 == sha256,
        HeldItemRow.reason == reason,
        HeldItemRow.resolution.is_(None),
    )
    known = act.session.scalar(again)
    if known is not None:
        return HeldItemId(known)
    row = HeldItemRow(
        id=act.new_id(),
        project_id=project_id,
        reason=reason,
        sop_instance_uid=sop_instance_uid,
        sha256=sha256,
        size=size,
        details=details,
        source=source,
        received_at=act.now,
        resolution=None,
    )
    row.ledger_sequence = act.record(
        project_id,
        "images_held",
        "held_item",
        row.id,
        after={"reason": reason, "sha256": sha256},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return HeldItemId(row.id)


def held_items(act: Act, project_id: ProjectId) -> tuple[HeldItem, ...]:
    """Return what waits for a person, the oldest first."""
    authorize(act, "view", "image", project_id)
    query = (
        select(HeldItemRow)
        .where(HeldItemRow.project_id == project_id, HeldItemRow.resolution.is_(None))
        .order_by(HeldItemRow.ledger_sequence)
    )
    return tuple(
        HeldItem(
            id=HeldItemId(row.id),
            reason=row.reason,
            sop_instance_uid=row.sop_instance_uid,
            sha256=row.sha256,
            size=row.size,
            details=row.details,
            source=row.source,
            received_at=row.received_at,
        )
        for row in act.session.scalars(query)
    )
