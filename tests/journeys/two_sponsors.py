"""One CRO, two sponsors: the set-up of the scenario, by requests alone."""

from dataclasses import dataclass, field

from pydicom.filebase import DicomBytesIO

from tests.api.running import STOW_TYPE, stow_body
from tests.examples.ct import ct_object
from tests.journeys.served import ADMINISTRATOR, Served

EDITOR = "Editor of Both"
READERS = ("Reader One", "Reader Two")
FORM = {
    "oid": "LESIONS",
    "version": "1.0.0",
    "title": "Lesions",
    "groups": [
        {
            "oid": "OVERALL",
            "label": "Overall",
            "items": [
                {"oid": "PRESENT", "label": "Any lesion", "kind": "boolean", "required": True}
            ],
        }
    ],
}
CHARTER = {
    "visits": [{"code": "BL", "label": "Baseline", "day": 0}],
    "steps": [
        {"code": "UPLOAD", "title": "Images", "type": "upload", "role": "SiteUploader",
         "needs_signature": False},
        {"code": "READ", "title": "Read", "type": "read", "role": "Reader", "follows": ["UPLOAD"],
         "form": {"oid": "LESIONS", "version": "1.0.0"}, "positions": ["R1", "R2"]},
    ],
}  # fmt: skip


@dataclass
class Sponsor:
    """One sponsor's repository with its project; `ids` holds one id of each kind."""

    name: str
    repository: str
    project: str
    sites: tuple[str, ...]
    subjects: tuple[str, ...]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def admin(self) -> str:
        """Return the name of the person who gives others access."""
        return f"Admin {self.name}"

    @property
    def monitor(self) -> str:
        """Return the name of the sponsor's monitor."""
        return f"Monitor {self.name}"


def two_sponsors(api: Served) -> tuple[Sponsor, Sponsor]:
    """Make both sponsors' projects; one patient is sent to both."""
    names = [
        f"{role} {sponsor}" for sponsor in "AB" for role in ("Admin", "Monitor", "Statistician")
    ]
    api.invite(*names, EDITOR, *READERS)
    return _sponsor(api, "A", sites=3), _sponsor(api, "B", sites=2)


def _sponsor(api: Served, name: str, *, sites: int) -> Sponsor:
    admin = f"Admin {name}"
    repository = api.made(
        ADMINISTRATOR,
        f"/api/organizations/{api.organization}/repositories",
        {"code": f"SPON-{name}", "name": f"Sponsor {name}", "admin_id": api.person_id(admin)},
    )
    project = api.made(
        admin,
        f"/api/repositories/{repository}/projects",
        {
            "code": f"{name}-1",
            "title": f"Study {name}-1",
            "options": {
                "readers": {"R1": api.person_id(READERS[0]), "R2": api.person_id(READERS[1])}
            },
        },
    )
    roles = {
        EDITOR: "Editor",
        f"Monitor {name}": "Monitor",
        f"Statistician {name}": "Statistician",
        READERS[0]: "Reader",
        READERS[1]: "Reader",
    }
    for person, role in roles.items():
        api.give_role(admin, f"projects/{project}", person, role)
    _go_live(api, project)
    made_sites = tuple(
        api.made(
            EDITOR,
            f"/api/projects/{project}/sites",
            {"code": f"{name}-0{number}", "name": f"Site {number}", "country": "SE"},
        )
        for number in range(1, sites + 1)
    )
    subjects = tuple(
        api.made(
            EDITOR,
            f"/api/projects/{project}/subjects",
            {"code": f"{site + 1}0{number}", "site_id": made_sites[site]},
        )
        for site in range(sites)
        for number in range(1, 5)
    )
    sponsor = Sponsor(name, repository, project, made_sites, subjects)
    _send_patient(api, sponsor)
    _name_ids(api, sponsor)
    return sponsor


def _go_live(api: Served, project: str) -> None:
    """Sign the form and the workflow, as the Editor."""
    form = api.person(EDITOR).put(
        f"/api/projects/{project}/forms", json=FORM, headers={"If-Match": '"0"'}
    )
    assert form.status_code == 200, form.text
    grant = api.sign_grant(EDITOR, kind="form", id=form.json()["id"], digest=form.json()["digest"])
    api.post(EDITOR, f"/api/forms/{form.json()['id']}/sign", {"grant": grant})
    design = api.person(EDITOR).put(
        f"/api/projects/{project}/workflows/design", json={"definition": CHARTER}
    )
    assert design.status_code == 200, design.text
    workflow = design.json()
    grant = api.sign_grant(EDITOR, kind="workflow", id=workflow["id"], digest=workflow["digest"])
    api.post(EDITOR, f"/api/workflows/{workflow['id']}/approve", {"grant": grant})


def _send_patient(api: Served, sponsor: Sponsor) -> None:
    """Send one patient's scan, under the code of the sponsor's first subject."""
    scan = ct_object(1)
    scan.PatientID = "101"
    file = DicomBytesIO()
    scan.save_as(file, enforce_file_format=True)
    answer = api.person(EDITOR).post(
        f"/api/projects/{sponsor.project}/dicomweb/studies",
        content=stow_body([file.getvalue()]),
        headers={"Content-Type": STOW_TYPE, "Accept": "application/dicom+json"},
    )
    assert answer.status_code == 200, answer.text
    sponsor.ids |= {
        "study": str(scan.StudyInstanceUID),
        "series": str(scan.SeriesInstanceUID),
        "instance": str(scan.SOPInstanceUID),
    }


def _name_ids(api: Served, sponsor: Sponsor) -> None:
    """Note one id of each kind of thing that the project has."""
    project = f"/api/projects/{sponsor.project}"
    tasks = api.get(EDITOR, f"{project}/tasks").json()
    read = next(
        each for each in tasks if each["step"]["code"] == "READ" and each["state"] == "ready"
    )
    opened = api.post(READERS[0] if read["position"] == "R1" else READERS[1],
                      f"/api/tasks/{read['id']}/open", {})  # fmt: skip
    sponsor.ids |= {
        "project_id": sponsor.project,
        "repository_id": sponsor.repository,
        "site_id": sponsor.sites[0],
        "subject_id": sponsor.subjects[0],
        "task_id": read["id"],
        "read_id": opened.json()["read"]["id"],
        "form_id": api.get(EDITOR, f"{project}/forms").json()[0]["id"],
        "workflow_id": api.get(EDITOR, f"{project}/workflows").json()[0]["id"],
        "membership_id": api.get(sponsor.admin, f"{project}/members").json()[0]["id"],
        "request_id": api.get(sponsor.admin, f"{project}/access-requests").json()[0]["id"],
        "review_id": api.made(sponsor.admin, f"{project}/access-reviews", {}),
    }
