"""Documents of an organisation, such as its letter to the authority (21 CFR 11.100(c)).

A document is added and listed; it is never changed, a later one is another row.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, get_args

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound, Refused

DocumentKind = Literal["certification_letter", "procedure", "policy"]
KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)
MEDIA_TYPES = {"application/pdf": b"%PDF-", "text/plain": b""}
MOST_BYTES = 2 << 20


class DocumentRow(Base):
    """A document as stored; its bytes are a row of their own."""

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("scopes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[str] = mapped_column(String(36))
    added_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


class DocumentContentRow(Base):
    """The bytes of a document, under the digest that its row states."""

    __tablename__ = "document_contents"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Document:
    """One document of an organisation."""

    id: str
    kind: str
    title: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    ledger_sequence: int


def add_document(
    act: Act, organization_id: str, *, kind: str, title: str, media_type: str, content: bytes
) -> Document:
    """Keep a document of an organisation, such as its letter to the authority."""
    authorize(act, "edit", "organization", organization_id)
    title = title.strip()
    if kind not in KINDS or not 0 < len(title) <= 200:
        raise Refused(
            f"a document is one of {', '.join(KINDS)} and has a title of 1 to 200 letters"
        )
    if media_type not in MEDIA_TYPES or not content.startswith(MEDIA_TYPES[media_type]):
        raise Refused(f"a document is {' or '.join(MEDIA_TYPES)}, and its bytes say so too")
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused(f"a document has 1 to {MOST_BYTES} bytes")
    row = DocumentRow(
        id=act.new_id(),
        organization_id=organization_id,
        kind=kind,
        title=title,
        media_type=media_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_by=act.actor.id,
        added_at=act.now,
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "document_added",
        "document",
        row.id,
        after={"kind": kind, "sha256": row.sha256},
        rows=rows_named(row) | {DocumentContentRow.__tablename__: {row.id: row.sha256}},
    )
    act.session.add(row)
    act.session.flush()
    act.session.add(DocumentContentRow(document_id=row.id, content=content))
    act.session.flush()
    return _view(row)


def documents(act: Act, organization_id: str) -> tuple[Document, ...]:
    """Return the documents of an organisation, the newest first."""
    authorize(act, "view", "organization", organization_id)
    query = (
        select(DocumentRow)
        .where(DocumentRow.organization_id == organization_id)
        .order_by(DocumentRow.ledger_sequence.desc())
    )
    return tuple(_view(row) for row in act.session.scalars(query))


def document_content(act: Act, organization_id: str, document_id: str) -> tuple[Document, bytes]:
    """Return a document with its bytes, which are those of its digest."""
    authorize(act, "view", "organization", organization_id)
    row = act.session.get(DocumentRow, document_id)
    content = act.session.get(DocumentContentRow, document_id)
    if row is None or content is None or row.organization_id != organization_id:
        raise NotFound(f"there is no document {document_id} in this organisation")
    assert sha256(content.content).hexdigest() == row.sha256, f"document {row.id} was changed"
    return _view(row), content.content


def _view(row: DocumentRow) -> Document:
    return Document(
        id=row.id,
        kind=row.kind,
        title=row.title,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        added_by=row.added_by,
        added_at=row.added_at,
        ledger_sequence=row.ledger_sequence,
    )
