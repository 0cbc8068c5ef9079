"""A small trial made through commands alone: two readers, a QC, a manager, one project."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.database import Database
from accounts.memberships import add_member
from accounts.people import create_person
from accounts.signatures import Signature, grant_signature
from research.answers import AnswerChange
from research.approvals import approve_workflow
from research.arrivals import record_images
from research.drafts import save_draft
from research.forms import parse_form, save_form, sign_form
from research.ids import FormId, ProjectId, SubjectId
from research.images import ReceivedInstance
from research.organizations import create_organization, create_repository
from research.projects import ProjectOptions, create_project
from research.read_records import read_of_task
from research.reads import open_task, sign_read, submit_read
from research.scheduling import create_subject
from research.subjects import NewSubject
from research.tasks import TaskRow
from research.visits import visits_of
from research.workflows import parse_charter, save_workflow
from tests.examples.acts import CHEAP_HASHER, PASSWORD, START, act, let_sign

PEOPLE = {
    "manager": "Editor",
    "qc": "QC",
    "reader1": "Reader",
    "reader2": "Reader",
    "statistician": "Statistician",
    "inspector": "Inspector",
}

QC_FORM: JsonValue = {
    "oid": "QC",
    "version": "1.0.0",
    "title": "Image quality",
    "groups": [
        {
            "oid": "CHECK",
            "label": "Check",
            "items": [
                {
                    "oid": "DECISION",
                    "label": "Decision",
                    "kind": "choice",
                    "required": True,
                    "code_list": [
                        {"code": "approve", "label": "Approve"},
                        {"code": "reject", "label": "Reject"},
                    ],
                }
            ],
        }
    ],
}

READ_FORM: JsonValue = {
    "oid": "LESIONS",
    "version": "1.0.0",
    "title": "Lesions",
    "groups": [
        {
            "oid": "OVERALL",
            "label": "Overall",
            "items": [
                {"oid": "PRESENT", "label": "Any lesion", "kind": "boolean", "required": True},
                {"oid": "CONFIDENCE", "label": "Confidence", "kind": "scale", "min": 1, "max": 5},
                {"oid": "COMMENT", "label": "Comment", "kind": "text"},
                {"oid": "HINT", "label": "Measure the longest diameter", "kind": "note"},
            ],
        },
        {
            "oid": "LESION",
            "label": "Lesion",
            "repeats": True,
            "items": [
                {
                    "oid": "DIAMETER",
                    "label": "Longest diameter",
                    "kind": "decimal",
                    "unit": "mm",
                    "min": "0",
                    "max": "500",
                    "required": True,
                },
                {"oid": "SLICES", "label": "Slices", "kind": "integer", "min": 1},
            ],
        },
        {
            "oid": "MARKED",
            "label": "Drawn on the images",
            "items": [
                {"oid": "SIZE", "label": "Size", "kind": "measurement", "max": "500"},
                {"oid": "SPOTS", "label": "Spots", "kind": "annotation", "most": 2},
                {"oid": "REGION", "label": "Region", "kind": "segmentation"},
                {"oid": "KEY", "label": "Key image", "kind": "image_link"},
            ],
        },
    ],
}

CHARTER: JsonValue = {
    "visits": [
        {"code": "BL", "label": "Baseline", "day": 0},
        {"code": "W6", "label": "Week 6", "day": 42},
    ],
    "steps": [
        {"code": "UPLOAD", "title": "Images", "type": "upload", "role": "SiteUploader",
         "needs_signature": False},
        {"code": "QC", "title": "Quality", "type": "qc", "role": "QC", "follows": ["UPLOAD"],
         "form": {"oid": "QC", "version": "1.0.0"}},
        {"code": "READ", "title": "Read", "type": "read", "role": "Reader", "follows": ["QC"],
         "form": {"oid": "LESIONS", "version": "1.0.0"}, "positions": ["R1", "R2"]},
    ],
}  # fmt: skip


@dataclass
class Trial:
    """A project that is ready for subjects, and short words for what people do in it."""

    database: Database
    project: ProjectId
    people: dict[str, str]
    now: datetime = field(default=START)

    @contextmanager
    def acting(self, name: str | None = None) -> Iterator[Act]:
        """Give the act of a person of the trial, or of the installation, in a transaction."""
        with self.database.transaction() as session:
            yield self.act(session, name)

    @contextmanager
    def looking(self, name: str | None = None) -> Iterator[Act]:
        """Give an act that can only look."""
        with self.database.reading() as session:
            yield self.act(session, name)

    def act(self, session: Session, name: str | None = None) -> Act:
        """Return the act of a person of the trial, or of the installation."""
        return act(session, self.people[name], now=self.now) if name else act(session, now=self.now)

    def add_subject(self, code: str, visits_with_images: Sequence[str] = ()) -> SubjectId:
        """Make a subject and let images arrive for some of its visits."""
        with self.acting("manager") as by:
            subject = create_subject(by, self.project, NewSubject(code=code))
        for visit in visits_with_images:
            self.receive(subject, visit)
        return subject

    def receive(self, subject: str, visit_code: str, series: str = "1", n: int = 2) -> None:
        """Let a series of images arrive for a visit."""
        with self.acting() as by:
            visit = next(v for v in visits_of(by.session, subject) if v.code == visit_code)
            images = instances(f"{subject}.{visit_code}", series=series, n=n)
            record_images(by, self.project, visit.id, images, source="test")

    def task(self, subject: str, step: str, *, visit: str = "BL", position: str = "") -> str:
        """Return the id of the newest run of a task."""
        with self.database.reading() as session:
            visit_id = next(v.id for v in visits_of(session, subject) if v.code == visit)
            rows = session.query(TaskRow).filter_by(
                visit_id=visit_id, step_code=step, position=position
            )
            return max(rows, key=lambda row: row.run).id

    def state(self, task_id: str) -> str:
        """Return the state of a task."""
        with self.database.reading() as session:
            row = session.get(TaskRow, task_id)
            assert row is not None
            return row.state

    def submit(self, name: str, task_id: str, *answers: AnswerChange) -> str:
        """Open, answer and submit a task; return the digest to sign."""
        with self.acting(name) as by:
            open_task(by, task_id)
        with self.acting(name) as by:
            saved = save_draft(by, task_id, draft=0, changes=answers)
        with self.acting(name) as by:
            return submit_read(by, task_id, draft=saved.draft).record_digest

    def grant(self, name: str, task_id: str, digest: str, *, meaning: str = "authorship") -> str:
        """Re-authenticate a person for a task's read."""
        with self.acting(name) as by:
            read = read_of_task(by.session, task_id)
            assert read is not None
            return grant_signature(
                by,
                password=PASSWORD,
                record_kind="read",
                record_id=read.id,
                record_digest=digest,
                meaning=meaning,
                log=self.project,
            ).token

    def sign(
        self, name: str, task_id: str, *answers: AnswerChange, meaning: str = "authorship"
    ) -> Signature:
        """Do a whole task: open, answer, submit, re-authenticate, sign."""
        digest = self.submit(name, task_id, *answers)
        grant = self.grant(name, task_id, digest, meaning=meaning)
        with self.acting(name) as by:
            return sign_read(by, task_id, grant=grant)

    def approve(self, subject: str, visit: str = "BL", decision: str = "approve") -> Signature:
        """Let QC decide on a visit."""
        task = self.task(subject, "QC", visit=visit)
        answer = AnswerChange("CHECK", "", "DECISION", decision)
        return self.sign("qc", task, answer, meaning="approval")


def make_trial(database: Database, *, bound: bool = True) -> Trial:
    """Make a trial; `bound` says whether positions belong to readers or are a pool."""
    people: dict[str, str] = {}
    with database.transaction() as session:
        system = act(session)
        organization = create_organization(system, code="CRO", name="A CRO")
        repository = create_repository(system, organization, code="SPONSOR", name="A sponsor")
        for name in PEOPLE:
            people[name] = create_person(
                system,
                login=f"{name}@demo.local",
                printed_name=name.title(),
                password=PASSWORD,
                hasher=CHEAP_HASHER,
            )
        readers = {"R1": people["reader1"], "R2": people["reader2"]} if bound else {}
        project = create_project(
            system,
            repository,
            code="ONC-1",
            title="Oncology 1",
            options=ProjectOptions(readers=readers),
        )
        for name, role in PEOPLE.items():
            add_member(system, project, people[name], role)
            let_sign(system, people[name])
    trial = Trial(database, project, people)
    _go_live(trial)
    return trial


def _go_live(trial: Trial) -> None:
    for definition in (QC_FORM, READ_FORM):
        with trial.acting("manager") as by:
            form = save_form(by, trial.project, definition)
            digest = parse_form(definition).digest
        sign_drafted_form(trial, form, digest)
    with trial.acting("manager") as by:
        workflow = save_workflow(by, trial.project, CHARTER)
    with trial.acting("manager") as by:
        grant = grant_signature(
            by,
            password=PASSWORD,
            record_kind="workflow",
            record_id=workflow,
            record_digest=parse_charter(CHARTER).digest,
            meaning="approval",
        )
        approve_workflow(by, workflow, grant=grant.token)


def sign_drafted_form(trial: Trial, form: FormId, digest: str) -> None:
    with trial.acting("manager") as by:
        grant = grant_signature(
            by,
            password=PASSWORD,
            record_kind="form",
            record_id=form,
            record_digest=digest,
            meaning="approval",
        )
        sign_form(by, form, grant=grant.token)


def instances(study: str, *, series: str = "1", n: int = 2) -> list[ReceivedInstance]:
    """Return some received instances of one series, named after the study."""
    root = f"2.25.{int(hashlib.sha256(study.encode()).hexdigest()[:24], 16)}"
    return [
        ReceivedInstance(
            study_uid=root,
            series_uid=f"{root}.{series}",
            sop_instance_uid=f"{root}.{series}.{number}",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            transfer_syntax="1.2.840.10008.1.2.1",
            sha256=hashlib.sha256(f"{root}.{series}.{number}".encode()).hexdigest(),
            size=1000,
            modality="CT",
            study_description="CANARY study",
            series_description="CANARY series",
            series_number=int(series),
            instance_number=number,
            rows=64,
            columns=64,
            frame_offsets=[[128, 8192]],
        )
        for number in range(1, n + 1)
    ]
