from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from accounts.errors import NotFound, NotPermitted, ReauthRequired, StaleRecord
from accounts.ledger import log
from research.answers import AnswerChange, AnswerRow
from research.drafts import save_draft
from research.errors import (
    CheckFailed,
    IllegalTransition,
    Invalid,
    NotReady,
    ProjectLocked,
    ResearchError,
    StaleRead,
    StaleRevision,
)
from research.projects import ProjectRow
from research.read_records import ReadRow, read_of_task
from research.reads import open_task, reopen_read, sign_read, submit_read
from research.visits import VisitRow
from tests.examples.trials import Trial

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
DIAMETER = AnswerChange("LESION", "1", "DIAMETER", "30.10")
UNKNOWN = "99999999-9999-4999-8999-999999999999"


def ready_task(trial: Trial, position: str = "R1") -> str:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    return trial.task(subject, "READ", position=position)


def saved(trial: Trial, task: str, draft: int, *changes: AnswerChange) -> int:
    with trial.acting("reader1") as by:
        return save_draft(by, task, draft=draft, changes=changes).draft


def opened(trial: Trial) -> str:
    task = ready_task(trial)
    with trial.acting("reader1") as by:
        open_task(by, task)
    return task


def test_images_qc_and_two_signed_reads_complete_a_visit(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)

    trial.sign("reader1", trial.task(subject, "READ", position="R1"), PRESENT, DIAMETER)
    trial.sign("reader2", trial.task(subject, "READ", position="R2"), PRESENT)

    assert trial.state(trial.task(subject, "READ", position="R1")) == "done"
    assert trial.state(trial.task(subject, "READ", position="R2")) == "done"
    assert trial.state(trial.task(subject, "READ", visit="W6", position="R1")) == "waiting"


def test_opening_twice_is_one_read_and_one_entry(trial: Trial) -> None:
    task = ready_task(trial)

    with trial.acting("reader1") as by:
        first = open_task(by, task)
    with trial.acting("reader1") as by:
        second = open_task(by, task)

    assert first == second
    with trial.looking() as by:
        entries = log.entries(by.session, trial.project, action="task_opened")
    assert len([entry for entry in entries if entry.object_id == task]) == 1


def test_each_save_returns_the_number_the_next_must_name(trial: Trial) -> None:
    task = opened(trial)

    assert saved(trial, task, 0, PRESENT) == 1
    assert saved(trial, task, 1, DIAMETER) == 2
    assert saved(trial, task, 2, DIAMETER) == 2, "nothing changed, so nothing is counted"


def test_a_save_onto_an_older_draft_is_refused_with_the_newest_number(trial: Trial) -> None:
    task = opened(trial)
    saved(trial, task, 0, PRESENT)

    with pytest.raises(StaleRevision) as refused:
        saved(trial, task, 0, DIAMETER)

    assert refused.value.current == 1
    with trial.looking("reader1") as by:
        read = read_of_task(by.session, task)
        assert read is not None
        assert by.session.query(AnswerRow).filter_by(read_id=read.id).count() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (AnswerChange("LESION", "1", "DIAMETER", "12,5"), "plain decimal"),
        (AnswerChange("LESION", "1", "DIAMETER", "1e400"), "plain decimal"),
        (AnswerChange("LESION", "1", "DIAMETER", "NaN"), "plain decimal"),
        (AnswerChange("LESION", "1", "DIAMETER", "-1"), "below 0"),
        (AnswerChange("LESION", "", "DIAMETER", "1"), "repeat key"),
        (AnswerChange("LESION", "x", "DIAMETER", "1"), "repeat key"),
        (AnswerChange("LESION", "201", "DIAMETER", "1"), "repeat key"),
        (AnswerChange("OVERALL", "1", "PRESENT", "true"), "does not repeat"),
        (AnswerChange("OVERALL", "", "PRESENT", "yes"), "neither true nor false"),
        (AnswerChange("OVERALL", "", "CONFIDENCE", "6"), "not a step"),
        (AnswerChange("OVERALL", "", "HINT", "seen"), "note"),
        (AnswerChange("OVERALL", "", "COMMENT", "a\x00b"), "control character"),
        (AnswerChange("OVERALL", "", "PRESENT", "true", "unknown"), "not both"),
        (AnswerChange("OVERALL", "", "PRESENT", "true", reason="why"), "also a value"),
        (AnswerChange("OVERALL", "", "PRESENT", None, "unknown", reason="x" * 2001), "more than"),
        (AnswerChange("OVERALL", "", "PRESENT", None, "no_answer"), "is one of not_done"),
        (AnswerChange("OVERALL", "", "PRESENT", None, "forgot"), "is one of not_done"),
        (AnswerChange("NOWHERE", "", "NOTHING", "1"), "not an item"),
    ],
)
def test_an_unacceptable_answer_is_refused_and_its_neighbours_with_it(
    trial: Trial, change: AnswerChange, message: str
) -> None:
    task = opened(trial)

    with pytest.raises(Invalid) as refused:
        saved(trial, task, 0, PRESENT, change)

    (problem,) = refused.value.problems
    assert problem.where == str(change.key)
    assert message in problem.message
    assert saved(trial, task, 0) == 0


def test_a_cleared_answer_is_gone_and_the_entry_keeps_what_it_was(trial: Trial) -> None:
    task = opened(trial)
    saved(trial, task, 0, PRESENT)

    saved(trial, task, 1, AnswerChange("OVERALL", "", "PRESENT"))

    with trial.looking() as by:
        entry = log.entries(by.session, trial.project, action="draft_saved")[-1]
    assert entry.before == {"OVERALL//PRESENT": {"value": "true"}}
    assert entry.after == {"OVERALL//PRESENT": None}


def test_free_text_enters_the_ledger_as_a_commitment_only(trial: Trial) -> None:
    task = opened(trial)

    saved(trial, task, 0, AnswerChange("OVERALL", "", "COMMENT", "CANARY"))

    with trial.looking() as by:
        entry = log.entries(by.session, trial.project, action="draft_saved")[-1]
    assert b"CANARY" not in entry.to_bytes()
    assert b"commitment" in entry.to_bytes()


def test_an_incomplete_read_is_not_submitted_and_says_all_that_is_missing(trial: Trial) -> None:
    task = opened(trial)
    draft = saved(trial, task, 0, AnswerChange("LESION", "2", "SLICES", "3"))

    with pytest.raises(CheckFailed) as refused, trial.acting("reader1") as by:
        submit_read(by, task, draft=draft)

    assert {problem.where for problem in refused.value.problems} == {
        "OVERALL//PRESENT",
        "LESION/2/DIAMETER",
    }
    assert trial.state(task) == "in_progress"


def test_a_reason_for_no_answer_answers_a_required_item(trial: Trial) -> None:
    task = ready_task(trial)

    trial.sign(
        "reader1",
        task,
        AnswerChange("OVERALL", "", "PRESENT", None, "not_evaluable", reason="motion"),
    )

    assert trial.state(task) == "done"


def test_a_double_submit_is_refused_the_second_time(trial: Trial) -> None:
    task = ready_task(trial)
    trial.submit("reader1", task, PRESENT)

    with pytest.raises(IllegalTransition, match="submitted"), trial.acting("reader1") as by:
        submit_read(by, task, draft=1)


def test_of_two_submits_at_the_same_moment_one_wins(trial: Trial) -> None:
    task = opened(trial)
    saved(trial, task, 0, PRESENT)
    outcomes = together(trial, lambda by: submit_read(by, task, draft=1))

    assert sorted(outcomes) == ["IllegalTransition", "done"]


def test_of_two_saves_at_the_same_moment_one_wins(trial: Trial) -> None:
    task = opened(trial)
    outcomes = together(
        trial,
        lambda by: save_draft(by, task, draft=0, changes=[PRESENT]),
        lambda by: save_draft(by, task, draft=0, changes=[DIAMETER]),
    )

    assert sorted(outcomes) == ["StaleRevision", "done"]


def test_of_two_signatures_with_one_grant_one_is_made(trial: Trial) -> None:
    task = ready_task(trial)
    grant = trial.grant("reader1", task, trial.submit("reader1", task, PRESENT))
    outcomes = together(trial, lambda by: sign_read(by, task, grant=grant))

    assert sorted(outcomes) == ["IllegalTransition", "done"]
    with trial.looking() as by:
        entries = log.entries(by.session, trial.project, action="read_signed")
    assert len(entries) == 1


def together(trial: Trial, *commands: Callable[..., object]) -> list[str]:
    """Run two commands of the first reader at once; return how each ended."""
    barrier = Barrier(2)
    first, second = commands if len(commands) == 2 else commands * 2

    def run(command: Callable[..., object]) -> str:
        barrier.wait(timeout=30)
        try:
            with trial.acting("reader1") as by:
                command(by)
        except ResearchError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, (first, second)))


def test_a_reopened_read_is_edited_and_needs_a_new_grant(trial: Trial) -> None:
    task = ready_task(trial)
    digest = trial.submit("reader1", task, PRESENT)
    grant = trial.grant("reader1", task, digest)
    with trial.acting("reader1") as by:
        reopen_read(by, task)
    draft = saved(trial, task, 1, DIAMETER)
    with trial.acting("reader1") as by:
        again = submit_read(by, task, draft=draft)

    assert again.record_digest != digest
    with pytest.raises(StaleRecord), trial.acting("reader1") as by:
        sign_read(by, task, grant=grant)
    assert trial.state(task) == "submitted"


@pytest.mark.parametrize("deed", ["save", "submit", "reopen", "sign"])
def test_a_signed_read_cannot_be_changed(trial: Trial, deed: str) -> None:
    task = ready_task(trial)
    trial.sign("reader1", task, PRESENT)
    deeds: dict[str, Callable[..., object]] = {
        "save": lambda by: save_draft(by, task, draft=1, changes=[DIAMETER]),
        "submit": lambda by: submit_read(by, task, draft=1),
        "reopen": lambda by: reopen_read(by, task),
        "sign": lambda by: sign_read(by, task, grant="any"),
    }

    with pytest.raises(IllegalTransition, match="done"), trial.acting("reader1") as by:
        deeds[deed](by)


def test_signing_needs_a_grant_for_this_read(trial: Trial) -> None:
    task = ready_task(trial)
    trial.submit("reader1", task, PRESENT)

    with pytest.raises(ReauthRequired), trial.acting("reader1") as by:
        sign_read(by, task, grant="none")

    assert trial.state(task) == "submitted"


def test_what_was_submitted_on_other_images_is_not_signed(trial: Trial) -> None:
    task = ready_task(trial)
    digest = trial.submit("reader1", task, PRESENT)
    grant = trial.grant("reader1", task, digest)
    with trial.acting() as by:
        read = read_of_task(by.session, task)
        assert read is not None
        visit = by.session.get(VisitRow, read.visit_id)
        assert visit is not None
        visit.image_set_digest = "0" * 64

    with pytest.raises(StaleRead), trial.acting("reader1") as by:
        sign_read(by, task, grant=grant)


@pytest.mark.req("R-LINK")
def test_the_signature_binds_form_images_and_answers(trial: Trial) -> None:
    task = ready_task(trial)

    signature = trial.sign("reader1", task, PRESENT)

    with trial.looking() as by:
        read = read_of_task(by.session, task)
        (entry,) = log.entries(by.session, trial.project, action="read_signed")
        made = log.read_entry(by.session, trial.project, signature.ledger_sequence)
    assert read is not None
    assert (read.status, read.signature_id) == ("signed", signature.id)
    assert made.after is not None
    assert made.after["form_digest"] == read.form_digest
    assert made.after["image_set_digest"] == read.image_set_digest is not None
    assert made.after["record_digest"] == read.record_digest == signature.record_digest
    assert read.ledger_sequence == entry.sequence
    assert set(entry.rows) == {"reads", "answers"}


@pytest.mark.parametrize("who", ["reader2", "qc", "manager", "statistician"])
@pytest.mark.req("R-SIG2")
def test_nobody_else_touches_a_readers_task(trial: Trial, who: str) -> None:
    task = opened(trial)

    for deed in (
        lambda by: open_task(by, task),
        lambda by: save_draft(by, task, draft=0, changes=[PRESENT]),
        lambda by: submit_read(by, task, draft=0),
        lambda by: sign_read(by, task, grant="any"),
    ):
        with pytest.raises((NotFound, NotPermitted)), trial.acting(who) as by:
            deed(by)


def test_another_readers_task_and_one_that_never_was_are_refused_alike(trial: Trial) -> None:
    task = opened(trial)
    messages = set()

    for id in (task, UNKNOWN):
        with pytest.raises(NotFound) as refused, trial.acting("reader2") as by:
            open_task(by, id)
        messages.add(str(refused.value).replace(id, "…"))

    assert len(messages) == 1


@pytest.mark.req("R-LOCKTP", "R-SEQ")
def test_a_read_of_a_later_visit_is_not_there_yet(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL", "W6"])
    trial.approve(subject, "BL")
    trial.approve(subject, "W6")
    later = trial.task(subject, "READ", visit="W6", position="R1")

    with pytest.raises(NotFound), trial.acting("reader1") as by:
        open_task(by, later)
    trial.sign("reader1", trial.task(subject, "READ", position="R1"), PRESENT)

    with trial.acting("reader1") as by:
        open_task(by, later)


@pytest.mark.req("R-SEQ")
def test_a_qc_task_without_images_is_not_ready(trial: Trial) -> None:
    subject = trial.add_subject("001")

    with pytest.raises(NotReady, match="UPLOAD"), trial.acting("qc") as by:
        open_task(by, trial.task(subject, "QC"))


def test_an_unopened_task_takes_no_answers(trial: Trial) -> None:
    task = ready_task(trial)

    with pytest.raises(IllegalTransition, match="open it first"):
        saved(trial, task, 0, PRESENT)


def test_in_a_locked_project_nothing_changes(trial: Trial) -> None:
    task = opened(trial)
    with trial.acting() as by:
        project = by.session.get(ProjectRow, trial.project)
        assert project is not None
        project.state = "locked"

    with pytest.raises(ProjectLocked, match="ONC-1 is locked"):
        saved(trial, task, 0, PRESENT)


def test_too_many_changes_at_once_are_refused(trial: Trial) -> None:
    task = opened(trial)

    with pytest.raises(Invalid, match="too many"):
        saved(trial, task, 0, *([PRESENT] * 5001))


@pytest.mark.req("R-AUD")
def test_a_failed_entry_undoes_its_change(trial: Trial) -> None:
    task = opened(trial)

    def save_and_fail() -> None:
        with trial.acting("reader1") as by:
            save_draft(by, task, draft=0, changes=[PRESENT])
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        save_and_fail()

    with trial.looking() as by:
        assert by.session.query(AnswerRow).count() == 1, "QC's decision alone"
        drafts = [row.draft for row in by.session.query(ReadRow) if row.task_id == task]
        assert drafts == [0]
