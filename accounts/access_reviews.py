"""Access reviews: who has what here, since when, until when and last used when; kept and signed.

"Last used" is the last entry of the scope's own log that the person left: looking at images and
downloads are entries too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.access_changes import AccessRequestRow
from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base, Json
from accounts.digests import rows_named
from accounts.errors import NotFound, Refusal, Refused
from accounts.ids import AccessReviewId
from accounts.ledger.entries import digest, format_time
from accounts.ledger.log import LedgerEntry
from accounts.machine_keys import MachineKeyRow
from accounts.memberships import governed, log_of_scope, scope_kind, sites_of
from accounts.people import PersonRow
from accounts.permissions import Verb
from accounts.roles import MembershipRow, RoleRow, grants_of
from accounts.scopes import lineage
from accounts.signatures import Signature, SignaturePayload, find_signature, sign

RECORD_KIND = "access_review"


class AccessReviewRow(Base):
    """A review as stored; `content` is the whole report."""

    __tablename__ = "access_reviews"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    scope_id: Mapped[str] = mapped_column(ForeignKey("scopes.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(36))
    made_at: Mapped[datetime]
    content: Mapped[JsonValue] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class AccessReview:
    """A report of who has what, with the signature of whoever reviewed it."""

    id: AccessReviewId
    scope_id: str
    made_at: datetime
    made_by: str
    rows: tuple[dict[str, JsonValue], ...]
    record_digest: str
    signature: Signature | None


def make_review(act: Act, scope_id: str) -> AccessReview:
    """Write down who reaches this scope today, directly or from above, for somebody to sign."""
    kind = scope_kind(act.session, scope_id)
    authorize(act, "view", governed(kind), scope_id)
    authorize(act, "edit" if kind == "organization" else "approve", governed(kind), scope_id)
    content: dict[str, JsonValue] = {
        "scope": scope_id,
        "made_at": format_time(act.now),
        "rows": cast("JsonValue", _who_has_what(act, scope_id)),
    }
    row = AccessReviewRow(
        id=act.new_id(),
        scope_id=scope_id,
        made_by=act.actor.id,
        made_at=act.now,
        content=content,
        digest=digest(cast("dict[str, str]", content)),
        signature_id=None,
    )
    _enter(act, row, "access_review_made")
    return _view(act.session, row)


def sign_review(act: Act, review_id: str, *, grant: str) -> AccessReview:
    """Sign a review: this is who has what, and it is right so. Meaning: review."""
    row = _found(act, review_id, to_sign=True)
    payload = SignaturePayload(
        log=log_of_scope(act.session, row.scope_id),
        record_kind=RECORD_KIND,
        record_id=row.id,
        revision=1,
        record_digest=row.digest,
        meaning="review",
    )
    row.signature_id = sign(act, grant, payload).id
    _enter(act, row, "access_reviewed")
    return _view(act.session, row)


def reviews(act: Act, scope_id: str) -> tuple[AccessReview, ...]:
    """Return the reviews of a scope, the newest first."""
    authorize(act, "view", governed(scope_kind(act.session, scope_id)), scope_id)
    query = (
        select(AccessReviewRow)
        .where(AccessReviewRow.scope_id == scope_id)
        .order_by(AccessReviewRow.made_at.desc(), AccessReviewRow.id)
    )
    return tuple(_view(act.session, row) for row in act.session.scalars(query))


def review(act: Act, review_id: str) -> AccessReview:
    """Return one review."""
    return _view(act.session, _found(act, review_id, to_sign=False))


def log_to_sign(act: Act, review_id: str) -> str:
    """Return the log of a review that the actor may sign."""
    return log_of_scope(act.session, _found(act, review_id, to_sign=True).scope_id)


def _found(act: Act, review_id: str, *, to_sign: bool) -> AccessReviewRow:
    row = act.session.get(AccessReviewRow, review_id)
    if row is None:
        raise NotFound(
            f"there is no access review {review_id} for you",
            Refusal(object_kind=RECORD_KIND, object_id=review_id),
        )
    kind = scope_kind(act.session, row.scope_id)
    signing: Verb = "edit" if kind == "organization" else "approve"
    authorize(act, signing if to_sign else "view", governed(kind), row.scope_id)
    if to_sign and row.signature_id is not None:
        raise Refused(f"access review {review_id} is signed already: make a new one")
    return row


def _who_has_what(act: Act, scope_id: str) -> list[dict[str, JsonValue]]:
    session = act.session
    scopes = dict(lineage(session, scope_id))
    query = (
        select(MembershipRow, RoleRow)
        .join(RoleRow, RoleRow.id == MembershipRow.role_id)
        .where(
            MembershipRow.scope_id.in_(scopes),
            (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > act.now),
        )
        .order_by(RoleRow.name, MembershipRow.principal_id, MembershipRow.id)
    )
    used = _last_used(session, log_of_scope(session, scope_id))
    rows: list[dict[str, JsonValue]] = []
    for member, role in session.execute(query):
        asked = session.scalar(
            select(AccessRequestRow).where(AccessRequestRow.membership_id == member.id)
        )
        last = used.get(member.principal_id)
        rows.append(
            {
                "principal": member.principal_id,
                "name": _name(session, member.principal_id),
                "role": role.name,
                "given_in": scopes[member.scope_id],
                "grants": [grant.words for grant in grants_of(session, role.id)],
                "sites": list(sites_of(member)),
                "since": format_time(member.valid_from),
                "until": format_time(member.valid_until) if member.valid_until else None,
                "approved_by": _name(session, asked.decided_by)
                if asked and asked.decided_by
                else None,
                "last_used": format_time(last) if last else None,
            }
        )
    return rows


def _last_used(session: Session, log: str) -> dict[str, datetime]:
    query = (
        select(LedgerEntry.actor_id, func.max(LedgerEntry.time))
        .where(LedgerEntry.log == log)
        .group_by(LedgerEntry.actor_id)
    )
    return {str(actor): last for actor, last in session.execute(query)}


def _name(session: Session, principal_id: str) -> str:
    person = session.get(PersonRow, principal_id)
    if person is not None:
        return person.printed_name
    machine = session.get(MachineKeyRow, principal_id)
    return f"machine {machine.name}" if machine else principal_id


def _enter(act: Act, row: AccessReviewRow, action: str) -> None:
    row.ledger_sequence = act.record(
        log_of_scope(act.session, row.scope_id),
        action,
        RECORD_KIND,
        row.id,
        after={"digest": row.digest},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()


def _view(session: Session, row: AccessReviewRow) -> AccessReview:
    content = cast("dict[str, JsonValue]", row.content)
    return AccessReview(
        id=AccessReviewId(row.id),
        scope_id=row.scope_id,
        made_at=row.made_at,
        made_by=row.made_by,
        rows=tuple(cast("list[dict[str, JsonValue]]", content["rows"])),
        record_digest=row.digest,
        signature=find_signature(session, row.signature_id) if row.signature_id else None,
    )
