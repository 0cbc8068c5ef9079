"""The lesion register of reads: identities from baseline, a status at every visit, exact counts."""

import pytest

from accounts.database import Database
from research.amendments import amend_read, reconfirm_read
from research.answers import AnswerChange
from research.drafts import save_draft
from research.errors import CheckFailed
from research.lesions import LesionFindingRow, LesionRow
from research.read_records import read_of_task
from research.reads import open_task, submit_read
from research.response_export import finding_rows, lesion_rows, response_rows
from research.responses import ResponseRow
from research.task_pages import task_page
from tests.examples.trials import Trial
from tests.research.amending import sign_amended
from tests.research.recist_trials import chosen, images, recist_trial, stated, target

TOP = 10**9


@pytest.fixture
def recist(database: Database) -> Trial:
    return recist_trial(database)


@pytest.fixture
def subject(recist: Trial) -> str:
    """A subject whose three visits have approved images."""
    made = recist.add_subject("001", ["BL", "W6", "W12"])
    for visit in ("BL", "W6", "W12"):
        recist.approve(made, visit=visit)
    return made


def task(recist: Trial, subject: str, visit: str, position: str = "R1") -> str:
    return recist.task(subject, "READ", visit=visit, position=position)


def read(recist: Trial, subject: str, visit: str, *changes: AnswerChange) -> None:
    """Open, answer on top of what was carried forward, submit and sign."""
    of = task(recist, subject, visit)
    recist.sign("reader1", of, *changes)


def refused(recist: Trial, subject: str, visit: str, *changes: AnswerChange) -> str:
    """Return the words with which a read is not submitted."""
    of = task(recist, subject, visit)
    with recist.acting("reader1") as by:
        open_task(by, of)
    with recist.acting("reader1") as by:
        saved = save_draft(by, of, draft=0, changes=changes)
    with pytest.raises(CheckFailed) as caught, recist.acting("reader1") as by:
        submit_read(by, of, draft=saved.draft)
    return "\n".join(problem.message for problem in caught.value.problems)


def test_a_signed_read_leaves_lesions_findings_and_a_response(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"), *chosen(2, "20", "lymph_node", "true"))
    read(recist, subject, "W6", *target(1, "present", "21"),
         *target(2, "too_small", stated="tiny, below a pixel"), stated("PR"))  # fmt: skip

    with recist.looking() as by:
        lesions = by.session.query(LesionRow).order_by(LesionRow.number).all()
        findings = by.session.query(LesionFindingRow).filter_by(status="too_small").all()
        responses = by.session.query(ResponseRow).order_by(ResponseRow.ledger_sequence).all()
    assert [(one.number, one.node) for one in lesions] == [("T1", False), ("T2", True)]
    assert all(one.tracking_uid.startswith("2.25.") for one in lesions)
    assert [(one.stated, one.counted_mm) for one in findings] == [("tiny, below a pixel", "5")]
    assert [one.computed for one in responses] == [None, "PR"]
    assert responses[1].explanation == "PR: 26 against baseline 50 at BL, -24 mm, -48.0 %"


def test_what_is_carried_forward_is_who_a_lesion_is_and_never_its_size(
    recist: Trial, subject: str
) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))

    with recist.acting("reader1") as by:
        open_task(by, task(recist, subject, "W6"))

    with recist.looking("reader1") as by:
        page = task_page(by, task(recist, subject, "W6"))
    assert page.read is not None
    carried = {(one.repeat, one.item): one.value for one in page.read.answers}
    assert carried == {("1", "organ"): "liver", ("1", "node"): "false"}


def test_nothing_of_another_reader_is_carried_forward(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))

    with recist.acting("reader2") as by:
        open_task(by, task(recist, subject, "BL", "R2"))

    with recist.looking("reader2") as by:
        page = task_page(by, task(recist, subject, "BL", "R2"))
    assert page.read is not None
    assert page.read.answers == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([images("5"), *chosen(1, "9.9")], "below 10 mm"),
        ([images("7"), *chosen(1, "13.9")], "below 14 mm"),
        ([images("5"), *chosen(1, "14.9", "lymph_node", "true")], "short axis is below 15 mm"),
        ([images(), *chosen(1, "30"), *chosen(2, "30"), *chosen(3, "30")], "at most 2"),
        ([images(), *target(1, "absent", organ="liver", node="false")], "not measurable"),
    ],
)
def test_what_may_not_be_a_target_is_refused_in_words(
    recist: Trial, subject: str, changes: list[AnswerChange], words: str
) -> None:
    assert words in refused(recist, subject, "BL", *changes)


def test_a_target_that_baseline_does_not_have_is_refused(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))

    words = refused(
        recist,
        subject,
        "W6",
        *target(1, "present", "30"),
        *target(2, "present", "12"),
        stated("SD"),
    )

    assert "T2 is a target lesion that BL does not have" in words


def test_a_lesion_that_nobody_speaks_of_is_asked_for(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"), *chosen(2, "20", "lung"))

    gone = [AnswerChange("TARGETS", "2", item) for item in ("organ", "node")]

    asked = refused(recist, subject, "W6", *target(1, "present", "30"), stated("SD"))

    assert "is required" in asked, "the row that was carried forward asks for its status"
    of = task(recist, subject, "W6")
    with recist.acting("reader1") as by:
        saved = save_draft(by, of, draft=1, changes=gone)
    with pytest.raises(CheckFailed) as caught, recist.acting("reader1") as by:
        submit_read(by, of, draft=saved.draft)
    assert "T2 has no status at W6: say what became of it" in str(caught.value.problems)


def test_a_split_lesion_counts_the_sum_of_its_parts_under_its_number(
    recist: Trial, subject: str
) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "40"))
    read(recist, subject, "W6", *target(1, "split"), *target(2, "present", "12", parent="T1"),
         *target(3, "present", "13.5", parent="T1"), stated("PR"))  # fmt: skip

    with recist.looking() as by:
        rows = {
            lesion.number: finding.counted_mm
            for finding, lesion in by.session.query(LesionFindingRow, LesionRow)
            .join(LesionRow, LesionRow.id == LesionFindingRow.lesion_id)
            .filter(LesionFindingRow.status != "x")
            .order_by(LesionFindingRow.ledger_sequence)
        }
        last = by.session.query(ResponseRow).order_by(ResponseRow.ledger_sequence.desc()).first()
    assert rows["T1"] == "25.5"
    assert last is not None
    assert last.computed == "PR"
    assert "25.5 against baseline 40" in last.explanation


def test_a_part_of_a_lesion_that_did_not_split_is_refused(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "40"))

    words = refused(recist, subject, "W6", *target(1, "present", "20"),
                    *target(2, "present", "12", parent="T1"), stated("SD"))  # fmt: skip

    assert "T2 is a part of T1, which is not said to be split" in words


def test_what_disappeared_may_come_back(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))
    read(recist, subject, "W6", *target(1, "absent"), stated("CR"))
    read(recist, subject, "W12", *target(1, "present", "4"), stated("PD"))

    with recist.looking() as by:
        last = by.session.query(ResponseRow).order_by(ResponseRow.ledger_sequence.desc()).first()
    assert last is not None
    assert (last.computed, last.explanation.split("; ")[-1]) == (
        "PD", "a target is back after all were gone"
    )  # fmt: skip


def test_not_evaluable_needs_its_reason(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))

    words = refused(recist, subject, "W6", *target(1, "not_evaluable"), stated("NE"))

    assert "say why" in words


def test_a_stated_response_that_differs_needs_a_reason(recist: Trial, subject: str) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))

    words = refused(recist, subject, "W6", *target(1, "present", "21"), stated("SD"))

    assert "differs from the computed response: say why" in words


def test_a_lesion_taken_away_upstream_is_named_when_what_rests_on_it_is_looked_at_again(
    recist: Trial, subject: str
) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"), *chosen(2, "20", "lung"))
    read(recist, subject, "W6", *target(1, "present", "30"), *target(2, "present", "20"),
         stated("SD"))  # fmt: skip
    why = {"code": "entry", "text": "T2 was the same lesion"}
    with recist.acting("reader1") as by:
        amend_read(by, task(recist, subject, "BL"), **why)
    gone = [AnswerChange("TARGETS", "2", item) for item in ("status", "organ", "node", "DIAM")]
    sign_amended(recist, "reader1", task(recist, subject, "BL"), *gone)

    with pytest.raises(CheckFailed) as caught, recist.acting("reader1") as by:
        reconfirm_read(by, task(recist, subject, "W6"), **why)

    words = "\n".join(problem.message for problem in caught.value.problems)
    assert "T2 is a target lesion that BL does not have: it was taken away there" in words
    with recist.looking() as by:
        later = read_of_task(by.session, task(recist, subject, "W6"))
        assert later is not None
        assert later.status == "signed"


def test_the_lake_takes_one_row_per_response_lesion_and_finding(
    recist: Trial, subject: str
) -> None:
    read(recist, subject, "BL", images(), *chosen(1, "30"))
    read(recist, subject, "W6", *target(1, "present", "21"), stated("PR"))

    with recist.looking() as by:
        stretch = {"after_sequence": -1, "up_to": TOP}
        responses = list(response_rows(by.session, recist.project, **stretch))
        lesions = list(lesion_rows(by.session, recist.project, **stretch))
        findings = list(finding_rows(by.session, recist.project, **stretch))
        assert list(response_rows(by.session, recist.project, after_sequence=TOP, up_to=TOP)) == []
    assert [(one.visit_code, one.revision, one.computed, one.sum_mm) for one in responses] == [
        ("BL", 1, None, "30"), ("W6", 1, "PR", "21")
    ]  # fmt: skip
    assert [(one.number, one.first_visit_code) for one in lesions] == [("T1", "BL")]
    assert [(one.visit_code, one.size_mm, one.counted_mm) for one in findings] == [
        ("BL", "30", "30"), ("W6", "21", "21")
    ]  # fmt: skip
