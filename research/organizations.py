"""Organisations and their repositories: a repository is one sponsor's hub and wall of isolation."""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.authorize import authorize, scopes_held
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.roles import install_presets
from accounts.scopes import register_scope
from research.codes import checked_code
from research.ids import OrganizationId, RepositoryId


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
class Repository:
    """One sponsor's hub."""

    id: RepositoryId
    organization_id: OrganizationId
    code: str
    name: str


def create_organization(act: Act, *, code: str, name: str) -> OrganizationId:
    """Make an organisation; only the installation itself may. The first one brings the roles."""
    authorize(act, "create", "organization", None)
    code = checked_code(code)
    if act.session.scalar(select(OrganizationRow.id).where(OrganizationRow.code == code)):
        raise AlreadyExists(f"there is an organisation {code} already")
    install_presets(act)
    organization = OrganizationId(act.new_id())
    register_scope(act.session, "organization", organization, parent_id=None)
    row = OrganizationRow(id=organization, code=code, name=name)
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "organization_created",
        "organization",
        organization,
        after={"code": code},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return organization


def create_repository(
    act: Act, organization_id: OrganizationId, *, code: str, name: str
) -> RepositoryId:
    """Make a repository in an organisation."""
    authorize(act, "create", "repository", organization_id)
    if act.session.get(OrganizationRow, organization_id) is None:
        raise NotFound(f"there is no organisation {organization_id}")
    code = checked_code(code)
    taken = select(RepositoryRow.id).where(
        RepositoryRow.organization_id == organization_id, RepositoryRow.code == code
    )
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a repository {code} already")
    repository = RepositoryId(act.new_id())
    register_scope(act.session, "repository", repository, parent_id=organization_id)
    row = RepositoryRow(id=repository, organization_id=organization_id, code=code, name=name)
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "repository_created",
        "repository",
        repository,
        after={"code": code},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return repository


def repositories(act: Act) -> tuple[Repository, ...]:
    """Return the repositories the actor holds a role in, directly or by their organisation."""
    query = select(RepositoryRow).order_by(RepositoryRow.code)
    if act.actor.kind != "system":
        held = scopes_held(act)
        query = query.where(RepositoryRow.id.in_(held) | RepositoryRow.organization_id.in_(held))
    return tuple(
        Repository(RepositoryId(row.id), OrganizationId(row.organization_id), row.code, row.name)
        for row in act.session.scalars(query)
    )
