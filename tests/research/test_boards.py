import pytest

from accounts.errors import NotPermitted
from research.boards import project_counts, subject_board
from tests.examples.trials import Trial


def test_a_card_counts_only_what_its_viewer_may_know(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)

    with trial.looking("manager") as by:
        counts = project_counts(by, trial.project)
    with trial.looking("reader1") as by:
        mine = project_counts(by, trial.project)

    assert (counts.subjects, counts.instances, counts.reads_signed) == (1, 2, 1)
    assert (mine.subjects, mine.instances, mine.tasks_open, mine.reads_signed) == (None,) * 4
    assert mine.tasks_mine == 1


def test_the_board_says_how_far_each_visit_has_come(trial: Trial) -> None:
    checked = trial.add_subject("001", ["BL"])
    trial.add_subject("002", ["BL"])
    trial.approve(checked)

    with trial.looking("manager") as by:
        board = subject_board(by, trial.project)
    with trial.looking("reader1") as by, pytest.raises(NotPermitted):
        subject_board(by, trial.project)

    states = {(s.code, visit.code): visit.state for s in board for visit in s.visits}
    assert states == {
        ("001", "BL"): "in_reading",
        ("001", "W6"): "expected",
        ("002", "BL"): "in_qc",
        ("002", "W6"): "expected",
    }
