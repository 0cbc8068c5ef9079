"""Projects: one research objective, with its options and its state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize, reaches, roles_held, scopes_held
from accounts.database import Base, Json
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.memberships import enrol
from accounts.scopes import register_scope
from accounts.vault import Identifying, Recordable
from research.codes import checked_code, checked_name
from research.errors import Invalid, ProjectLocked
from research.ids import ProjectId, RepositoryId
from research.organizations import RepositoryRow
from research.row_versions import next_version

# What is said of a project beside its options, and what of it is free text.
SAID = ("title", "description", "external_code", "plan")
FREE_TEXT = frozenset(("title", "description"))


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
    """What a project may choose; `readers` binds positions to people, else they are a pool.

    With `signed_access` nobody has access before somebody else has signed for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: dict[str, str] = {}
    on_unknown_subject: Literal["create", "hold"] = "hold"
    signed_access: bool = True
    signing_block_minutes: int = Field(default=15, ge=1, le=24 * 60)

    @model_validator(mode="after")
    def _readers_differ(self) -> Self:
        if len(set(self.readers.values())) < len(self.readers):
            raise ValueError("one person cannot read in two positions")
        return self


class ProjectPlan(BaseModel):
    """What was planned, to be shown beside what came; days as `2026-03-02`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sites: int | None = Field(None, ge=0, le=100_000)
    subjects: int | None = Field(None, ge=0, le=10_000_000)
    deliveries: tuple[date, ...] = Field((), max_length=200)
    first_scan: date | None = None
    last_scan: date | None = None

    @model_validator(mode="after")
    def _scans_in_order(self) -> Self:
        if self.first_scan and self.last_scan and self.last_scan < self.first_scan:
            raise ValueError("the last scan is not before the first")
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
    external_code: str | None
    plan: ProjectPlan
    row_version: int


def create_project(
    act: Act,
    repository_id: RepositoryId,
    *,
    code: str,
    title: str,
    description: str = "",
    external_code: str | None = None,
    plan: ProjectPlan | None = None,
    options: ProjectOptions | None = None,
) -> ProjectId:
    """Make a project; the person who makes it is its first Admin."""
    authorize(act, "create", "project", repository_id)
    if act.session.get(RepositoryRow, repository_id) is None:
        raise NotFound(f"there is no repository {repository_id}")
    code, title = checked_code(code), checked_name(title)
    taken = select(ProjectRow.id).where(
        ProjectRow.repository_id == repository_id, ProjectRow.code == code
    )
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a project {code} in this repository already")
    project = ProjectId(act.new_id())
    scope = register_scope(act.session, "project", project, parent_id=repository_id)
    chosen = (options or ProjectOptions()).model_dump(mode="json")
    row = ProjectRow(
        id=project,
        repository_id=repository_id,
        code=code,
        title=title,
        description=description,
        state="open",
        options=chosen,
        external_code=checked_code(external_code) if external_code else None,
        plan=plan.model_dump(mode="json") if plan else None,
        row_version=1,
    )
    row.ledger_sequence = act.record(
        project,
        "project_created",
        "project",
        project,
        after={"code": code, "options": chosen},
        rows=rows_named(row, scope),
    )
    act.session.add(row)
    act.session.flush()
    if act.actor.kind == "person":
        enrol(act, project, act.actor.id, "Admin")
    return project


@dataclass(frozen=True)
class ProjectChanges:
    """What shall change about a project; what is None stays."""

    title: str | None = None
    description: str | None = None
    external_code: str | None = None
    plan: ProjectPlan | None = None
    options: Mapping[str, JsonValue] = field(default_factory=dict)


def edit_project(
    act: Act, project_id: ProjectId, changes: ProjectChanges, *, row_version: int, reason: Reason
) -> Project:
    """Change what is said of a project, its plan and its options; one entry says from what."""
    authorize(act, "edit", "project", project_id)
    row = open_project(act.session, project_id)
    row.row_version = next_version(row.id, current=row.row_version, expected=row_version)
    before = _said(row)
    if changes.title is not None:
        row.title = checked_name(changes.title)
    if changes.description is not None:
        row.description = changes.description
    if changes.external_code is not None:
        row.external_code = checked_code(changes.external_code) if changes.external_code else None
    if changes.plan is not None:
        row.plan = changes.plan.model_dump(mode="json")
    if changes.options:
        row.options = _options_with(row, changes.options)
    after = _said(row)
    named = [name for name in after if after[name] != before.get(name)]
    only_options = {name for name in named if name not in SAID} == set(named)
    row.ledger_sequence = act.record(
        project_id,
        "option_changed" if only_options else "project_changed",
        "project",
        project_id,
        before=_shown(before, named),
        after=_shown(after, named),
        reason=reason,
        rows=rows_named(row),
    )
    return _view(act, row)


def set_options(act: Act, project_id: ProjectId, reason: Reason, **changes: JsonValue) -> None:
    """Change options of a project; what is not named stays."""
    authorize(act, "edit", "project", project_id)
    row = open_project(act.session, project_id)
    edit_project(
        act,
        project_id,
        ProjectChanges(options=changes),
        row_version=row.row_version,
        reason=reason,
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


def open_project(session: Session, project_id: str, *, while_frozen: bool = False) -> ProjectRow:
    """Return a project that may change, locked until the act ends, or raise `ProjectLocked`.

    Every changing command asks for it before it reads what it will change, so that two acts on
    one project follow each other on both databases. `while_frozen` is said by the few commands
    that a freeze allows: closing queries, and amendments that two people sign.
    """
    row = kept_project(session, project_id)
    if row.state != "open" and not (while_frozen and row.state == "frozen"):
        raise ProjectLocked(f"project {row.code} is {row.state}: nothing in it changes any more")
    return row


def kept_project(session: Session, project_id: str) -> ProjectRow:
    """Return a project in whatever state, locked until the act ends: its life goes on.

    The database's lock leaves foreign keys alone.
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
        external_code=row.external_code,
        plan=ProjectPlan.model_validate(row.plan or {}),
        row_version=row.row_version,
    )


def _options_with(row: ProjectRow, changes: Mapping[str, JsonValue]) -> JsonValue:
    before = cast("dict[str, JsonValue]", row.options)
    try:
        after = ProjectOptions.model_validate({**before, **changes})
    except ValidationError as problem:
        raise Invalid(f"the options of project {row.id} are not acceptable: {problem}") from problem
    return cast("JsonValue", after.model_dump(mode="json"))


def _said(row: ProjectRow) -> dict[str, JsonValue]:
    """Return everything that may be edited, each option under its own name."""
    said = {
        "title": row.title,
        "description": row.description,
        "external_code": row.external_code,
        "plan": row.plan,
    }
    return {**said, **cast("dict[str, JsonValue]", row.options)}


def _shown(said: dict[str, JsonValue], names: list[str]) -> dict[str, Recordable]:
    """Return what an entry says: codes and choices as they are, free text as a commitment."""
    return {
        name: Identifying(str(said[name]))
        if name in FREE_TEXT
        else cast("Recordable", said.get(name))
        for name in names
    }
