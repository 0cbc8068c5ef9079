"""Organisations and their repositories: a repository is one sponsor's hub and wall of isolation."""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Reason
from accounts.authorize import authorize, scopes_held
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.memberships import enrol
from accounts.people import find_person
from accounts.roles import install_presets
from accounts.scopes import register_scope
from accounts.vault import Identifying
from research.codes import checked_code, checked_name
from research.ids import OrganizationId, RepositoryId
from research.row_versions import next_version


class OrganizationRow(Base):
    """An organisation as stored."""

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(ForeignKey("scopes.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


class RepositoryRow(Base):
    """A repository as stored."""

    __tablename__ = "repositories"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    id: Mapped[str] = mapped_column(ForeignKey("scopes.id"), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Organization:
    """An institution or CRO, as its administrators see it."""

    id: OrganizationId
    code: str
    name: str
    row_version: int


@dataclass(frozen=True)
class Repository:
    """One sponsor's hub."""

    id: RepositoryId
    organization_id: OrganizationId
    code: str
    name: str
    row_version: int


def create_organization(act: Act, *, code: str, name: str) -> OrganizationId:
    """Make an organisation; only the installation itself may. The first one brings the roles."""
    authorize(act, "create", "organization", None)
    code = checked_code(code)
    if act.session.scalar(select(OrganizationRow.id).where(OrganizationRow.code == code)):
        raise AlreadyExists(f"there is an organisation {code} already")
    install_presets(act)
    organization = OrganizationId(act.new_id())
    scope = register_scope(act.session, "organization", organization, parent_id=None)
    row = OrganizationRow(id=organization, code=code, name=name)
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "organization_created",
        "organization",
        organization,
        after={"code": code},
        rows=rows_named(row, scope),
    )
    act.session.add(row)
    act.session.flush()
    return organization


def create_repository(
    act: Act,
    organization_id: OrganizationId,
    *,
    code: str,
    name: str,
    admin_id: str | None = None,
) -> RepositoryId:
    """Make a repository; whoever is named becomes its first Admin and gives others access."""
    authorize(act, "create", "repository", organization_id)
    if act.session.get(OrganizationRow, organization_id) is None:
        raise NotFound(f"there is no organisation {organization_id}")
    code, name = checked_code(code), checked_name(name)
    taken = select(RepositoryRow.id).where(
        RepositoryRow.organization_id == organization_id, RepositoryRow.code == code
    )
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a repository {code} already")
    repository = RepositoryId(act.new_id())
    scope = register_scope(act.session, "repository", repository, parent_id=organization_id)
    row = RepositoryRow(
        id=repository, organization_id=organization_id, code=code, name=name, row_version=1
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "repository_created",
        "repository",
        repository,
        after={"code": code},
        rows=rows_named(row, scope),
    )
    act.session.add(row)
    act.session.flush()
    if admin_id is not None:
        find_person(act.session, admin_id)
        enrol(act, repository, admin_id, "Admin")
    return repository


def edit_organization(
    act: Act, organization_id: OrganizationId, *, row_version: int, name: str, reason: Reason
) -> Organization:
    """Give an organisation another name."""
    authorize(act, "edit", "organization", organization_id)
    row = act.session.get(OrganizationRow, organization_id, with_for_update=True)
    assert row is not None, f"organisation {organization_id} has a scope and no row"
    row.row_version = next_version(row.id, current=row.row_version, expected=row_version)
    before, row.name = row.name, checked_name(name)
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "organization_changed",
        "organization",
        row.id,
        before={"name": Identifying(before)},
        after={"name": Identifying(row.name)},
        reason=reason,
        rows=rows_named(row),
    )
    return _organization(row)


def edit_repository(
    act: Act, repository_id: RepositoryId, *, row_version: int, name: str, reason: Reason
) -> Repository:
    """Give a repository another name."""
    authorize(act, "edit", "repository", repository_id)
    row = act.session.get(RepositoryRow, repository_id, with_for_update=True)
    assert row is not None, f"repository {repository_id} has a scope and no row"
    row.row_version = next_version(row.id, current=row.row_version, expected=row_version)
    before, row.name = row.name, checked_name(name)
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "repository_changed",
        "repository",
        row.id,
        before={"name": Identifying(before)},
        after={"name": Identifying(row.name)},
        reason=reason,
        rows=rows_named(row),
    )
    return _repository(row)


def organizations(act: Act) -> tuple[Organization, ...]:
    """Return the organisations the actor administers."""
    query = select(OrganizationRow).order_by(OrganizationRow.code)
    if act.actor.kind != "system":
        query = query.where(OrganizationRow.id.in_(scopes_held(act)))
    return tuple(_organization(row) for row in act.session.scalars(query))


def organization(act: Act, organization_id: OrganizationId) -> Organization:
    """Return one organisation to its administrators."""
    authorize(act, "view", "organization", organization_id)
    row = act.session.get(OrganizationRow, organization_id)
    if row is None:
        raise NotFound(f"there is no organisation {organization_id}")
    return _organization(row)


def repositories(act: Act) -> tuple[Repository, ...]:
    """Return the repositories the actor holds a role in, directly or by their organisation."""
    query = select(RepositoryRow).order_by(RepositoryRow.code)
    if act.actor.kind != "system":
        held = scopes_held(act)
        query = query.where(RepositoryRow.id.in_(held) | RepositoryRow.organization_id.in_(held))
    return tuple(_repository(row) for row in act.session.scalars(query))


def repository(act: Act, repository_id: RepositoryId) -> Repository:
    """Return one repository to those who administer it or its organisation."""
    authorize(act, "view", "repository", repository_id)
    row = act.session.get(RepositoryRow, repository_id)
    if row is None:
        raise NotFound(f"there is no repository {repository_id}")
    return _repository(row)


def stored_repository(session: Session, repository_id: str) -> Repository:
    """Return a repository to whoever has just made it."""
    return _repository(session.get_one(RepositoryRow, repository_id))


def _organization(row: OrganizationRow) -> Organization:
    return Organization(OrganizationId(row.id), row.code, row.name, row.row_version)


def _repository(row: RepositoryRow) -> Repository:
    return Repository(
        RepositoryId(row.id), OrganizationId(row.organization_id), row.code, row.name,
        row.row_version,
    )  # fmt: skip
