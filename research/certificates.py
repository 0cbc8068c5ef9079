"""Certificates: what was destroyed, in numbers alone; they outlive what they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base, Json
from research.ids import ProjectId


class CertificateRow(Base):
    """A certificate as stored: what was destroyed, in numbers alone."""

    __tablename__ = "certificates"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    resolution_id: Mapped[str] = mapped_column(ForeignKey("resolutions.id"))
    content: Mapped[JsonValue] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Certificate:
    """What was destroyed, by whom, under which entry."""

    id: str
    project_id: ProjectId
    content: Mapping[str, JsonValue]
    digest: str
    made_at: datetime
    ledger_sequence: int


def certificates(act: Act, project_id: ProjectId) -> tuple[Certificate, ...]:
    """Return the certificates of a project, the newest first."""
    authorize(act, "view", "lock", project_id)
    query = (
        select(CertificateRow)
        .where(CertificateRow.project_id == project_id)
        .order_by(CertificateRow.ledger_sequence.desc())
    )
    return tuple(view_certificate(row) for row in act.session.scalars(query))


def view_certificate(row: CertificateRow) -> Certificate:
    """Return the view of a stored certificate."""
    return Certificate(
        id=row.id,
        project_id=ProjectId(row.project_id),
        content=cast("Mapping[str, JsonValue]", row.content),
        digest=row.digest,
        made_at=row.made_at,
        ledger_sequence=row.ledger_sequence,
    )
