"""Amending what is signed: with a reason, by the same person, and what rested on it turns stale."""

import pytest

from accounts.errors import NotFound, NotPermitted, ReauthRequired
from accounts.ledger import log
from research.amendments import (
    abandon_amendment,
    amend_read,
    changes_between,
    reconfirm_read,
    repeat_task,
    revisions,
)
from research.answers import AnswerChange
from research.drafts import save_draft
from research.errors import IllegalTransition, ReasonRequired, StaleRead
from research.ids import ProjectId
from research.read_records import read_of_task, revisions_of_task
from research.reads import open_task, reopen_read, sign_read, submit_read
from research.stale_reads import stale_reads
from tests.examples.trials import Trial
from tests.research.amending import sign_amended

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
ABSENT = AnswerChange("OVERALL", "", "PRESENT", "false")
WHY = {"code": "measurement", "text": "measured on the wrong slice"}


@pytest.fixture
def task(trial: Trial) -> str:
    """The signed read of the first reader at baseline."""
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    trial.sign("reader1", task, PRESENT)
    return task


@pytest.fixture
def two_visits(trial: Trial) -> tuple[str, str]:
    """The signed reads of the first reader at baseline and at week 6."""
    subject = trial.add_subject("001", ["BL", "W6"])
    tasks = []
    for visit in ("BL", "W6"):
        trial.approve(subject, visit=visit)
        tasks.append(trial.task(subject, "READ", visit=visit, position="R1"))
        trial.sign("reader1", tasks[-1], PRESENT)
    return tasks[0], tasks[1]


def amend(trial: Trial, task: str, *changes: AnswerChange) -> None:
    """Amend a read and sign it anew."""
    with trial.acting("reader1") as by:
        amend_read(by, task, **WHY)
    sign_again(trial, task, *changes)


def sign_again(trial: Trial, task: str, *changes: AnswerChange) -> None:
    sign_amended(trial, "reader1", task, *changes)


def entries(trial: Trial, action: str) -> list[log.Entry]:
    with trial.looking() as by:
        return list(log.entries(by.session, trial.project, action=action))


def test_the_signed_revision_stays_in_force_until_the_next_is_signed(
    trial: Trial, task: str
) -> None:
    with trial.acting("reader1") as by:
        amend_read(by, task, **WHY)
    with trial.acting("reader1") as by:
        save_draft(by, task, draft=0, changes=[ABSENT])

    with trial.looking("reader1") as by:
        (only,) = revisions(by, task)

    assert trial.state(task) == "amending"
    assert (only.revision, only.status, only.is_in_force) == (1, "signed", True)
    assert [answer.value for answer in only.answers] == ["true"]


@pytest.mark.req("R-LINK")
def test_signing_supersedes_the_former_which_keeps_its_signature(trial: Trial, task: str) -> None:
    amend(trial, task, ABSENT)

    with trial.looking("reader1") as by:
        now, former = revisions(by, task)
        found = changes_between(by, task, old=1, new=2)

    assert trial.state(task) == "done"
    assert (now.revision, now.status) == (2, "signed")
    assert (former.revision, former.status) == (1, "superseded")
    assert former.signature is not None
    assert former.signature.printed_name == "Reader1"
    assert now.reason is not None
    assert (now.reason.code, now.reason.text) == ("measurement", "measured on the wrong slice")
    (change,) = found.changes
    assert change.old is not None
    assert change.new is not None
    assert (change.old.value, change.new.value) == ("true", "false")


@pytest.mark.req("R-WHY")
def test_the_ledger_tells_the_amendment_with_old_and_new_value_and_reason(
    trial: Trial, task: str
) -> None:
    amend(trial, task, ABSENT)

    (amended,) = entries(trial, "read_amended")
    (superseded,) = entries(trial, "signature_superseded")
    assert amended.object_revision == 2
    assert amended.reason is not None
    assert amended.reason.code == "measurement"
    assert amended.before == {"OVERALL//PRESENT": {"value": "true"}}
    assert superseded.object_kind == "signature"


@pytest.mark.parametrize(
    "why",
    [
        {"code": "", "text": ""},
        {"code": "measurement", "text": "  "},
        {"code": "", "text": "because"},
        {"code": "whim", "text": "because"},
        {"code": "other", "text": "x" * 2001},
    ],
)
@pytest.mark.req("R-WHY")
def test_without_code_and_words_nothing_is_amended(
    trial: Trial, task: str, why: dict[str, str]
) -> None:
    with trial.acting("reader1") as by, pytest.raises(ReasonRequired, match=r"say why|the reason"):
        amend_read(by, task, **why)

    assert trial.state(task) == "done"


def test_another_reader_does_not_find_the_read(trial: Trial, task: str) -> None:
    with trial.acting("reader2") as by, pytest.raises(NotFound):
        amend_read(by, task, **WHY)
    with trial.acting("manager") as by, pytest.raises((NotFound, NotPermitted)):
        amend_read(by, task, **WHY)

    assert trial.state(task) == "done"


def test_an_amendment_is_signed_with_a_grant_of_its_own(trial: Trial, task: str) -> None:
    with trial.acting("reader1") as by:
        amend_read(by, task, **WHY)
    with trial.acting("reader1") as by:
        submit_read(by, task, draft=0)

    with trial.acting("reader1") as by, pytest.raises(ReauthRequired):
        sign_read(by, task, grant="none")

    with trial.looking("reader1") as by:
        assert len(revisions(by, task)) == 1


def test_a_submitted_amendment_is_taken_back_into_work_before_it_is_signed(
    trial: Trial, task: str
) -> None:
    with trial.acting("reader1") as by:
        amend_read(by, task, **WHY)
    with trial.acting("reader1") as by, pytest.raises(IllegalTransition, match="is draft"):
        reopen_read(by, task)
    with trial.acting("reader1") as by:
        submit_read(by, task, draft=0)
    with trial.acting("reader1") as by, pytest.raises(IllegalTransition, match="is submitted"):
        save_draft(by, task, draft=0, changes=[ABSENT])

    with trial.acting("reader1") as by:
        reopen_read(by, task)

    assert trial.state(task) == "amending"
    sign_again(trial, task, ABSENT)
    assert trial.state(task) == "done"


def test_an_abandoned_amendment_changes_nothing_and_leaves_no_gap(trial: Trial, task: str) -> None:
    with trial.acting("reader1") as by:
        amend_read(by, task, **WHY)
    with trial.acting("reader1") as by:
        save_draft(by, task, draft=0, changes=[ABSENT])
    with trial.acting("reader1") as by:
        abandon_amendment(by, task, code="other", text="the first value was right")

    assert trial.state(task) == "done"
    assert len(entries(trial, "amendment_abandoned")) == 1
    with trial.looking("reader1") as by:
        read = read_of_task(by.session, task)
        assert read is not None
        assert (read.revision, read.status) == (1, "signed")

    with trial.acting("reader1") as by:
        amend_read(by, task, **WHY)
    with trial.looking("reader1") as by:
        read = read_of_task(by.session, task)
        assert read is not None
        assert read.draft == 2, "a tab that shows the abandoned draft must not save onto this one"
    sign_again(trial, task, ABSENT)
    with trial.looking("reader1") as by:
        assert [one.revision for one in revisions(by, task)] == [2, 1]


def test_the_readers_later_visits_turn_stale(trial: Trial, two_visits: tuple[str, str]) -> None:
    first, second = two_visits

    amend(trial, first, ABSENT)

    assert trial.state(second) == "stale"
    (entry,) = entries(trial, "input_changed")
    assert entry.after == {"stale": [second]}
    with trial.looking("manager") as by:
        (stale,) = stale_reads(by, trial.project)
    assert (stale.visit_code, stale.position, stale.revision) == ("W6", "R1", 1)
    assert [(one.visit_code, one.revision) for one in stale.causes] == [("BL", 2)]


def test_the_other_readers_visits_do_not(trial: Trial, two_visits: tuple[str, str]) -> None:
    first, second = two_visits
    with trial.looking() as by:
        read = read_of_task(by.session, second)
        assert read is not None
        subject = read.subject_id
    others = [trial.task(subject, "READ", visit=code, position="R2") for code in ("BL", "W6")]
    for task in others:
        trial.sign("reader2", task, PRESENT)

    amend(trial, first, ABSENT)

    assert [trial.state(task) for task in others] == ["done", "done"]


def test_the_same_answers_again_make_nothing_stale(
    trial: Trial, two_visits: tuple[str, str]
) -> None:
    first, second = two_visits

    amend(trial, first)

    assert trial.state(first) == "done"
    assert trial.state(second) == "done"


def test_a_stale_read_is_confirmed_with_the_same_answers_and_a_signature(
    trial: Trial, two_visits: tuple[str, str]
) -> None:
    first, second = two_visits
    amend(trial, first, ABSENT)

    with trial.acting("reader1") as by:
        again = reconfirm_read(by, second, code="input_changed", text="still so")
    assert trial.state(second) == "stale"
    grant = trial.grant("reader1", second, again.record_digest)
    with trial.acting("reader1") as by:
        sign_read(by, second, grant=grant)

    assert trial.state(second) == "done"
    with trial.looking("reader1") as by:
        now, former = revisions(by, second)
        assert now.answers == former.answers
        assert now.revision == 2
    with trial.looking("manager") as by:
        assert stale_reads(by, trial.project) == ()


def test_only_what_is_stale_is_confirmed(trial: Trial, task: str) -> None:
    with trial.acting("reader1") as by, pytest.raises(IllegalTransition, match="is done"):
        reconfirm_read(by, task, code="input_changed", text="still so")


def test_a_stale_read_is_amended_too_and_stays_stale_when_that_is_abandoned(
    trial: Trial, two_visits: tuple[str, str]
) -> None:
    first, second = two_visits
    amend(trial, first, ABSENT)

    with trial.acting("reader1") as by:
        amend_read(by, second, **WHY)
    with trial.acting("reader1") as by:
        abandon_amendment(by, second, code="other", text="later")
    assert trial.state(second) == "stale"

    amend(trial, second, ABSENT)
    assert trial.state(second) == "done"


def test_what_was_submitted_over_an_earlier_revision_is_not_signed_over_a_newer(
    trial: Trial,
) -> None:
    subject = trial.add_subject("001", ["BL", "W6"])
    for visit in ("BL", "W6"):
        trial.approve(subject, visit=visit)
    first = trial.task(subject, "READ", position="R1")
    second = trial.task(subject, "READ", visit="W6", position="R1")
    trial.sign("reader1", first, PRESENT)
    digest = trial.submit("reader1", second, PRESENT)
    grant = trial.grant("reader1", second, digest)
    amend(trial, first, ABSENT)

    with trial.acting("reader1") as by, pytest.raises(StaleRead):
        sign_read(by, second, grant=grant)

    assert trial.state(second) == "submitted"


def test_a_repeat_supersedes_the_task_and_makes_a_new_run(trial: Trial, task: str) -> None:
    with trial.acting("reader1") as by, pytest.raises(NotPermitted):
        repeat_task(by, task, **WHY)
    with trial.acting("manager") as by:
        again = repeat_task(by, task, **WHY)

    assert trial.state(task) == "superseded"
    assert trial.state(again) == "ready"
    (entry,) = entries(trial, "task_returned")
    assert entry.reason is not None
    assert entry.reason.code == WHY["code"]
    trial.sign("reader1", again, ABSENT)
    with trial.looking("reader1") as by:
        (row,) = revisions_of_task(by.session, again)
        assert row.revision == 2
        (old,) = revisions_of_task(by.session, task)
        assert old.status == "signed", "the first run's record stays as it was"


def test_an_amended_qc_decision_acts(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    qc, read = trial.task(subject, "QC"), trial.task(subject, "READ", position="R1")
    with trial.acting("qc") as by:
        amend_read(by, qc, **WHY)
    with trial.acting("reader1") as by:
        open_task(by, read)
    assert trial.state(read) == "in_progress", "while it is amended the approval stays in force"

    with trial.acting("qc") as by:
        change = AnswerChange("CHECK", "", "DECISION", "reject")
        saved = save_draft(by, qc, draft=0, changes=[change])
    with trial.acting("qc") as by:
        digest = submit_read(by, qc, draft=saved.draft).record_digest
    grant = trial.grant("qc", qc, digest, meaning="approval")
    with trial.acting("qc") as by:
        sign_read(by, qc, grant=grant)

    assert trial.state(qc) == "superseded"
    assert trial.state(read) == "suspended"


def test_nobody_outside_the_project_sees_what_is_stale(trial: Trial) -> None:
    with trial.looking("reader1") as by, pytest.raises(NotPermitted):
        stale_reads(by, trial.project)
    with trial.looking("manager") as by, pytest.raises(NotFound):
        stale_reads(by, ProjectId("99999999-9999-4999-8999-999999999999"))
