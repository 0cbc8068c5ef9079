"""The accountability statement: what a person says before a first signature (21 CFR 11.10(j)).

The words are versioned and never changed in place; a new version is accepted anew.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotPermitted, Refused


@dataclass(frozen=True)
class Statement:
    """One version of the words; the digest names them."""

    version: str
    text: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the words."""
        return sha256(self.text.encode()).hexdigest()


# The newest stands last. A row is only ever added.
STATEMENTS = (
    Statement(
        "1",
        "My electronic signature is the legally binding equivalent of my handwritten signature. "
        "I am accountable for everything that is done under it. I sign only what I have looked at "
        "myself, I keep my passphrase and my keys to myself, I never sign for anybody else, and I "
        "report at once when I believe that somebody could sign in my name.",
    ),
)


class StatementAcceptanceRow(Base):
    """That a person accepted a version of the statement."""

    __tablename__ = "statement_acceptances"
    __table_args__ = (UniqueConstraint("person_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    version: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


def present_statement() -> Statement:
    """Return the words that must have been accepted today."""
    return STATEMENTS[-1]


def accept_statement(act: Act, *, version: str, digest: str) -> datetime:
    """Accept the present words, named by version and digest; accepting twice changes nothing."""
    if act.actor.kind != "person":
        raise NotPermitted("only a person accepts the accountability statement, for themselves")
    statement = present_statement()
    if (version, digest) != (statement.version, statement.digest):
        raise Refused(
            f"the statement in force is version {statement.version}: read it and accept that one"
        )
    known = accepted_at(act.session, act.actor.id)
    if known is not None:
        return known
    row = StatementAcceptanceRow(
        id=act.new_id(),
        person_id=act.actor.id,
        version=version,
        digest=digest,
        accepted_at=act.now,
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "statement_accepted",
        "person",
        act.actor.id,
        after={"version": version, "digest": digest},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return act.now


def accepted_at(session: Session, person_id: str) -> datetime | None:
    """Return when the person accepted the words in force, or None."""
    return session.scalar(
        select(StatementAcceptanceRow.accepted_at).where(
            StatementAcceptanceRow.person_id == person_id,
            StatementAcceptanceRow.version == present_statement().version,
        )
    )
