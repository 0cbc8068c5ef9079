"""Files attached to answers: taken onto an open draft, each by the digest of its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256 as hashed

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.database import Base
from research.begun import begun
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.items.file import FileItem
from research.errors import IllegalTransition, Invalid, Problem
from research.ids import ProjectId
from research.read_records import ReadRow

MAGIC = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}


class AttachmentRow(Base):
    """One file of one revision of a read as stored; its bytes stand in the lake's store."""

    __tablename__ = "attachments"

    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


@dataclass(frozen=True)
class Attached:
    """A file that stands in a project's store: where, by which digest, of which kind."""

    project: ProjectId
    sha256: str
    media_type: str


def accept_file(act: Act, task_id: str, key: ItemKey, data: bytes) -> Attached:
    """Judge a file for an item of one's own draft, and enter it; the bytes decide what it is."""
    work = begun(act, task_id)
    if work.read.status != "draft":
        raise IllegalTransition(f"read {work.read.id} is {work.read.status}: it takes no file")
    found = work.form.items_by_key.get((key.group, key.item))
    item = found[1] if found else None
    if not isinstance(item, FileItem):
        raise Invalid("the file was not taken", (Problem(str(key), "takes no file"),))
    media_type = media_type_of(data)
    if media_type not in item.media_types and not _as_text(item, media_type):
        words = f"takes {', '.join(item.media_types)}; this is {media_type or 'none of them'}"
        raise Invalid("the file was not taken", (Problem(str(key), words),))
    if len(data) > item.max_mb << 20:
        raise Invalid("the file was not taken", (Problem(str(key), f"is above {item.max_mb} MB"),))
    assert media_type is not None, "an item takes no file of an unknown kind"
    digest = hashed(data).hexdigest()
    if act.session.get(AttachmentRow, (work.read.id, digest)) is None:
        act.session.add(
            AttachmentRow(
                read_id=work.read.id, sha256=digest, media_type=media_type, size=len(data)
            )
        )
    act.record(
        work.read.project_id,
        "file_attached",
        "read",
        work.read.id,
        revision=work.read.draft,
        after={"item": str(key), "sha256": digest, "size": len(data), "media_type": media_type},
    )
    return Attached(ProjectId(work.read.project_id), digest, media_type)


def refuse_unattached(
    session: Session, read: ReadRow, form: FormDefinition, answers: Mapping[ItemKey, Answer]
) -> None:
    """Refuse an answer that names a file which was not attached to this very read."""
    named = {
        key: answer.value
        for key, answer in answers.items()
        if answer.value is not None
        and isinstance(form.items_by_key[key.group, key.item][1], FileItem)
    }
    problems = tuple(
        Problem(str(key), "is not an attachment of this read: upload the file")
        for key, sha256 in named.items()
        if session.get(AttachmentRow, (read.id, sha256)) is None
    )
    if problems:
        raise Invalid("some answers are not acceptable: nothing was saved", problems)


def media_type_of(data: bytes) -> str | None:
    """Return what the bytes are; a name or a header would only claim it."""
    for media_type, magic in MAGIC.items():
        if data.startswith(magic):
            return media_type
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return "text/plain" if text and "\x00" not in text else None


def _as_text(item: FileItem, media_type: str | None) -> bool:
    """Tell whether an item takes the file as text: a table in text is text to the bytes."""
    return media_type == "text/plain" and "text/csv" in item.media_types
