"""A trial read by RECIST 1.1, for journeys: set up, imaged and read by people through requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

import httpx
from pydantic import JsonValue

from research.ecrf.definition import FormDefinition
from research.ecrf.ready import ready_form
from tests.api.running import STOW_TYPE, stow_body
from tests.examples.adjudication import RULE
from tests.examples.files import ct_file
from tests.examples.trials import QC_FORM
from tests.journeys.served import ADMINISTRATOR, Served

ADMIN, QC, STATISTICIAN = "Admin One", "Quality One", "Statistician One"
ADJUDICATOR = "Adjudicator One"
READERS = {"R1": "Reader One", "R2": "Reader Two"}
DAY_0 = date(2026, 1, 12)
VISITS = {"BL": -7, "W6": 42, "W12": 85, "W18": 125}
PLANNED = (
    {"code": "BL", "label": "Baseline", "day": 0, "days_before": 28},
    {"code": "W6", "label": "Week 6", "day": 42, "days_before": 7, "days_after": 7},
    {"code": "W12", "label": "Week 12", "day": 84, "days_before": 7, "days_after": 7},
    {"code": "W18", "label": "Week 18", "day": 126, "days_before": 7, "days_after": 7},
)
FORMS = tuple(ready_form(name).definition for name in ("recist11-baseline", "recist11"))
WHY = "read from the printed measurements"

Change = dict[str, JsonValue]
# A lesion at one visit: millimetres, or the words of its status.
Size = str


@dataclass
class RecistTrial:
    """A project with two readers, and short words for what its people do."""

    api: Served
    project: str
    tasks: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def subject(self, code: str, visits: Sequence[str], days: Mapping[str, int] = VISITS) -> str:
        """Create a subject, upload its images, and let QC approve every visit."""
        made = self.api.made(ADMIN, f"/api/projects/{self.project}/subjects", {"code": code})
        for visit in visits:
            self.upload(code, visit, DAY_0 + timedelta(days[visit]))
            (task,) = self.ready(QC)
            self.do(QC, task, [_one("CHECK", "DECISION", "approve")], meaning="approval")
        return made

    def upload(self, subject: str, visit: str, day: date) -> None:
        """Send three slices of a visit."""
        study = f"2.25.{uuid5(NAMESPACE_OID, f'{self.project}/{subject}/{visit}').int}"
        changes = {
            "ClinicalTrialTimePointID": visit,
            "AcquisitionDate": f"{day:%Y%m%d}",
            "StudyDate": f"{day:%Y%m%d}",
        }
        files = [
            ct_file(number, subject=subject, study=study, changes=changes) for number in (1, 2, 3)
        ]
        answer = self.api.person(ADMIN).post(
            f"/api/projects/{self.project}/dicomweb/studies",
            content=stow_body(files),
            headers={"Content-Type": STOW_TYPE},
        )
        assert answer.status_code == 200, answer.text

    def read(
        self, seat: str, subject: str, visit: str, *sizes: Size, stated: str | None = None
    ) -> dict[str, JsonValue]:
        """Read a visit as stated and return the task's page after it is signed."""
        name = READERS[seat]
        (task,) = self.ready(name)
        self.tasks[seat, subject, visit] = task
        self.do(name, task, answers(sizes, baseline=visit == "BL", stated=stated))
        return self.page(name, task)

    def do(
        self, name: str, task: str, changes: list[Change], *, meaning: str = "authorship"
    ) -> None:
        """Open, answer, submit, re-authenticate and sign."""
        read = self.api.post(name, f"/api/tasks/{task}/open", {}).json()["read"]
        draft = self.save(name, task, read["draft"], changes).json()["draft"]
        submitted = self.submit(name, task, draft)
        assert submitted.status_code == 200, submitted.text
        signed = self.sign(name, task, read["id"], submitted.json()["record_digest"], meaning)
        assert signed.status_code == 200, signed.text

    def save(
        self, name: str, task: str, draft: int, changes: list[Change], **more: JsonValue
    ) -> httpx.Response:
        """Save changes onto a draft."""
        return self.api.person(name).patch(
            f"/api/tasks/{task}/draft",
            json={"changes": changes, **more},
            headers={"If-Match": f'"{draft}"'},
        )

    def submit(self, name: str, task: str, draft: int) -> httpx.Response:
        """Submit a draft."""
        return self.api.person(name).post(
            f"/api/tasks/{task}/submit", headers={"If-Match": f'"{draft}"'}
        )

    def sign(
        self, name: str, task: str, read: str, digest: str, meaning: str = "authorship"
    ) -> httpx.Response:
        """Sign with a fresh grant."""
        grant = self.api.sign_grant(name, kind="read", id=read, digest=digest, meaning=meaning)
        return self.api.person(name).post(f"/api/tasks/{task}/sign", json={"grant": grant})

    def page(self, name: str, task: str) -> dict[str, JsonValue]:
        """Return the page of a task."""
        found = self.api.get(name, f"/api/tasks/{task}").json()
        assert isinstance(found, dict)
        return found

    def ready(self, name: str) -> list[str]:
        """Return the tasks that a person may begin."""
        tasks = self.api.get(name, "/api/tasks", params={"state": "ready", "project": self.project})
        return [str(task["id"]) for task in tasks.json()]

    def responses(self, subject: str) -> dict[str, dict[str, JsonValue]]:
        """Return the computed responses of a subject by reader's position."""
        address = f"/api/projects/{self.project}/subjects/{subject}/responses"
        found = self.api.get(STATISTICIAN, address)
        assert found.status_code == 200, found.text
        return {seat["position"]: seat for seat in found.json()}


def answers(sizes: Sequence[Size], *, baseline: bool, stated: str | None) -> list[Change]:
    """Return what a reader answers: targets of these sizes, one persisting non-target lesion."""
    changes: list[Change] = []
    for row, size in enumerate(sizes, start=1):
        number = str(row)
        if baseline:
            organ = ("liver", "lung")[(row - 1) % 2]
            changes += [
                _one("TARGETS", "organ", organ, number), _one("TARGETS", "node", "false", number)
            ]  # fmt: skip
        if size[0].isdigit():
            changes.append(_one("TARGETS", "status", "present", number))
            changes.append({**_one("TARGETS", "DIAM", size, number), "by_hand": WHY})
        else:
            changes.append(_one("TARGETS", "status", "too_small", number))
            changes.append(_one("TARGETS", "stated", size, number))
    changes.append(_one("NON_TARGETS", "status", "present", "1"))
    if baseline:
        changes.append(_one("IMAGES", "SLICE_MM", "5"))
        changes.append(_one("NON_TARGETS", "organ", "bone", "1"))
    if stated is not None:
        changes.append(_one("RESPONSE", "OVERALL", stated))
    return changes


def recist_trial(
    api: Served, *, code: str = "ONC-1", confirmation_days: int | None = None
) -> RecistTrial:
    """Set a trial up: people, project, site, forms and workflow."""
    api.invite(ADMIN, QC, STATISTICIAN, ADJUDICATOR, *READERS.values())
    repository = api.made(
        ADMINISTRATOR,
        f"/api/organizations/{api.organization}/repositories",
        {"code": "SPON-A", "name": "Sponsor A", "admin_id": api.person_id(ADMIN)},
    )
    return project_of(api, repository, code=code, confirmation_days=confirmation_days)


def project_of(
    api: Served, repository: str, *, code: str, confirmation_days: int | None = None
) -> RecistTrial:
    """Make one project of a repository with its people, forms and workflow."""
    seats = {seat: api.person_id(name) for seat, name in READERS.items()}
    project = api.made(
        ADMIN,
        f"/api/repositories/{repository}/projects",
        {"code": code, "title": f"Study {code}", "options": {"readers": seats}},
    )
    roles = {
        QC: "QC",
        STATISTICIAN: "Statistician",
        ADJUDICATOR: "Adjudicator",
        **dict.fromkeys(READERS.values(), "Reader"),
    }
    for name, role in roles.items():
        api.give_role(ADMIN, f"projects/{project}", name, role)
    _go_live(api, project, confirmation_days)
    return RecistTrial(api, project)


def charter(confirmation_days: int | None) -> JsonValue:
    """Return the workflow: images, quality control, two independent reads, adjudication."""
    baseline, follow_up = ({"oid": form.oid, "version": form.version} for form in FORMS)
    return {
        "visits": list(PLANNED),
        "steps": [
            {"code": "UPLOAD", "title": "Images", "type": "upload", "role": "SiteUploader",
             "needs_signature": False},
            {"code": "QC", "title": "Quality", "type": "qc", "role": "QC", "follows": ["UPLOAD"],
             "form": {"oid": "QC", "version": "1.0.0"}},
            {"code": "READ", "title": "Read", "type": "read", "role": "Reader", "follows": ["QC"],
             "form": follow_up, "baseline_form": baseline, "positions": list(READERS),
             "criteria": {"name": "recist-1.1", "version": "1.0.0",
                          "constants": {"confirmation_days": confirmation_days}}},
            {"code": "ADJ", "title": "Adjudication", "type": "adjudication",
             "role": "Adjudicator", "follows": ["READ"], "adjudicate": RULE},
        ],
    }  # fmt: skip


def _go_live(api: Served, project: str, confirmation_days: int | None) -> None:
    known = api.get(ADMIN, f"/api/projects/{project}/forms").json()
    for form in (FormDefinition.model_validate(QC_FORM), *FORMS):
        if any(one["digest"] == form.digest for one in known):
            continue
        put = api.person(ADMIN).put(
            f"/api/projects/{project}/forms", json=form.to_json(), headers={"If-Match": '"0"'}
        )
        assert put.status_code == 200, put.text
        saved = put.json()
        grant = api.sign_grant(ADMIN, kind="form", id=saved["id"], digest=saved["digest"])
        api.post(ADMIN, f"/api/forms/{saved['id']}/sign", {"grant": grant})
    design = api.person(ADMIN).put(
        f"/api/projects/{project}/workflows/design",
        json={"definition": charter(confirmation_days)},
    )
    assert design.status_code == 200, design.text
    saved = design.json()
    grant = api.sign_grant(ADMIN, kind="workflow", id=saved["id"], digest=saved["digest"])
    api.post(ADMIN, f"/api/workflows/{saved['id']}/approve", {"grant": grant})


def _one(group: str, item: str, value: str, row: str = "") -> Change:
    return {"group": group, "repeat": row, "item": item, "value": value}
