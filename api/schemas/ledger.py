"""The ledger as people read it, and what verification says."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from api.schemas.wire import Wire


class EntryActor(Wire):
    """Who acted; the name is looked up, the entry holds the id."""

    kind: Literal["person", "machine", "system"]
    id: str
    name: str | None
    on_behalf_of: str | None


class EntryObject(Wire):
    """What was acted on."""

    kind: str
    id: str
    revision: int | None


class EntryReason(Wire):
    """Why."""

    code: str
    text: str


class LedgerEntryView(Wire):
    """One event, as its canonical entry says."""

    sequence: int
    time: datetime
    actor: EntryActor
    action: str
    object: EntryObject
    reason: EntryReason | None
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None
    origin: str
    request_id: str
    build: str
    leaf_hash: str
    is_reviewed: bool


class LedgerPage(Wire):
    """A page of a project's ledger, newest first."""

    log: str
    size: int
    total: int
    offset: int
    limit: int
    actions: tuple[str, ...]
    entries: tuple[LedgerEntryView, ...]
    reviews: tuple["ReviewView", ...]


class NewReview(Wire):
    """Entries that somebody looked at."""

    first: int = Field(ge=0, le=2**53)
    last: int = Field(ge=0, le=2**53)
    found: Literal["in_order", "to_be_followed"] = "in_order"
    note: str = Field("", max_length=4000)


class ReviewView(Wire):
    """A mark that entries were reviewed, itself an entry."""

    sequence: int
    first: int
    last: int
    by: str
    by_name: str | None
    at: datetime
    found: Literal["in_order", "to_be_followed"]


class CheckpointView(Wire):
    """A signed head of the log, as the note and as one line to print or to keep."""

    size: int
    time: datetime
    note: str
    line: str


class InclusionProofView(Wire):
    """That an entry is in the log of that size; hashes in hex, the leaf's sibling first."""

    log: str
    sequence: int
    size: int
    leaf_hash: str
    path: tuple[str, ...]
    root: str


class ConsistencyProofView(Wire):
    """That the log of the old size is where the log of the new size began."""

    log: str
    old_size: int
    size: int
    old_root: str
    path: tuple[str, ...]
    root: str


class VerificationCheck(Wire):
    """One check of the verifier."""

    name: str
    result: Literal["PASS", "FAIL", "NOT COVERED"]
    detail: str
    first: int | None = Field(description="first entry concerned")
    last: int | None = Field(description="last entry concerned")


class ReplayView(Wire):
    """What the nightly replay of a log against its tables found."""

    log: str
    began_at: datetime
    ended_at: datetime
    size: int = Field(description="entries that were replayed")
    verdict: Literal["PASS", "FAIL", "NOT COVERED"]
    found: tuple[str, ...] = Field(description="rows and entries that do not agree, in words")


class VerificationReport(Wire):
    """What the verifier found, and over which entries."""

    log: str
    size: int
    root: str
    result: Literal["PASS", "FAIL", "NOT COVERED"]
    verified_at: datetime
    checks: tuple[VerificationCheck, ...]
