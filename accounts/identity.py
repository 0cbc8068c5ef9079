"""Identity: who saw to it that a person is who they say, how and when (21 CFR 11.100(b)).

It is stated by somebody else, before the person signs anything; what was seen is not kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound, NotPermitted, Refusal, Refused
from accounts.invitations import enrol_for_signing
from accounts.people import PersonRow
from accounts.permissions import ObjectKind, Verb
from accounts.roles import MembershipRow
from accounts.scopes import lineage

Method = Literal["document_in_person", "document_by_video", "institution", "qualified_certificate"]
METHODS: tuple[Method, ...] = get_args(Method)

# Who may state it: whoever manages the people of the organisation, or admits members to a project.
MAY_VERIFY: dict[str, tuple[Verb, ObjectKind]] = {
    "organization": ("edit", "person"),
    "repository": ("approve", "member"),
    "project": ("approve", "member"),
}


class IdentityVerificationRow(Base):
    """That a person's identity was verified; a later verification is another row."""

    __tablename__ = "identity_verifications"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    method: Mapped[str] = mapped_column(String(32))
    verified_by: Mapped[str] = mapped_column(String(36))
    verified_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Identity:
    """How, by whom and when somebody's identity was last verified."""

    method: str
    verified_by: str
    verified_at: datetime


def verify_identity(act: Act, person_id: str, *, method: str) -> Identity:
    """State that the person's identity was verified in this way; nobody does so for themselves."""
    if method not in METHODS:
        raise Refused(f"identity is verified by one of {', '.join(METHODS)}")
    _authorize(act, person_id)
    if act.actor.id == person_id:
        raise NotPermitted(
            "nobody verifies their own identity: ask somebody else who admits members",
            Refusal(object_kind="person", object_id=person_id),
        )
    row = IdentityVerificationRow(
        id=act.new_id(),
        person_id=person_id,
        method=method,
        verified_by=act.actor.id,
        verified_at=act.now,
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "identity_verified",
        "person",
        person_id,
        after={"method": method},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    enrol_for_signing(act, person_id)
    return _view(row)


def identity_of(session: Session, person_id: str) -> Identity | None:
    """Return the newest verification of the person's identity, or None."""
    row = session.scalar(
        select(IdentityVerificationRow)
        .where(IdentityVerificationRow.person_id == person_id)
        .order_by(IdentityVerificationRow.ledger_sequence.desc())
        .limit(1)
    )
    return None if row is None else _view(row)


def _authorize(act: Act, person_id: str) -> None:
    """Ask in every scope where the person is known; where none is the caller's, there is nobody."""
    if act.actor.kind == "system" and act.session.get(PersonRow, person_id) is not None:
        return
    refusal: NotPermitted | None = None
    for scope_id, kind in _scopes(act.session, person_id):
        verb, object_kind = MAY_VERIFY[kind]
        try:
            authorize(act, verb, object_kind, scope_id)
        except NotPermitted as error:
            refusal = error
        except NotFound:
            continue
        else:
            return
    raise refusal or NotFound(
        f"there is no person {person_id} for you",
        Refusal(object_kind="person", object_id=person_id),
    )


def _scopes(session: Session, person_id: str) -> list[tuple[str, str]]:
    """Return (id, kind) of every scope the person belongs to, and of what stands above it."""
    held = select(MembershipRow.scope_id).where(MembershipRow.principal_id == person_id).distinct()
    scopes = list(session.scalars(held))
    person = session.get(PersonRow, person_id)
    if person is not None and person.organization_id is not None:
        scopes.insert(0, person.organization_id)
    return list(dict.fromkeys(node for scope in scopes for node in lineage(session, scope)))


def _view(row: IdentityVerificationRow) -> Identity:
    return Identity(row.method, row.verified_by, row.verified_at)
