"""Images: studies, series and instances, and the questions asked of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base, Json
from accounts.digests import digest_of_rows


class StudyRow(Base):
    """A study as stored: the link from images to a subject's visit.

    `acquired_on` is the date in its headers, shifted where the project shifts dates.
    """

    __tablename__ = "studies"
    __table_args__ = (UniqueConstraint("project_id", "study_uid"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"), index=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), index=True)
    study_uid: Mapped[str] = mapped_column(String(64))
    description: Mapped[str]
    acquired_on: Mapped[str | None] = mapped_column(String(10))
    received_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


class SeriesRow(Base):
    """A series as stored."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("project_id", "series_uid"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"), index=True)
    series_uid: Mapped[str] = mapped_column(String(64))
    modality: Mapped[str] = mapped_column(String(16))
    description: Mapped[str]
    number: Mapped[int | None]
    body_part: Mapped[str] = mapped_column(String(64))
    ledger_sequence: Mapped[int]


class InstanceRow(Base):
    """An instance as stored: which object of the lake it is and where its frames lie in it."""

    __tablename__ = "instances"
    __table_args__ = (
        UniqueConstraint("project_id", "sop_instance_uid"),
        Index("ix_instances_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), index=True)
    sop_instance_uid: Mapped[str] = mapped_column(String(64))
    sop_class_uid: Mapped[str] = mapped_column(String(64))
    transfer_syntax: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    original_digest: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int | None]
    rows: Mapped[int | None]
    columns: Mapped[int | None]
    frames: Mapped[int]
    frame_offsets: Mapped[JsonValue] = mapped_column(Json)
    source: Mapped[str]
    received_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class ReceivedInstance:
    """What ingest found in one file and where it put it."""

    study_uid: str
    series_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax: str
    sha256: str
    size: int
    modality: str
    original_digest: str | None = None
    study_description: str = ""
    acquired_on: str | None = None
    series_description: str = ""
    series_number: int | None = None
    body_part: str = ""
    instance_number: int | None = None
    rows: int | None = None
    columns: int | None = None
    frames: int = 1
    frame_offsets: JsonValue = None


def known_instances(
    session: Session, project_id: str, sop_instance_uids: Iterable[str]
) -> dict[str, InstanceRow]:
    """Return the instances the project has already, by SOP Instance UID."""
    query = select(InstanceRow).where(
        InstanceRow.project_id == project_id,
        InstanceRow.sop_instance_uid.in_(tuple(sop_instance_uids)),
    )
    return {row.sop_instance_uid: row for row in session.scalars(query)}


def study_by_uid(session: Session, project_id: str, study_uid: str) -> StudyRow | None:
    """Return the study of that UID, if the project has it."""
    return session.scalar(
        select(StudyRow).where(StudyRow.project_id == project_id, StudyRow.study_uid == study_uid)
    )


def image_set_digest(instances: Iterable[tuple[str, str]]) -> str:
    """Return the digest of (SOP Instance UID, object SHA-256) pairs, whatever their order."""
    return digest_of_rows(sorted(instances))


def visit_instances(
    session: Session, visit_id: str, *, up_to: int | None = None
) -> list[InstanceRow]:
    """Return the instances of a visit, those up to an entry of the ledger or all."""
    query = (
        select(InstanceRow)
        .join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
        .join(StudyRow, StudyRow.id == SeriesRow.study_id)
        .where(StudyRow.visit_id == visit_id)
    )
    if up_to is not None:
        query = query.where(InstanceRow.ledger_sequence <= up_to)
    return list(session.scalars(query))
