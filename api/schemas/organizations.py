"""Organisations and repositories on the wire."""

from pydantic import Field

from api.schemas.people import ReasonNeeded
from api.schemas.wire import Wire


class OrganizationView(Wire):
    """An institution or CRO."""

    id: str
    code: str
    name: str
    row_version: int


class RepositoryView(Wire):
    """One sponsor's hub of roles, sites and forms."""

    id: str
    organization_id: str
    code: str
    name: str
    row_version: int


class RepositoryNew(Wire):
    """A repository to make; who is named becomes its first Admin."""

    code: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    admin_id: str = Field(max_length=36, description="the person who gives others access there")


class Renaming(Wire):
    """Another name, and why."""

    name: str = Field(min_length=1, max_length=200)
    reason: ReasonNeeded
