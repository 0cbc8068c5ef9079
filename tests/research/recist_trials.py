"""A trial whose reads follow lesions by RECIST 1.1, made through commands."""

from pydantic import JsonValue

from accounts.acts import Act
from accounts.database import Database
from accounts.signatures import grant_signature
from research.answers import AnswerChange
from research.approvals import approve_workflow
from research.ecrf.ready import ready_form
from research.forms import save_form, sign_form
from research.workflows import parse_charter, save_workflow
from tests.examples.acts import PASSWORD
from tests.examples.trials import Trial, make_trial

BY_HAND = "read from the printed measurements"


def recist_trial(database: Database) -> Trial:
    """Return a trial whose live workflow reads by the ready forms of RECIST 1.1."""
    trial = make_trial(database)
    follow_lesions(trial)
    return trial


def follow_lesions(trial: Trial) -> None:
    """Put a workflow in force that reads by the ready forms of RECIST 1.1."""
    for name in ("recist11-baseline", "recist11"):
        form = ready_form(name).definition
        with trial.acting("manager") as by:
            saved = save_form(by, trial.project, form)
            sign_form(by, saved, grant=_grant(by, "form", saved, form.digest))
    charter = parse_charter(_charter())
    with trial.acting("manager") as by:
        workflow = save_workflow(by, trial.project, charter)
        approve_workflow(by, workflow, grant=_grant(by, "workflow", workflow, charter.digest))


def target(row: int, status: str, mm: str = "", **more: str) -> list[AnswerChange]:
    """Return the answers about one target; a size is typed by hand."""
    given = {"status": status, **more}
    found = [AnswerChange("TARGETS", str(row), item, value) for item, value in given.items()]
    if mm:
        found.append(AnswerChange("TARGETS", str(row), "DIAM", mm, by_hand=BY_HAND))
    return found


def chosen(row: int, mm: str, organ: str = "liver", node: str = "false") -> list[AnswerChange]:
    """Return the answers about a target at baseline."""
    return target(row, "present", mm, organ=organ, node=node)


def images(slice_mm: str = "5") -> AnswerChange:
    """Return the slice thickness of the baseline."""
    return AnswerChange("IMAGES", "", "SLICE_MM", slice_mm)


def stated(response: str) -> AnswerChange:
    """Return the overall response that the reader states."""
    return AnswerChange("RESPONSE", "", "OVERALL", response)


def _grant(act: Act, kind: str, id: str, digest: str) -> str:
    return grant_signature(
        act, password=PASSWORD, record_kind=kind, record_id=id, record_digest=digest,
        meaning="approval",
    ).token  # fmt: skip


def _charter() -> JsonValue:
    return {
        "visits": [
            {"code": "BL", "label": "Baseline", "day": 0},
            {"code": "W6", "label": "Week 6", "day": 42},
            {"code": "W12", "label": "Week 12", "day": 84},
        ],
        "steps": [
            {"code": "UPLOAD", "title": "Images", "type": "upload", "role": "SiteUploader",
             "needs_signature": False},
            {"code": "QC", "title": "Quality", "type": "qc", "role": "QC", "follows": ["UPLOAD"],
             "form": {"oid": "QC", "version": "1.0.0"}},
            {"code": "READ", "title": "Read", "type": "read", "role": "Reader", "follows": ["QC"],
             "form": {"oid": "RECIST11", "version": "1.0.0"},
             "baseline_form": {"oid": "RECIST11_BASELINE", "version": "1.0.0"},
             "positions": ["R1", "R2"],
             "criteria": {"name": "recist-1.1", "version": "1.0.0"}},
        ],
    }  # fmt: skip
