"""Sites: where subjects are seen; made in the repository, used in its projects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Reason
from accounts.authorize import authorize, sites_within
from accounts.database import Base
from accounts.digests import row_digest, rows_named
from accounts.errors import AlreadyExists, NotFound, Refusal
from accounts.ledger.replay import RowDigest
from accounts.vault import Identifying
from research.codes import checked_code, checked_name
from research.errors import Invalid
from research.ids import ProjectId, RepositoryId, SiteId
from research.projects import open_project
from research.row_versions import next_version

COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


class SiteRow(Base):
    """A site as stored."""

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("repository_id", "code"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    repository_id: Mapped[str] = mapped_column(ForeignKey("repositories.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    country: Mapped[str]
    time_zone: Mapped[str]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")


class ProjectSiteRow(Base):
    """That a project works with a site."""

    __tablename__ = "project_sites"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Site:
    """A site as those see it who work with it."""

    id: SiteId
    code: str
    name: str
    country: str
    time_zone: str
    row_version: int


@dataclass(frozen=True)
class NewSite:
    """What is said of a site when it is made; the country by its ISO 3166-1 letters."""

    code: str
    name: str
    country: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True)
class SiteChanges:
    """What shall change about a site; what is None stays. A code never changes."""

    name: str | None = None
    country: str | None = None
    time_zone: str | None = None


def create_site(
    act: Act,
    project_id: ProjectId,
    *,
    code: str,
    name: str,
    country: str = "",
    time_zone: str = "UTC",
) -> SiteId:
    """Make a site in the project's repository and put it to use in the project."""
    authorize(act, "create", "site", project_id)
    repository_id = open_project(act.session, project_id).repository_id
    row = _new_row(act, repository_id, NewSite(code, name, country, time_zone))
    _use(act, project_id, row, "site_created")
    _enter_row(act, row, "site_created")
    return SiteId(row.id)


def create_repository_site(act: Act, repository_id: RepositoryId, new: NewSite) -> Site:
    """Make a site in a repository; its projects put it to use by name."""
    authorize(act, "create", "site", repository_id)
    row = _new_row(act, repository_id, new)
    _enter_row(act, row, "site_created")
    return _view(row)


def use_site(act: Act, project_id: ProjectId, site_id: str) -> Site:
    """Put a site of the repository to use in a project; twice is no error."""
    authorize(act, "create", "site", project_id)
    repository_id = open_project(act.session, project_id).repository_id
    row = act.session.get(SiteRow, site_id)
    if row is None or row.repository_id != repository_id:
        raise hidden_site(site_id)
    if act.session.get(ProjectSiteRow, (project_id, site_id)) is None:
        _use(act, project_id, row, "site_used")
    return _view(row)


def edit_site(
    act: Act,
    project_id: ProjectId,
    site_id: str,
    changes: SiteChanges,
    *,
    row_version: int,
    reason: Reason,
) -> Site:
    """Change what is said of a site; every project of the repository sees it."""
    authorize(act, "edit", "site", project_id)
    open_project(act.session, project_id)
    if act.session.get(ProjectSiteRow, (project_id, site_id)) is None:
        raise hidden_site(site_id)
    row = act.session.get_one(SiteRow, site_id, with_for_update=True)
    row.row_version = next_version(row.id, current=row.row_version, expected=row_version)
    before = (row.name, row.country, row.time_zone)
    if changes.name is not None:
        row.name = checked_name(changes.name)
    if changes.country is not None:
        row.country = _checked_country(changes.country)
    if changes.time_zone is not None:
        row.time_zone = _checked_zone(changes.time_zone)
    act.record(
        project_id,
        "site_changed",
        "site",
        row.id,
        before={"name": Identifying(before[0]), "country": before[1], "time_zone": before[2]},
        after={"name": Identifying(row.name), "country": row.country, "time_zone": row.time_zone},
        reason=reason,
    )
    _enter_row(act, row, "site_changed")
    return _view(row)


def sites(act: Act, project_id: ProjectId) -> tuple[Site, ...]:
    """Return the sites of a project; a member at some sites sees those alone."""
    within = sites_within(act, "view", "site", project_id)
    query = (
        select(SiteRow)
        .join(ProjectSiteRow, ProjectSiteRow.site_id == SiteRow.id)
        .where(ProjectSiteRow.project_id == project_id)
        .order_by(SiteRow.code)
    )
    if within is not None:
        query = query.where(SiteRow.id.in_(within))
    return tuple(_view(row) for row in act.session.scalars(query))


def repository_sites(act: Act, repository_id: RepositoryId) -> tuple[Site, ...]:
    """Return all sites of a repository to those who make sites there."""
    authorize(act, "view", "site", repository_id)
    query = select(SiteRow).where(SiteRow.repository_id == repository_id).order_by(SiteRow.code)
    return tuple(_view(row) for row in act.session.scalars(query))


def stored_site(session: Session, site_id: str) -> Site:
    """Return a site to whoever has just made it."""
    return _view(session.get_one(SiteRow, site_id))


def hidden_site(site_id: str) -> NotFound:
    """Return the one refusal for a site that is not there or must not seem to be."""
    return NotFound(
        f"there is no site {site_id} for you", Refusal(object_kind="site", object_id=site_id)
    )


def _new_row(act: Act, repository_id: str, new: NewSite) -> SiteRow:
    code = checked_code(new.code)
    taken = select(SiteRow.id).where(SiteRow.repository_id == repository_id, SiteRow.code == code)
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a site {code} in this repository already")
    row = SiteRow(
        id=act.new_id(),
        repository_id=repository_id,
        code=code,
        name=checked_name(new.name),
        country=_checked_country(new.country),
        time_zone=_checked_zone(new.time_zone),
        row_version=1,
    )
    act.session.add(row)
    act.session.flush()
    return row


def project_site_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (site id, digest) of each site that a project uses."""
    query = select(ProjectSiteRow).where(ProjectSiteRow.project_id == log)
    for row in session.scalars(query):
        yield row.site_id, row_digest(row)


def _use(act: Act, project_id: str, site: SiteRow, action: str) -> None:
    """Put a site to use, under an entry of the project."""
    row = ProjectSiteRow(project_id=project_id, site_id=site.id)
    row.ledger_sequence = act.record(
        project_id,
        action,
        "site",
        site.id,
        after={"code": site.code},
        rows={ProjectSiteRow.__tablename__: {site.id: row_digest(row)}},
    )
    act.session.add(row)
    act.session.flush()


def _enter_row(act: Act, row: SiteRow, action: str) -> None:
    """Enter a site's row where its replay looks: it belongs to the repository, so to the system."""
    act.record(SYSTEM_LOG, action, "site", row.id, after={"code": row.code}, rows=rows_named(row))


def _checked_country(country: str) -> str:
    if country and not COUNTRY.fullmatch(country):
        raise Invalid("a country is named by its two letters, such as SE")
    return country


def _checked_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise Invalid("a time zone is named as in the IANA database, such as Europe/Stockholm")
    return zone


def _view(row: SiteRow) -> Site:
    return Site(SiteId(row.id), row.code, row.name, row.country, row.time_zone, row.row_version)
