"""Machine keys: `rk.<id>.<secret>`, for one project, with an end, revoked within one request."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound, NotSignedIn
from accounts.ids import MachineKeyId
from accounts.memberships import enrol

PREFIX = "rk"
DEFAULT_LIFE = timedelta(days=365)


class MachineKeyRow(Base):
    """A machine's key as stored; the secret is 256 random bits, so a plain hash holds it."""

    __tablename__ = "machine_keys"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str]
    scope_id: Mapped[str] = mapped_column(ForeignKey("scopes.id"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class MachineKey:
    """A machine that may act in one project."""

    id: MachineKeyId
    name: str
    scope_id: str


def create_machine_key(
    act: Act,
    project_id: str,
    *,
    name: str,
    role: str = "Gateway",
    life: timedelta = DEFAULT_LIFE,
) -> str:
    """Make a key and return its text, which is shown once and stored nowhere."""
    authorize(act, "create", "member", project_id)
    secret = secrets.token_urlsafe(32)
    row = MachineKeyRow(
        id=act.new_id(),
        name=name,
        scope_id=project_id,
        secret_hash=_hash(secret),
        created_at=act.now,
        expires_at=act.now + life,
        revoked_at=None,
    )
    row.ledger_sequence = act.record(
        project_id, "machine_key_created", "machine_key", row.id, rows=rows_named(row)
    )
    act.session.add(row)
    enrol(act, project_id, row.id, role, valid_until=row.expires_at)
    return f"{PREFIX}.{row.id}.{secret}"


def resolve_machine_key(session: Session, *, key: str, now: datetime) -> MachineKey:
    """Return the machine behind a key's text, or raise `NotSignedIn`."""
    prefix, _, rest = key.partition(".")
    id, _, secret = rest.partition(".")
    row = session.get(MachineKeyRow, id) if prefix == PREFIX else None
    stored = row.secret_hash if row else _hash("")
    matches = hmac.compare_digest(stored, _hash(secret))
    if row is None or not matches or row.revoked_at is not None or now >= row.expires_at:
        raise NotSignedIn("the machine key is unknown, revoked or over: ask for a new one")
    return MachineKey(MachineKeyId(row.id), row.name, row.scope_id)


def revoke_machine_key(act: Act, key_id: str, reason: Reason) -> None:
    """End a key at once."""
    row = act.session.get(MachineKeyRow, key_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no machine key {key_id}")
    authorize(act, "retire", "member", row.scope_id)
    row.revoked_at = act.now
    row.ledger_sequence = act.record(
        row.scope_id,
        "machine_key_revoked",
        "machine_key",
        row.id,
        reason=reason,
        rows=rows_named(row),
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
