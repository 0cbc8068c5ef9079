"""Sites: where subjects are seen; made in the repository, used in its projects."""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.errors import AlreadyExists
from research.codes import checked_code
from research.ids import ProjectId, SiteId
from research.projects import open_project


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
    """A site as a project's members see it."""

    id: SiteId
    code: str
    name: str
    country: str
    time_zone: str


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
    code = checked_code(code)
    taken = select(SiteRow.id).where(SiteRow.repository_id == repository_id, SiteRow.code == code)
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a site {code} in this repository already")
    site = SiteId(act.new_id())
    sequence = act.record(project_id, "site_created", "site", site, after={"code": code})
    act.session.add(
        SiteRow(
            id=site,
            repository_id=repository_id,
            code=code,
            name=name,
            country=country,
            time_zone=time_zone,
        )
    )
    act.session.flush()
    act.session.add(ProjectSiteRow(project_id=project_id, site_id=site, ledger_sequence=sequence))
    act.session.flush()
    return site


def sites(act: Act, project_id: ProjectId) -> tuple[Site, ...]:
    """Return the sites of a project."""
    authorize(act, "view", "site", project_id)
    query = (
        select(SiteRow)
        .join(ProjectSiteRow, ProjectSiteRow.site_id == SiteRow.id)
        .where(ProjectSiteRow.project_id == project_id)
        .order_by(SiteRow.code)
    )
    return tuple(
        Site(SiteId(row.id), row.code, row.name, row.country, row.time_zone)
        for row in act.session.scalars(query)
    )
