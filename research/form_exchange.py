"""Forms given away as ODM, read from other systems, and compared; each by who may see or save."""

from typing import Literal

from accounts.acts import Act
from accounts.authorize import authorize
from research.ecrf.exchange.difference import Change, difference
from research.ecrf.exchange.odm import write_odm
from research.ecrf.exchange.odm_read import ReadForm, read_odm
from research.ecrf.exchange.redcap import read_redcap
from research.forms import find_form
from research.ids import ProjectId

Source = Literal["odm", "redcap"]
READERS = {"odm": read_odm, "redcap": read_redcap}


def export_form(act: Act, project_id: ProjectId, form_id: str, *, version: str) -> bytes:
    """Return a form as ODM of a version of the standard; the export is an entry."""
    form = find_form(act, project_id, form_id)
    after = {"format": f"ODM {version}", "digest": form.digest}
    act.record(project_id, "exported", "form", form.id, after=after)
    return write_odm(form.definition, version=version, created=act.now, build=act.build)


def read_forms(
    act: Act, project_id: ProjectId, source: Source, document: bytes
) -> tuple[ReadForm, ...]:
    """Return what a document of another system holds, for who may save forms; none is saved."""
    authorize(act, "create", "form", project_id)
    return READERS[source](document)


def compare_forms(
    act: Act, project_id: ProjectId, *, old_id: str, new_id: str
) -> tuple[Change, ...]:
    """Return what changed from one form of the repository to another."""
    old, new = (find_form(act, project_id, form_id) for form_id in (old_id, new_id))
    return difference(old.definition, new.definition)
