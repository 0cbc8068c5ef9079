"""Members, requests for access and access reviews on the wire."""

from datetime import datetime

from pydantic import Field

from api.schemas.people import ReasonNeeded
from api.schemas.tasks import SignatureView
from api.schemas.wire import Wire


class MemberView(Wire):
    """One person's role in one scope; no sites means every site."""

    id: str
    person_id: str
    login: str
    printed_name: str
    role: str
    scope_id: str
    sites: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime | None
    row_version: int


class AccessRequestNew(Wire):
    """Access to ask for."""

    person_id: str = Field(min_length=1, max_length=36)
    role: str = Field(min_length=1, max_length=64)
    sites: tuple[str, ...] = Field((), max_length=500, description="ids; none means every site")
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class AccessRequestView(Wire):
    """A request for access; `record_digest` is what its approval signs."""

    id: str
    scope_id: str
    person_id: str
    printed_name: str
    role: str
    sites: tuple[str, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    state: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    membership_id: str | None
    record_digest: str
    row_version: int


class Approval(Wire):
    """A fresh grant for the record's digest, with the meaning approval."""

    grant: str = Field(min_length=1, max_length=200)


class Approved(Wire):
    """The membership that holds from now on, and the signature that gave it."""

    membership_id: str
    signature: SignatureView


class Closing(Wire):
    """Why something ends or is refused."""

    reason: ReasonNeeded


class AccessReviewRowView(Wire):
    """One line of a review: who has what, since when, and when it was last used."""

    principal: str
    name: str
    role: str
    given_in: str
    grants: tuple[str, ...]
    sites: tuple[str, ...]
    since: datetime
    until: datetime | None
    approved_by: str | None
    last_used: datetime | None


class AccessReviewView(Wire):
    """A review of access; `record_digest` is what its signature says was right."""

    id: str
    scope_id: str
    made_at: datetime
    made_by: str
    rows: tuple[AccessReviewRowView, ...]
    record_digest: str
    signature: SignatureView | None
