"""The vault: identifying values and free text, sealed, and the commitments entries hold instead.

A value is encrypted under the data key of the subject it tells of (of the person, for staff), with
project, subject and field as associated data. An entry holds HMAC-SHA256(32 random bytes, value).
Those bytes, the salt, are sealed with the value: destroying the data key destroys both, and what
remains can neither be read nor guessed.
"""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Index, LargeBinary, String, and_, event, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.errors import Refused, VaultClosed
from accounts.ledger.entries import COMMITMENT, JsonValue, canonical
from accounts.vault_keys import NOBODY, NONCE_BYTES, VaultKeys

if TYPE_CHECKING:
    from accounts.acts import Act, Reason

# The scope of people's names and addresses: they belong to no project.
PEOPLE = "people"
SALT_BYTES = 32
# Written as JSON, a value of nothing but control characters is six times as long.
MOST_BYTES = 32 * 1024
BATCH = 500


class VaultValueRow(Base):
    """One sealed value: nonce, then AES-256-GCM of salt and value; empty once it was erased."""

    __tablename__ = "vault_values"
    __table_args__ = (Index("ix_vault_values_scope_subject", "scope", "subject"),)

    commitment: Mapped[str] = mapped_column(String(80), primary_key=True)
    scope: Mapped[str] = mapped_column(String(36))
    subject: Mapped[str] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(String(128))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    lookup: Mapped[str | None] = mapped_column(String(64), index=True)
    sealed_at: Mapped[datetime]


class VaultErasureRow(Base):
    """A subject whose key is destroyed, or is about to be: nothing of theirs is sealed again."""

    __tablename__ = "vault_erasures"

    scope: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
    log: Mapped[str] = mapped_column(String(36))
    ledger_sequence: Mapped[int]
    destroyed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Identifying:
    """A value of an entry that may name somebody: the entry gets its commitment alone.

    `person` names the account it belongs to; without it, it belongs to the subject of the entry.
    A `repeated` value, such as the name of a file that many entries come from, is sealed once.
    """

    value: str
    person: str | None = None
    repeated: bool = False


Recordable: TypeAlias = "JsonValue | Identifying | Mapping[str, Recordable] | list[Recordable]"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What opens a commitment: whoever has it can check the value against the entry."""

    commitment: str
    salt: bytes
    value: str
    scope: str
    subject: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What an erasure destroyed."""

    values: int
    ledger_sequence: int


def commitment_of(salt: bytes, value: str) -> str:
    """Return the commitment to a value."""
    return COMMITMENT + hmac.new(salt, value.encode(), sha256).hexdigest()


def seal(
    session: Session,
    value: str,
    *,
    scope: str,
    subject: str,
    field: str,
    now: datetime,
    reuse: bool = False,
) -> str:
    """Keep a value and return its commitment; the same one for the same value with `reuse`."""
    data = value.encode()
    if len(data) > MOST_BYTES:
        raise Refused(f"{field} has {len(data)} bytes, the most is {MOST_BYTES}: shorten it")
    if subject != NOBODY and _erased(session, scope, subject):
        # Of a subject that was erased nothing is kept under a key of their own again.
        subject = NOBODY
    keys = _keys(session)
    key = keys.data_key(scope, subject) or keys.new_data_key(scope, subject)
    lookup = _lookup(key, field, value) if reuse else None
    if lookup is not None:
        known = session.scalar(
            select(VaultValueRow.commitment).where(VaultValueRow.lookup == lookup)
        )
        if known is not None:
            return known
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, salt + data, _place(scope, subject, field))
    row = VaultValueRow(
        commitment=commitment_of(salt, value),
        scope=scope,
        subject=subject,
        field=field,
        sealed=nonce + sealed,
        lookup=lookup,
        sealed_at=now,
    )
    session.add(row)
    session.flush()
    return row.commitment


def openings(session: Session, commitments: Iterable[str]) -> dict[str, Opening]:
    """Return what opens each commitment that can still be opened."""
    wanted, found = sorted(set(commitments)), dict[str, Opening]()
    keys: dict[tuple[str, str], bytes | None] = {}
    for start in range(0, len(wanted), BATCH):
        chunk = wanted[start : start + BATCH]
        rows = session.scalars(select(VaultValueRow).where(VaultValueRow.commitment.in_(chunk)))
        for row in rows:
            whose = (row.scope, row.subject)
            if whose not in keys:
                keys[whose] = _keys(session).data_key(*whose)
            key = keys[whose]
            if key is not None:
                found[row.commitment] = _open(row, key)
    return found


def put(act: "Act", project: str, subject: str, field: str, value: str) -> str:
    """Keep an identifying value of a subject that no entry shows; return its commitment."""
    if _erased(act.session, project, subject):
        raise Refused(f"subject {subject} was erased: nothing is kept of them any more")
    return seal(act.session, value, scope=project, subject=subject, field=field, now=act.now)


def values_of(session: Session, project: str, subject: str) -> dict[str, str]:
    """Return {field: newest value} of all that is kept of a subject; empty once erased."""
    key = _keys(session).data_key(project, subject)
    if key is None:
        return {}
    rows = session.scalars(
        select(VaultValueRow)
        .where(VaultValueRow.scope == project, VaultValueRow.subject == subject)
        .order_by(VaultValueRow.sealed_at, VaultValueRow.commitment)
    )
    return {row.field: _open(row, key).value for row in rows}


def erase(
    act: "Act",
    project: str,
    subject: str,
    *,
    reason: "Reason",
    kind: str = "subject",
    log: str | None = None,
    after: Mapping[str, Recordable] | None = None,
) -> Erasure:
    """Destroy the data key, and with it the salts, of a subject or person, and enter that.

    The key goes when the transaction has committed. If the machine stops in between, the erasure
    is entered and `finish_erasures` does what is left. Who may order it, and with which two
    authorisations, is the caller's to check.
    """
    session, log = act.session, log or project
    here = (VaultValueRow.scope == project, VaultValueRow.subject == subject)
    if _erased(session, project, subject):
        raise Refused(f"{kind} {subject} was erased before")
    values = session.scalar(select(func.count()).select_from(VaultValueRow).where(*here)) or 0
    sequence = act.record(
        log,
        "erased",
        kind,
        subject,
        after={**(after or {}), "values": values},
        reason=reason,
        about=NOBODY,
    )
    # That there was a value stays known, so that its commitment is said to be erased, not lost.
    session.execute(update(VaultValueRow).where(*here).values(sealed=b"", lookup=None))
    session.add(
        VaultErasureRow(
            scope=project,
            subject=subject,
            erased_at=act.now,
            log=log,
            ledger_sequence=sequence,
            destroyed_at=None,
        )
    )
    session.flush()
    keys = _keys(session)
    event.listen(session, "after_commit", lambda _: keys.destroy(project, subject), once=True)
    return Erasure(values=values, ledger_sequence=sequence)


def finish_erasures(session: Session, now: datetime) -> int:
    """Destroy the keys of erasures that were entered; return how many were still there."""
    left = 0
    query = select(VaultErasureRow).where(VaultErasureRow.destroyed_at.is_(None))
    for row in session.scalars(query):
        left += _keys(session).destroy(row.scope, row.subject)
        row.destroyed_at = now
    session.flush()
    return left


def erased_by(session: Session, commitments: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return, of commitments that were erased, the log and the sequence of the erasure's entry."""
    wanted, found = sorted(set(commitments)), dict[str, tuple[str, int]]()
    for start in range(0, len(wanted), BATCH):
        query = (
            select(VaultValueRow.commitment, VaultErasureRow.log, VaultErasureRow.ledger_sequence)
            .join(
                VaultErasureRow,
                and_(
                    VaultErasureRow.scope == VaultValueRow.scope,
                    VaultErasureRow.subject == VaultValueRow.subject,
                ),
            )
            .where(VaultValueRow.commitment.in_(wanted[start : start + BATCH]))
        )
        for commitment, log, sequence in session.execute(query):
            found[commitment] = (log, sequence)
    return found


def _open(row: VaultValueRow, key: bytes) -> Opening:
    nonce, sealed = row.sealed[:NONCE_BYTES], row.sealed[NONCE_BYTES:]
    try:
        both = AESGCM(key).decrypt(nonce, sealed, _place(row.scope, row.subject, row.field))
    except InvalidTag as problem:
        raise VaultClosed(f"the value {row.commitment} does not open: it was altered") from problem
    return Opening(
        commitment=row.commitment,
        salt=both[:SALT_BYTES],
        value=both[SALT_BYTES:].decode(),
        scope=row.scope,
        subject=row.subject,
        field=row.field,
    )


def _erased(session: Session, scope: str, subject: str) -> bool:
    return session.get(VaultErasureRow, (scope, subject)) is not None


def _keys(session: Session) -> VaultKeys:
    keys = session.info.get("vault")
    if not isinstance(keys, VaultKeys):
        raise VaultClosed(
            "this database was opened without the vault's keys: name their folders in the settings"
        )
    return keys


def _place(scope: str, subject: str, field: str) -> bytes:
    return canonical([scope, subject, field])


def _lookup(key: bytes, field: str, value: str) -> str:
    return hmac.new(key, canonical(["lookup", field, value]), sha256).hexdigest()
