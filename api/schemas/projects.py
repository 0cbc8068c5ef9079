"""Projects as the caller may see them."""

from pydantic import Field, JsonValue

from api.schemas.people import ReasonNeeded
from api.schemas.wire import Wire
from research.projects import ProjectOptions, ProjectPlan


class ProjectCounts(Wire):
    """How much is there; null where the caller may not know."""

    subjects: int | None
    instances: int | None
    tasks_open: int | None
    tasks_mine: int
    reads_signed: int | None


class ProjectView(Wire):
    """One research objective and what the caller is in it."""

    id: str
    code: str
    title: str
    description: str
    repository: str
    state: str
    my_roles: tuple[str, ...]
    my_permissions: tuple[str, ...] = Field(
        description='what the caller may do in the whole project, as "verb object"'
    )
    counts: ProjectCounts
    repository_id: str
    external_code: str | None
    plan: ProjectPlan | None
    options: ProjectOptions | None = Field(
        description="null where the caller may not know who reads in which position"
    )
    row_version: int


class ProjectNew(Wire):
    """A project to make."""

    code: str = Field(min_length=1, max_length=64)
    title: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=5000)
    external_code: str | None = Field(None, max_length=64)
    plan: ProjectPlan | None = None
    options: ProjectOptions | None = None


class ProjectEdit(Wire):
    """What shall change, and why; what is left out stays. Options are changed one by one."""

    title: str | None = Field(None, max_length=200)
    description: str | None = Field(None, max_length=5000)
    external_code: str | None = Field(None, max_length=64)
    plan: ProjectPlan | None = None
    options: dict[str, JsonValue] = Field({}, max_length=50)
    reason: ReasonNeeded
