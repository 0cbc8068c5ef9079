"""Devices that a person has signed in on: a cookie of its own tells a known one from a new one.

A known device keeps its own count of wrong tries, so that strangers cannot lock its owner out.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base
from accounts.errors import NotFound
from accounts.ids import DeviceId

LIFE = timedelta(days=180)
MOST_BROWSER = 200


class DeviceRow(Base):
    """A device as stored; its token is nowhere on our side."""

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Device:
    """A device of the acting person, as the account page lists it."""

    id: DeviceId
    browser: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class Recognised:
    """The device somebody signs in on; its new token when it was not known.

    A surprise is a new device of somebody who has others.
    """

    id: str
    new_token: str | None
    is_surprise: bool = False


def known_device(session: Session, *, token: str, person_id: str, now: datetime) -> str | None:
    """Return the id of the person's device behind a token, if it is one."""
    row = _find(session, token)
    if row is None or row.person_id != person_id or row.forgotten_at is not None:
        return None
    return row.id if now < row.last_seen_at + LIFE else None


def recognise(act: Act, *, person_id: str, token: str, browser: str) -> Recognised:
    """Note a device that its owner has just signed in on, or make it known."""
    known = known_device(act.session, token=token, person_id=person_id, now=act.now)
    if known is not None:
        row = act.session.get(DeviceRow, known)
        assert row is not None
        row.last_seen_at = max(act.now, row.last_seen_at)
        return Recognised(known, None)
    others = select(DeviceRow.id).where(DeviceRow.person_id == person_id).limit(1)
    has_others = act.session.scalar(others) is not None
    fresh = secrets.token_urlsafe(32)
    device = DeviceRow(
        id=act.new_id(),
        person_id=person_id,
        token_hash=_hash(fresh),
        browser=browser[:MOST_BROWSER],
        created_at=act.now,
        last_seen_at=act.now,
        forgotten_at=None,
    )
    act.session.add(device)
    act.session.flush()
    return Recognised(device.id, fresh, has_others)


def own_devices(act: Act) -> tuple[Device, ...]:
    """Return the acting person's devices, the latest first."""
    query = (
        select(DeviceRow)
        .where(
            DeviceRow.person_id == act.actor.id,
            DeviceRow.forgotten_at.is_(None),
            DeviceRow.last_seen_at > act.now - LIFE,
        )
        .order_by(DeviceRow.last_seen_at.desc(), DeviceRow.id)
    )
    return tuple(
        Device(DeviceId(row.id), row.browser, row.created_at, row.last_seen_at)
        for row in act.session.scalars(query)
    )


def forget_device(act: Act, device_id: str) -> None:
    """Forget one of the acting person's devices."""
    row = act.session.get(DeviceRow, device_id)
    if row is None or row.person_id != act.actor.id or row.forgotten_at is not None:
        raise NotFound(f"there is no device {device_id} of yours")
    row.forgotten_at = act.now
    act.record(SYSTEM_LOG, "device_forgotten", "device", row.id)


def forget_devices(act: Act, person_id: str) -> None:
    """Forget all devices of a person, as at a reset."""
    rows = act.session.scalars(
        select(DeviceRow).where(DeviceRow.person_id == person_id, DeviceRow.forgotten_at.is_(None))
    )
    for row in rows:
        row.forgotten_at = act.now


def _find(session: Session, token: str) -> DeviceRow | None:
    if not token:
        return None
    return session.scalar(select(DeviceRow).where(DeviceRow.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
