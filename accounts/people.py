"""People: named accounts, one per human being, whose ids are never used again."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import Salted, rows_named
from accounts.errors import AlreadyExists, NotFound, Refused
from accounts.ids import PersonId
from accounts.ledger.entries import JsonValue
from accounts.passwords import HASHER, hash_password
from accounts.roles import MembershipRow

MOST_LOGIN = 200
MOST_NAME = 120
IN_USE = text("state <> 'deactivated'")
# Part 11, 11.100(a): a signature is one individual's. These words name a post, not a person.
POSTS = frozenset(
    (
        "account", "admin", "administrator", "all", "anonymous", "anybody", "center", "centre",
        "clinic", "clinical", "common", "data", "default", "demo", "department", "desk", "editor",
        "everybody", "everyone", "general", "generic", "group", "guest", "hospital", "imaging",
        "it", "lab", "login", "manager", "monitor", "nobody", "office", "operator", "physician",
        "portal", "project", "qc", "radiology", "reader", "readers", "root", "sample", "service",
        "shared", "site", "somebody", "someone", "staff", "study", "super", "support", "system",
        "team", "temp", "test", "trial", "unknown", "user", "users", "viewer",
    )
)  # fmt: skip


class PersonRow(Salted, Base):
    """A person as stored; the login is free again once the person is deactivated."""

    __tablename__ = "people"
    __table_args__ = (
        Index(
            "uq_people_login_in_use",
            "login",
            unique=True,
            sqlite_where=IN_USE,
            postgresql_where=IN_USE,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    login: Mapped[str]
    printed_name: Mapped[str]
    password_hash: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("scopes.id"))
    password_changed_at: Mapped[datetime | None]
    signing_requires_enrolment: Mapped[bool | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Person:
    """Who somebody is: the id acts, the login signs in, the printed name stands on paper.

    After a reset nobody signs as this person until somebody else has verified who it is.
    """

    id: PersonId
    login: str
    printed_name: str
    is_active: bool
    state: str = "active"
    organization_id: str | None = None
    signing_requires_enrolment: bool = False


def create_person(
    act: Act,
    *,
    login: str,
    printed_name: str,
    password: str,
    organization_id: str | None = None,
    hasher: PasswordHasher = HASHER,
) -> PersonId:
    """Make an account; the organisation's administrators, or the installation itself, may."""
    authorize(act, "create", "person", organization_id)
    if act.actor.kind != "system":
        printed_name = checked_name(printed_name)
    row = new_person(act, login=login, printed_name=printed_name, organization_id=organization_id)
    row.password_hash = hash_password(password, login=row.login, hasher=hasher)
    row.state = "active"
    row.password_changed_at = act.now
    act.session.add(row)
    enter_person(act, row, "person_created")
    return PersonId(row.id)


def new_person(
    act: Act, *, login: str, printed_name: str, organization_id: str | None
) -> PersonRow:
    """Return the row of a new person whose login nobody uses; the caller enters and adds it."""
    login, printed_name = normal_login(login), printed_name.strip()
    if not login or not printed_name:
        raise Refused("a person has a login and a printed name: give both")
    if len(login) > MOST_LOGIN or re.search(r"[\s\x00-\x1f\x7f]", login):
        raise Refused(f"a login has at most {MOST_LOGIN} characters and no blank among them")
    taken = select(PersonRow.id).where(PersonRow.login == login, PersonRow.state != "deactivated")
    if act.session.scalar(taken):
        raise AlreadyExists("that login is taken: choose another one")
    return PersonRow(
        id=act.new_id(),
        login=login,
        printed_name=printed_name,
        password_hash=None,
        state="invited",
        created_at=act.now,
        organization_id=organization_id,
        password_changed_at=None,
        signing_requires_enrolment=None,
        ledger_sequence=0,
    )


def enter_person(
    act: Act,
    row: PersonRow,
    action: str,
    *,
    after: dict[str, JsonValue] | None = None,
    reason: Reason | None = None,
) -> None:
    """Enter what became of a person's row; neither login nor name ever stands in the entry."""
    row.ledger_sequence = act.record(
        SYSTEM_LOG, action, "person", row.id, after=after, reason=reason, rows=rows_named(row)
    )
    act.session.flush()


def find_person(session: Session, person_id: str) -> Person:
    """Return the person of that id."""
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(f"there is no person {person_id}")
    return person_of(row)


def find_login(session: Session, login: str) -> Person | None:
    """Return the person who signs in under that login, if there is one."""
    row = row_of_login(session, login)
    return None if row is None else person_of(row)


def row_of_login(session: Session, login: str) -> PersonRow | None:
    """Return the row of the person who uses that login now."""
    return session.scalar(
        select(PersonRow).where(
            PersonRow.login == normal_login(login), PersonRow.state != "deactivated"
        )
    )


def people_of(act: Act, organization_id: str) -> tuple[Person, ...]:
    """Return everybody an organisation has had, by name; its administrators alone may look."""
    authorize(act, "view", "person", organization_id)
    query = select(PersonRow).where(PersonRow.organization_id == organization_id)
    return tuple(map(person_of, act.session.scalars(query.order_by(PersonRow.login, PersonRow.id))))


def administrators_of(
    session: Session, organization_id: str | None, now: datetime
) -> tuple[str, ...]:
    """Return who administers an organisation's people today: its security contacts."""
    if organization_id is None:
        return ()
    query = select(MembershipRow.principal_id).where(
        MembershipRow.scope_id == organization_id,
        MembershipRow.valid_from <= now,
        (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > now),
    )
    return tuple(session.scalars(query))


def administered(act: Act, person_id: str) -> PersonRow:
    """Return a person's row for a change by an administrator of that person's organisation."""
    row = act.session.get(PersonRow, person_id, with_for_update=True)
    authorize(act, "edit", "person", row.organization_id if row else None)
    if row is None:
        raise NotFound(f"there is no person {person_id}")
    return row


def person_of(row: PersonRow) -> Person:
    """Return what may be known of a stored person."""
    return Person(
        PersonId(row.id),
        row.login,
        row.printed_name,
        row.state == "active",
        row.state,
        row.organization_id,
        bool(row.signing_requires_enrolment),
    )


def normal_login(login: str) -> str:
    """Return the one spelling of a login."""
    return unicodedata.normalize("NFKC", login.replace("\x00", "")).strip().casefold()


def checked_name(name: str) -> str:
    """Return a printed name as it will stand on paper, or refuse one that is nobody's."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if len(name) > MOST_NAME or any(unicodedata.category(sign)[0] == "C" for sign in name):
        raise Refused(f"a printed name has at most {MOST_NAME} visible characters")
    words = re.findall(r"[^\W\d_]+", name)
    if len(words) < 2 or all(word.casefold() in POSTS for word in words):
        raise Refused(
            "an account is one named person's: give the given name and the family name as they "
            "shall stand beside a signature; a shared or generic account cannot be made"
        )
    return name
