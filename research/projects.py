"""Projects: one research objective, with its options and its state."""

from dataclasses import dataclass
from typing import Literal, Self, cast

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError, model_validator
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize, reaches, roles_held, scopes_held
from accounts.database import Base, Json
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.memberships import enrol
from accounts.scopes import register_scope
from research.codes import checked_code
from research.errors import Invalid, ProjectLocked
from research.ids import ProjectId, RepositoryId
from research.organizations import RepositoryRow


class ProjectRow(Base):
    """A project as stored."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("repository_id", "code"),)

    id: Mapped[str] = mapped_column(ForeignKey("scopes.id"), primary_key=True)
    repository_id: Mapped[str] = mapped_column(ForeignKey("repositories.id"))
    code: Mapped[str] = mapped_column(String(64))
    title: Mapped[str]
    description: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    options: Mapped[JsonValue] = mapped_column(Json)
    external_code: Mapped[str | None]
    plan: Mapped[JsonValue] = mapped_column(Json)
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    ledger_sequence: Mapped[int]


class ProjectOptions(BaseModel):
    """What a project may choose; `readers` binds positions to people, else they are a pool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: dict[str, str] = {}
    on_unknown_subject: Literal["create", "hold"] = "hold"

    @model_validator(mode="after")
    def _readers_differ(self) -> Self:
        if len(set(self.readers.values())) < len(self.readers):
            raise ValueError("one person cannot read in two positions")
        return self


@dataclass(frozen=True)
class Project:
    """A project as its members see it."""

    id: ProjectId
    repository_id: RepositoryId
    repository: str
    code: str
    title: str
    description: str
    state: str
    options: ProjectOptions
    my_roles: tuple[str, ...]


def create_project(
    act: Act,
    repository_id: RepositoryId,
    *,
    code: str,
    title: str,
    description: str = "",
    options: ProjectOptions | None = None,
) -> ProjectId:
    """Make a project; the person who makes it is its first Admin."""
    authorize(act, "create", "project", repository_id)
    if act.session.get(RepositoryRow, repository_id) is None:
        raise NotFound(f"there is no repository {repository_id}")
    code, title = checked_code(code), title.strip()
    if not title:
        raise Invalid("a project has a title: give one")
    taken = select(ProjectRow.id).where(
        ProjectRow.repository_id == repository_id, ProjectRow.code == code
    )
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a project {code} in this repository already")
    project = ProjectId(act.new_id())
    register_scope(act.session, "project", project, parent_id=repository_id)
    chosen = (options or ProjectOptions()).model_dump(mode="json")
    row = ProjectRow(
        id=project,
        repository_id=repository_id,
        code=code,
        title=title,
        description=description,
        state="open",
        options=chosen,
    )
    row.ledger_sequence = act.record(
        project,
        "project_created",
        "project",
        project,
        after={"code": code, "options": chosen},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    if act.actor.kind == "person":
        enrol(act, project, act.actor.id, "Admin")
    return project


def set_options(act: Act, project_id: ProjectId, reason: Reason, **changes: object) -> None:
    """Change options of a project; what is not named stays."""
    authorize(act, "edit", "project", project_id)
    row = open_project(act.session, project_id)
    before = cast("dict[str, JsonValue]", row.options)
    try:
        after = ProjectOptions.model_validate({**before, **changes}).model_dump(mode="json")
    except ValidationError as problem:
        raise Invalid(f"the options of project {project_id} are not acceptable: {problem}") from (
            problem
        )
    row.options = after
    row.ledger_sequence = act.record(
        project_id,
        "option_changed",
        "project",
        project_id,
        before=_only(before, changes),
        after=_only(after, changes),
        reason=reason,
        rows=rows_named(row),
    )


def projects(act: Act) -> tuple[Project, ...]:
    """Return the projects in which the actor holds a role that shows them."""
    query = (
        select(ProjectRow)
        .join(RepositoryRow, RepositoryRow.id == ProjectRow.repository_id)
        .order_by(ProjectRow.code)
    )
    if act.actor.kind != "system":
        held = scopes_held(act)
        query = query.where(ProjectRow.id.in_(held) | RepositoryRow.id.in_(held))
    return tuple(_view(act, row) for row in act.session.scalars(query))


def project(act: Act, project_id: ProjectId) -> Project:
    """Return one project."""
    reaches(act, "view", "project", project_id)
    return _view(act, find_project(act.session, project_id))


def find_project(session: Session, project_id: str) -> ProjectRow:
    """Return a stored project."""
    row = session.get(ProjectRow, project_id)
    if row is None:
        raise NotFound(f"there is no project {project_id}")
    return row


def open_project(session: Session, project_id: str) -> ProjectRow:
    """Return a project that may change, locked until the act ends, or raise `ProjectLocked`.

    Every changing command asks for it before it reads what it will change, so that two acts on
    one project follow each other on both databases. The lock leaves foreign keys alone.
    """
    query = (
        select(ProjectRow)
        .where(ProjectRow.id == project_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"there is no project {project_id}")
    if row.state != "open":
        raise ProjectLocked(f"project {row.code} is {row.state}: nothing in it changes any more")
    return row


def options_of(row: ProjectRow) -> ProjectOptions:
    """Return the options of a stored project."""
    return ProjectOptions.model_validate(row.options)


def _view(act: Act, row: ProjectRow) -> Project:
    repository = act.session.get(RepositoryRow, row.repository_id)
    assert repository is not None
    return Project(
        id=ProjectId(row.id),
        repository_id=RepositoryId(row.repository_id),
        repository=repository.name,
        code=row.code,
        title=row.title,
        description=row.description,
        state=row.state,
        options=options_of(row),
        my_roles=roles_held(act, row.id),
    )


def _only(options: dict[str, JsonValue], names: dict[str, object]) -> dict[str, JsonValue]:
    return {name: options[name] for name in names if name in options}
