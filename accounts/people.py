"""People: named accounts, one per human being, whose ids are never used again."""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound, Refused
from accounts.ids import PersonId
from accounts.passwords import HASHER, hash_password


class PersonRow(Base):
    """A person as stored."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    printed_name: Mapped[str]
    password_hash: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Person:
    """Who somebody is: the id acts, the login signs in, the printed name stands on paper."""

    id: PersonId
    login: str
    printed_name: str
    is_active: bool


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
    login, printed_name = normal_login(login), printed_name.strip()
    if not login or not printed_name:
        raise Refused("a person has a login and a printed name: give both")
    if act.session.scalar(select(PersonRow.id).where(PersonRow.login == login)):
        raise AlreadyExists("that login is taken: choose another one")
    row = PersonRow(
        id=act.new_id(),
        login=login,
        printed_name=printed_name,
        password_hash=hash_password(password, hasher),
        state="active",
        created_at=act.now,
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG, "person_created", "person", row.id, rows=rows_named(row)
    )
    act.session.add(row)
    act.session.flush()
    return PersonId(row.id)


def find_person(session: Session, person_id: str) -> Person:
    """Return the person of that id."""
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(f"there is no person {person_id}")
    return person_of(row)


def find_login(session: Session, login: str) -> Person | None:
    """Return the person who signs in under that login, if there is one."""
    row = session.scalar(select(PersonRow).where(PersonRow.login == normal_login(login)))
    return None if row is None else person_of(row)


def person_of(row: PersonRow) -> Person:
    """Return what may be known of a stored person."""
    return Person(PersonId(row.id), row.login, row.printed_name, row.state == "active")


def normal_login(login: str) -> str:
    """Return the one spelling of a login."""
    return login.replace("\x00", "").strip().casefold()
