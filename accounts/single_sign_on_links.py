"""Who is who at an identity provider: a person of ours is linked by issuer and subject alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, Refused
from accounts.people import PersonRow


class SingleSignOnLinkRow(Base):
    """A link as stored: an e-mail address may change hands, a subject does not."""

    __tablename__ = "single_sign_on_links"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


def link_person(act: Act, *, issuer: str, subject: str) -> None:
    """Link the acting person to a subject of an identity provider that they proved to be."""
    linked = linked_person(act.session, issuer=issuer, subject=subject)
    if linked == act.actor.id:
        return
    if linked is not None:
        former = act.session.get(PersonRow, linked)
        if former is None or former.state != "deactivated":
            raise AlreadyExists("that single sign-on account is another person's here")
        # Somebody was invited anew: the old id keeps its signatures and loses the way in.
        _remove(act, linked, issuer)
    if is_linked(act.session, act.actor.id, issuer=issuer):
        raise AlreadyExists("your account is linked to another single sign-on account already")
    row = SingleSignOnLinkRow(
        id=act.new_id(),
        person_id=act.actor.id,
        issuer=issuer,
        subject=subject,
        created_at=act.now,
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG, "single_sign_on_linked", "person", act.actor.id, rows=rows_named(row)
    )
    act.session.add(row)
    act.session.flush()


def unlink_person(act: Act, *, issuer: str) -> None:
    """Take the acting person's link away, if there is a password to sign in with."""
    person = act.session.get(PersonRow, act.actor.id)
    if person is None or person.password_hash is None:
        raise Refused("without a password single sign-on is your only way in: it stays")
    _remove(act, act.actor.id, issuer)


def linked_person(session: Session, *, issuer: str, subject: str) -> str | None:
    """Return who is linked to a subject of an identity provider."""
    return session.scalar(
        select(SingleSignOnLinkRow.person_id).where(
            SingleSignOnLinkRow.issuer == issuer, SingleSignOnLinkRow.subject == subject
        )
    )


def is_linked(session: Session, person_id: str, *, issuer: str) -> bool:
    """Tell whether a person is linked at an identity provider."""
    return session.scalar(_of(person_id, issuer)) is not None


def _remove(act: Act, person_id: str, issuer: str) -> None:
    row = act.session.scalar(_of(person_id, issuer))
    if row is None:
        return
    act.session.delete(row)
    act.record(
        SYSTEM_LOG,
        "single_sign_on_unlinked",
        "person",
        person_id,
        rows={SingleSignOnLinkRow.__tablename__: {row.id: None}},
    )


def _of(person_id: str, issuer: str) -> Select[SingleSignOnLinkRow]:
    return select(SingleSignOnLinkRow).where(
        SingleSignOnLinkRow.person_id == person_id, SingleSignOnLinkRow.issuer == issuer
    )
