import pytest

from accounts.ledger import log
from research.answers import AnswerChange
from research.drafts import save_draft
from research.errors import CheckFailed, StaleRead
from research.images import image_set_digest, visit_instances
from research.reads import open_task, sign_read
from research.visits import visits_of
from tests.examples.trials import Trial

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")


@pytest.mark.req("R-QC", "R-SEQ")
def test_approving_fixes_the_images_and_opens_the_reads(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    assert trial.state(trial.task(subject, "READ", position="R1")) == "waiting"

    trial.approve(subject)

    with trial.looking() as by:
        visit = visits_of(by.session, subject)[0]
        rows = visit_instances(by.session, visit.id)
        (entry,) = log.entries(by.session, trial.project, action="qc_approved")
    digest = image_set_digest((row.sop_instance_uid, row.sha256) for row in rows)
    assert visit.image_set_digest == digest
    assert entry.rows["visits"].keys() == {visit.id}
    assert trial.state(trial.task(subject, "READ", position="R1")) == "ready"
    assert trial.state(trial.task(subject, "READ", position="R2")) == "ready"


def test_rejecting_gives_the_upload_a_new_run_and_keeps_the_reads_waiting(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    upload, qc = trial.task(subject, "UPLOAD"), trial.task(subject, "QC")

    trial.approve(subject, decision="reject")

    assert (trial.state(upload), trial.state(qc)) == ("superseded", "superseded")
    assert trial.state(trial.task(subject, "UPLOAD")) == "ready"
    assert trial.state(trial.task(subject, "QC")) == "waiting"
    assert trial.state(trial.task(subject, "READ", position="R1")) == "waiting"


def test_new_images_after_a_rejection_are_checked_again_and_read(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject, decision="reject")

    trial.receive(subject, "BL", series="2")
    trial.approve(subject)

    trial.sign("reader1", trial.task(subject, "READ", position="R1"), PRESENT)
    assert trial.state(trial.task(subject, "READ", position="R1")) == "done"


@pytest.mark.req("R-QC")
def test_a_decision_about_fewer_images_than_there_are_is_not_signed(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    task = trial.task(subject, "QC")
    approve = AnswerChange("CHECK", "", "DECISION", "approve")
    digest = trial.submit("qc", task, approve)
    grant = trial.grant("qc", task, digest, meaning="approval")
    trial.receive(subject, "BL", series="2")

    with pytest.raises(StaleRead), trial.acting("qc") as by:
        sign_read(by, task, grant=grant)


def test_images_after_approval_reopen_qc_suspend_begun_reads_and_make_signed_ones_stale(
    trial: Trial,
) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    signed = trial.task(subject, "READ", position="R1")
    begun = trial.task(subject, "READ", position="R2")
    trial.sign("reader1", signed, PRESENT)
    with trial.acting("reader2") as by:
        open_task(by, begun)
        save_draft(by, begun, draft=0, changes=[PRESENT])

    trial.receive(subject, "BL", series="2")

    assert trial.state(signed) == "stale"
    assert trial.state(begun) == "suspended"
    assert trial.state(trial.task(subject, "QC")) == "ready"

    trial.approve(subject)
    with trial.acting("reader2") as by:
        open_task(by, begun)
        draft = save_draft(by, begun, draft=1, changes=())
    assert trial.state(begun) == "in_progress"
    assert [answer.value for answer in draft.answers] == ["true"]


def test_a_reason_for_no_decision_is_no_decision(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])

    with pytest.raises(CheckFailed, match="approve or reject"):
        trial.submit(
            "qc",
            trial.task(subject, "QC"),
            AnswerChange("CHECK", "", "DECISION", None, "unknown", reason="no images"),
        )
