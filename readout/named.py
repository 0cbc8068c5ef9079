"""Things that a person names on the command line, found by code or by id."""

from readout.errors import NothingFound
from readout.hand import Hand
from research.projects import Project, projects


def find_project(hand: Hand, name: str) -> Project:
    """Return the project of a code or an id."""
    with hand.database.reading() as session:
        known = projects(hand.act(session))
    for project in known:
        if name in (project.code, project.id):
            return project
    codes = ", ".join(project.code for project in known) or "none yet"
    raise NothingFound(f"there is no project {name}; there are {codes}")
