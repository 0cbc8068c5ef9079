"""Notices: what a person is told without having asked; they name a record and never a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base
from accounts.errors import NotFound
from accounts.roles import MembershipRow, RoleGrantRow
from accounts.scopes import lineage

MAX_LISTED = 200


class NoticeRow(Base):
    """One notice to one person."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    about_kind: Mapped[str] = mapped_column(String(64))
    about_id: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Notice:
    """One notice as its receiver sees it."""

    id: str
    kind: str
    about_kind: str
    about_id: str
    made_at: datetime
    seen_at: datetime | None


def notify(
    act: Act, person_ids: Iterable[str], kind: str, *, about_kind: str, about_id: str
) -> None:
    """Tell each of some people once; the entry of the act itself says what happened."""
    for person_id in sorted(set(person_ids)):
        act.session.add(
            NoticeRow(
                id=act.new_id(),
                person_id=person_id,
                kind=kind,
                about_kind=about_kind,
                about_id=about_id,
                made_at=act.now,
                seen_at=None,
            )
        )
    act.session.flush()


def notices(act: Act) -> tuple[Notice, ...]:
    """Return the caller's own notices, the newest first."""
    query = (
        select(NoticeRow)
        .where(NoticeRow.person_id == act.actor.id)
        .order_by(NoticeRow.made_at.desc(), NoticeRow.id)
        .limit(MAX_LISTED)
    )
    return tuple(_view(row) for row in act.session.scalars(query))


def mark_seen(act: Act, notice_id: str) -> Notice:
    """Note that the caller has seen one of their own notices."""
    row = act.session.get(NoticeRow, notice_id)
    if row is None or row.person_id != act.actor.id:
        raise NotFound(f"there is no notice {notice_id} for you")
    row.seen_at = row.seen_at or act.now
    return _view(row)


def security_contacts(session: Session, log: str, now: datetime) -> tuple[str, ...]:
    """Return who is told when a signature is in danger.

    Those who manage the people of the organisation above; where it has none, those who admit
    members to the project.
    """
    if log == SYSTEM_LOG:
        return ()
    nodes = lineage(session, log)
    for kinds, verb, object_kind in (
        ({"organization"}, "edit", "person"),
        ({"repository", "project"}, "approve", "member"),
    ):
        scopes = [id for id, kind in nodes if kind in kinds]
        query = (
            select(MembershipRow.principal_id)
            .join(RoleGrantRow, RoleGrantRow.role_id == MembershipRow.role_id)
            .where(
                MembershipRow.scope_id.in_(scopes),
                MembershipRow.valid_from <= now,
                (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > now),
                RoleGrantRow.verb == verb,
                RoleGrantRow.object_kind == object_kind,
            )
            .distinct()
        )
        if found := tuple(session.scalars(query)):
            return found
    return ()


def _view(row: NoticeRow) -> Notice:
    return Notice(row.id, row.kind, row.about_kind, row.about_id, row.made_at, row.seen_at)
