import pytest

from accounts.database import Database
from research.answers import AnswerChange
from tests.examples.trials import Trial, make_trial

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
DIAMETER = AnswerChange("LESION", "1", "DIAMETER", "30.10")


@pytest.fixture
def trial(database: Database) -> Trial:
    return make_trial(database)


def test_images_qc_and_two_signed_reads_complete_a_visit(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)

    trial.sign("reader1", trial.task(subject, "READ", position="R1"), PRESENT, DIAMETER)
    trial.sign("reader2", trial.task(subject, "READ", position="R2"), PRESENT)

    assert trial.state(trial.task(subject, "READ", position="R1")) == "done"
    assert trial.state(trial.task(subject, "READ", position="R2")) == "done"
    assert trial.state(trial.task(subject, "READ", visit="W6", position="R1")) == "waiting"
