"""Annotations as records: one row each, of one revision of one read."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base, Json
from accounts.digests import digest_of_rows, row_digest
from research.annotations.geometry import (
    AnnotationKind,
    Geometry,
    Space,
    parts_from_json,
    parts_to_json,
)
from research.annotations.metrics import LengthUnit, MetricName, Metrics
from research.annotations.planes import Calibration
from research.ecrf.answer import ItemKey

AuthorKind = Literal["human", "ai"]


class AnnotationRow(Base):
    """One annotation as stored; a later revision of the read has rows of its own."""

    __tablename__ = "annotations"

    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    space: Mapped[str] = mapped_column(String(8))
    frame_of_reference_uid: Mapped[str | None] = mapped_column(String(64))
    parts: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    label: Mapped[str]
    tracking_uid: Mapped[str] = mapped_column(String(64))
    group_oid: Mapped[str] = mapped_column(String(64))
    repeat_key: Mapped[str] = mapped_column(String(36))
    item_oid: Mapped[str] = mapped_column(String(64))
    author_kind: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[str] = mapped_column(String(36))
    viewer_build: Mapped[str]
    revision: Mapped[int]
    metrics: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    unit: Mapped[str] = mapped_column(String(8))
    calibration: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class TypedMeasurementRow(Base):
    """Why a measurement was typed and not drawn."""

    __tablename__ = "typed_measurements"

    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"), primary_key=True)
    group_oid: Mapped[str] = mapped_column(String(64), primary_key=True)
    repeat_key: Mapped[str] = mapped_column(String(36), primary_key=True)
    item_oid: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str]


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """One annotation as everything but the database sees it; UIDs are the stored ones."""

    id: str
    geometry: Geometry
    metrics: Metrics
    label: str
    tracking_uid: str
    item: ItemKey | None
    author_kind: AuthorKind
    author_id: str
    viewer_build: str
    revision: int
    created_at: datetime
    changed_at: datetime


def annotations_of(session: Session, read_id: str) -> tuple[Annotation, ...]:
    """Return the annotations of a read, the oldest first."""
    query = (
        select(AnnotationRow)
        .where(AnnotationRow.read_id == read_id)
        .order_by(AnnotationRow.created_at, AnnotationRow.id)
    )
    return tuple(annotation_of(row) for row in session.scalars(query))


def annotation_of_item(session: Session, read_id: str, key: ItemKey) -> str | None:
    """Return the id of the mark that a measurement was taken from, if it was drawn."""
    query = select(AnnotationRow.id).where(
        AnnotationRow.read_id == read_id,
        AnnotationRow.group_oid == key.group,
        AnnotationRow.repeat_key == key.repeat,
        AnnotationRow.item_oid == key.item,
    )
    return session.scalar(query.order_by(AnnotationRow.created_at, AnnotationRow.id).limit(1))


def marked_items(session: Session, read_id: str) -> set[ItemKey]:
    """Return where the items stand that a read's marks answer; no geometry is read for it."""
    query = select(AnnotationRow.group_oid, AnnotationRow.repeat_key, AnnotationRow.item_oid).where(
        AnnotationRow.read_id == read_id, AnnotationRow.item_oid != ""
    )
    return {ItemKey(*row) for row in session.execute(query)}


def drawn_of(session: Session, read_id: str) -> list[AnnotationRow]:
    """Return the rows of a read's annotations."""
    return list(session.scalars(select(AnnotationRow).where(AnnotationRow.read_id == read_id)))


def reasons_of(session: Session, read_id: str) -> dict[ItemKey, str]:
    """Return why measurements of a read were typed, by where they stand."""
    query = select(TypedMeasurementRow).where(TypedMeasurementRow.read_id == read_id)
    return {
        ItemKey(row.group_oid, row.repeat_key, row.item_oid): row.reason
        for row in session.scalars(query)
    }


def annotation_of(row: AnnotationRow) -> Annotation:
    """Read a row."""
    assert isinstance(row.metrics, dict)
    values = {cast("MetricName", name): Decimal(str(value)) for name, value in row.metrics.items()}
    item = ItemKey(row.group_oid, row.repeat_key, row.item_oid) if row.item_oid else None
    return Annotation(
        id=row.id,
        geometry=Geometry(
            kind=cast("AnnotationKind", row.kind),
            space=cast("Space", row.space),
            frame_of_reference_uid=row.frame_of_reference_uid,
            parts=parts_from_json(row.parts),
        ),
        metrics=Metrics(values, cast("LengthUnit", row.unit), cast("Calibration", row.calibration)),
        label=row.label,
        tracking_uid=row.tracking_uid,
        item=item,
        author_kind=cast("AuthorKind", row.author_kind),
        author_id=row.author_id,
        viewer_build=row.viewer_build,
        revision=row.revision,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def row_of(read_id: str, annotation: Annotation) -> AnnotationRow:
    """Return the row that keeps an annotation under a read."""
    geometry, metrics, item = annotation.geometry, annotation.metrics, annotation.item
    return AnnotationRow(
        read_id=read_id,
        id=annotation.id,
        kind=geometry.kind,
        space=geometry.space,
        frame_of_reference_uid=geometry.frame_of_reference_uid,
        parts=parts_to_json(geometry.parts),
        label=annotation.label,
        tracking_uid=annotation.tracking_uid,
        group_oid=item.group if item else "",
        repeat_key=item.repeat if item else "",
        item_oid=item.item if item else "",
        author_kind=annotation.author_kind,
        author_id=annotation.author_id,
        viewer_build=annotation.viewer_build,
        revision=annotation.revision,
        metrics={name: str(value) for name, value in metrics.values.items()},
        unit=metrics.unit,
        calibration=metrics.calibration,
        created_at=annotation.created_at,
        changed_at=annotation.changed_at,
    )


def drawn_digest(
    salt: str, rows: Iterable[AnnotationRow], reasons: Mapping[ItemKey, str]
) -> str | None:
    """Return the digest of what a read draws: annotations, and why sizes were typed instead.

    None when there is neither. The read's salt goes with it, so that a label or a reason cannot be
    guessed once the salt is destroyed.
    """
    drawn = sorted(("annotation", row.id, _content(row)) for row in rows)
    typed = sorted(("by_hand", str(key), reason) for key, reason in reasons.items())
    return digest_of_rows(((salt,), *drawn, *typed)) if drawn or typed else None


def _content(row: AnnotationRow) -> str:
    """Return the digest of an annotation, the same in every revision of its read."""
    return row_digest(row_of("", annotation_of(row)))


def commitment(salt: str, row: AnnotationRow) -> str:
    """Return what the ledger holds of one annotation: it proves the row and tells nothing of it."""
    message = f"annotation/{row.id}={_content(row)}".encode()
    return hmac.new(bytes.fromhex(salt), message, hashlib.sha256).hexdigest()


def by_id(annotations: Iterable[Annotation]) -> Mapping[str, Annotation]:
    """Return annotations by their ids."""
    return {one.id: one for one in annotations}
