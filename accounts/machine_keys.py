"""Machine keys: `rk.<id>.<secret>`, for one project, with an end, revoked within one request."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound, NotPermitted, NotSignedIn, Refusal, Refused
from accounts.ids import MachineKeyId
from accounts.memberships import enrol
from accounts.roles import MembershipRow, RoleRow

PREFIX = "rk"
DEFAULT_LIFE = timedelta(days=365)
MOST_LIFE = timedelta(days=3 * 366)
MOST_NAME = 100
MOST_NETWORKS = 20
TOUCH_AFTER = timedelta(minutes=1)


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
    created_by: Mapped[str | None] = mapped_column(String(36))
    allowed_addresses: Mapped[str | None]
    last_used_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class MachineKey:
    """A machine that may act in one project."""

    id: MachineKeyId
    name: str
    scope_id: str
    wants_touch: bool = False


@dataclass(frozen=True)
class ListedKey:
    """A key as those who manage it see it; its secret was shown once."""

    id: MachineKeyId
    name: str
    role: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    allowed_addresses: tuple[str, ...]


def create_machine_key(
    act: Act,
    project_id: str,
    *,
    name: str,
    role: str = "Gateway",
    life: timedelta = DEFAULT_LIFE,
    allowed_addresses: Sequence[str] = (),
) -> str:
    """Make a key and return its text, which is shown once and stored nowhere."""
    authorize(act, "create", "member", project_id)
    if act.actor.kind == "machine":
        raise NotPermitted(
            "a machine makes no keys: ask a person",
            Refusal(object_kind="machine_key", object_id=act.actor.id),
        )
    name = name.strip()
    if not 0 < len(name) <= MOST_NAME:
        raise Refused(f"a machine key has a name of at most {MOST_NAME} characters")
    if not timedelta(0) < life <= MOST_LIFE:
        raise Refused(f"a machine key ends within {MOST_LIFE.days} days")
    secret = secrets.token_urlsafe(32)
    row = MachineKeyRow(
        id=act.new_id(),
        name=name,
        scope_id=project_id,
        secret_hash=_hash(secret),
        created_at=act.now,
        expires_at=act.now + life,
        revoked_at=None,
        created_by=act.actor.id if act.actor.kind == "person" else None,
        allowed_addresses=_networks(allowed_addresses),
        last_used_at=None,
    )
    row.ledger_sequence = act.record(
        project_id, "machine_key_created", "machine_key", row.id, rows=rows_named(row)
    )
    act.session.add(row)
    enrol(act, project_id, row.id, role, valid_until=row.expires_at)
    return f"{PREFIX}.{row.id}.{secret}"


def resolve_machine_key(
    session: Session, *, key: str, now: datetime, address: str = ""
) -> MachineKey:
    """Return the machine behind a key's text, or raise `NotSignedIn`, always in the same words."""
    prefix, _, rest = key.partition(".")
    id, _, secret = rest.partition(".")
    row = session.get(MachineKeyRow, id) if prefix == PREFIX else None
    stored = row.secret_hash if row else _hash("")
    matches = hmac.compare_digest(stored, _hash(secret))
    if (
        row is None
        or not matches
        or row.revoked_at is not None
        or now >= row.expires_at
        or not _allows(row, address)
    ):
        raise NotSignedIn(
            "the machine key is unknown, revoked, over or not for this address: ask for a new one"
        )
    used = row.last_used_at
    return MachineKey(
        MachineKeyId(row.id), row.name, row.scope_id, used is None or now - used >= TOUCH_AFTER
    )


def touch_machine_key(session: Session, key_id: str, now: datetime) -> None:
    """Note when a key was last used, once a minute at most."""
    row = session.get(MachineKeyRow, key_id)
    if row is not None and (row.last_used_at is None or now > row.last_used_at):
        row.last_used_at = now


def machine_keys(act: Act, project_id: str) -> tuple[ListedKey, ...]:
    """Return a project's keys, the newest first, to whoever may see its members."""
    authorize(act, "view", "member", project_id)
    roles = (
        select(RoleRow.name)
        .join(MembershipRow, MembershipRow.role_id == RoleRow.id)
        .where(MembershipRow.principal_id == MachineKeyRow.id)
        .order_by(RoleRow.name)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(MachineKeyRow, roles)
        .where(MachineKeyRow.scope_id == project_id)
        .order_by(MachineKeyRow.created_at.desc(), MachineKeyRow.id)
    )
    return tuple(
        ListedKey(
            id=MachineKeyId(row.id),
            name=row.name,
            role=role or "",
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
            allowed_addresses=tuple((row.allowed_addresses or "").split()),
        )
        for row, role in act.session.execute(query)
    )


def revoke_machine_key(act: Act, key_id: str, reason: Reason) -> None:
    """End a key at once."""
    row = act.session.get(MachineKeyRow, key_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no machine key {key_id}")
    authorize(act, "retire", "member", row.scope_id)
    if row.revoked_at is not None:
        return
    row.revoked_at = act.now
    row.ledger_sequence = act.record(
        row.scope_id,
        "machine_key_revoked",
        "machine_key",
        row.id,
        reason=reason,
        rows=rows_named(row),
    )


def _networks(addresses: Sequence[str]) -> str | None:
    """Return the addresses and networks in one spelling, or refuse what is none."""
    try:
        found = sorted({str(ip_network(address.strip(), strict=False)) for address in addresses})
    except ValueError as problem:
        raise Refused(
            "an address is an IPv4 or IPv6 address, or a network such as 192.0.2.0/24"
        ) from problem
    if len(found) > MOST_NETWORKS:
        raise Refused(f"a machine key names at most {MOST_NETWORKS} addresses")
    return " ".join(found) or None


def _allows(row: MachineKeyRow, address: str) -> bool:
    if row.allowed_addresses is None:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None) or caller
    return any(mapped in ip_network(network) for network in row.allowed_addresses.split())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
