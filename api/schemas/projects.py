"""Projects as the caller may see them."""

from pydantic import Field

from api.schemas.wire import Wire


class ProjectCounts(Wire):
    """How much is there; a blinded caller's counts hold only what that caller may see."""

    subjects: int
    instances: int
    tasks_open: int
    tasks_mine: int
    reads_signed: int


class ProjectView(Wire):
    """One research objective and what the caller is in it."""

    id: str
    code: str
    title: str
    description: str
    repository: str
    state: str
    my_roles: tuple[str, ...]
    my_permissions: tuple[str, ...] = Field(description='what the caller may do, as "verb object"')
    counts: ProjectCounts
