"""What stands before a first signature, and what a person is told of their own signing."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire

Method = Literal["document_in_person", "document_by_video", "institution", "qualified_certificate"]


class IdentityView(Wire):
    """Who verified a person's identity, how and when."""

    method: str
    verified_by: str = Field(description="printed name, or the installation")
    verified_at: datetime


class SigningView(Wire):
    """Whether the caller may sign at all, and the words to accept before."""

    statement_version: str
    statement: str
    statement_digest: str
    accepted_at: datetime | None
    identity: IdentityView | None


class Acceptance(Wire):
    """The words that are accepted, named by version and digest."""

    version: str = Field(max_length=16)
    digest: str = Field(pattern="^[0-9a-f]{64}$")


class IdentityVerified(Wire):
    """How somebody else's identity was verified."""

    method: Method


class NoticeView(Wire):
    """One notice to the caller; it names a record and never a value."""

    id: str
    kind: str
    about_kind: str
    about_id: str
    made_at: datetime
    seen_at: datetime | None


class DocumentView(Wire):
    """A document that an organisation keeps, such as its letter to the authority."""

    id: str
    kind: str
    title: str
    media_type: str
    size: int
    sha256: str
    added_by: str = Field(description="printed name")
    added_at: datetime
    ledger_sequence: int
