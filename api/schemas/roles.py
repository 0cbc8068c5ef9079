"""Roles on the wire."""

from pydantic import Field

from accounts.permissions import ObjectKind, Reach, Verb
from api.schemas.people import ReasonNeeded
from api.schemas.wire import Wire


class RoleGrantView(Wire):
    """One permission: a verb on an object, within a reach; `steps` narrows running."""

    verb: Verb
    object_kind: ObjectKind
    reach: Reach
    steps: tuple[str, ...] = Field((), max_length=100, description="codes; none means any step")


class RoleView(Wire):
    """A named set of grants."""

    id: str
    name: str
    is_preset: bool
    is_retired: bool
    grants: tuple[RoleGrantView, ...]
    row_version: int


class RoleNew(Wire):
    """A role to make in a repository."""

    name: str = Field(min_length=1, max_length=64)
    grants: tuple[RoleGrantView, ...] = Field(min_length=1, max_length=300)


class RoleEdit(Wire):
    """The grants that a role shall have from now on, and why."""

    grants: tuple[RoleGrantView, ...] = Field(min_length=1, max_length=300)
    reason: ReasonNeeded
