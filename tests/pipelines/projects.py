"""A small project with images in the lake and signed reads, for the whole graph."""

from accounts.database import Database
from ingest.receive import receive
from lake.location import Lake
from research.answers import AnswerChange
from tests.examples.files import ct_file
from tests.examples.trials import Trial, make_trial


def read_project(database: Database, lake: Lake) -> tuple[Trial, str]:
    """Make a project with one subject: four slices, QC approved, the first reader has signed."""
    trial = make_trial(database)
    subject = trial.add_subject("001")
    with trial.acting() as by:
        files = [ct_file(number, subject="001") for number in range(1, 5)]
        receive(by, lake, project=trial.project, files=files, source="test")
    trial.approve(subject)
    sign(trial, subject, "R1", "3")
    return trial, subject


def sign(trial: Trial, subject: str, position: str, confidence: str) -> None:
    """Let the reader of a position answer and sign."""
    trial.sign(
        {"R1": "reader1", "R2": "reader2"}[position],
        trial.task(subject, "READ", position=position),
        AnswerChange("OVERALL", "", "PRESENT", "true"),
        AnswerChange("OVERALL", "", "CONFIDENCE", confidence),
        AnswerChange("LESION", "1", "DIAMETER", "10.50"),
    )
