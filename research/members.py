"""Members of a repository or a project: access asked for, approved, and given at sites.

What the kernel does not know is decided here: whether a project asks for signatures, and which
sites it works with.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from accounts.access_changes import (
    AccessRequest,
    access_request,
    give_access_at_once,
    request_access,
)
from accounts.acts import Act
from research.errors import Invalid
from research.projects import ProjectRow, options_of
from research.sites import ProjectSiteRow, SiteRow


def ask_for_access(
    act: Act,
    scope_id: str,
    person_id: str,
    role: str,
    *,
    sites: Collection[str] = (),
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> AccessRequest:
    """Ask for a role for a person; where the project asks for no signature it holds at once."""
    asked = request_access(
        act,
        scope_id,
        person_id,
        role,
        sites=sites,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    project = act.session.get(ProjectRow, scope_id)
    _known(act, scope_id, sites, in_project=project is not None)
    if project is None or options_of(project).signed_access:
        return asked
    give_access_at_once(act, asked.id)
    return access_request(act, asked.id)


def _known(act: Act, scope_id: str, sites: Collection[str], *, in_project: bool) -> None:
    """Refuse a site that the project, or the repository, does not work with."""
    query = (
        select(ProjectSiteRow.site_id).where(ProjectSiteRow.project_id == scope_id)
        if in_project
        else select(SiteRow.id).where(SiteRow.repository_id == scope_id)
    )
    unknown = set(sites) - set(act.session.scalars(query))
    if unknown:
        raise Invalid(f"there is no site {sorted(unknown)[0]} here: put it to use first")
