"""Projects as the caller may see them."""

from pydantic import Field

from api.schemas.wire import Wire


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
