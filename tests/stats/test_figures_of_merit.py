"""Each figure of merit without each case, against leaving the case out and computing anew."""

import numpy as np
import pytest

from stats.errors import DegenerateError, InvalidArgumentError
from stats.figures_of_merit import figure

DRAW = np.random.Generator(np.random.Philox(6))
TRUTH = np.arange(24) % 3 == 0
RATINGS = np.clip(np.round(DRAW.standard_normal(24) + TRUTH + 3), 1, 5)


def youden(scores, truth):
    """Return a figure of the reader's own."""
    return float((scores[truth] >= 3).mean() - (scores[~truth] >= 3).mean())


FIGURES = {
    "auc": figure("auc"),
    "partial": figure("partial_auc", partial={"specificity": (0.5, 1.0), "correction": "mcclish"}),
    "partial by default": figure("partial_auc"),
    "binormal": figure("binormal_auc"),
    "sensitivity": figure("sensitivity", threshold=3.0),
    "specificity": figure("specificity", threshold=3.0),
    "callable": figure(youden),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_without_a_case_is_the_figure_of_the_others(name):
    merit = FIGURES[name]

    found = merit.leave_one_out(RATINGS, TRUTH)

    for k in range(TRUTH.size):
        rest = np.arange(TRUTH.size) != k
        expected = merit.value(RATINGS[rest], TRUTH[rest])
        assert found[k] == pytest.approx(expected, abs=1e-6 if name == "binormal" else 1e-12)


def test_sensitivity_uses_the_diseased_and_specificity_the_healthy():
    assert FIGURES["sensitivity"].uses(TRUTH).tolist() == TRUTH.tolist()
    assert FIGURES["specificity"].uses(TRUTH).tolist() == (~TRUTH).tolist()
    assert FIGURES["auc"].uses(TRUTH).all()


def test_a_callable_keeps_its_name_and_has_no_bounds():
    assert FIGURES["callable"].label == "youden"
    assert FIGURES["callable"].bounds == (-np.inf, np.inf)


def test_scores_of_0_and_1_need_no_threshold_and_others_do():
    assert figure("sensitivity").value((RATINGS >= 3).astype(float), TRUTH) == FIGURES[
        "sensitivity"
    ].value(RATINGS, TRUTH)
    with pytest.raises(InvalidArgumentError, match="needs a threshold"):
        figure("sensitivity").value(RATINGS, TRUTH)


@pytest.mark.parametrize("name", ["auc", "partial", "sensitivity"])
def test_one_case_of_a_class_cannot_be_left_out(name):
    with pytest.raises(DegenerateError, match="two cases"):
        FIGURES[name].leave_one_out(np.array([1.0, 2.0, 3.0]), np.array([False, False, True]))


def test_unknown_figures_and_options_are_refused():
    with pytest.raises(InvalidArgumentError, match="figure_of_merit"):
        figure("accuracy")
    with pytest.raises(InvalidArgumentError, match="partial has no sensitivity"):
        figure("partial_auc", partial={"sensitivity": (0.8, 1.0)})
    with pytest.raises(InvalidArgumentError, match="correction"):
        figure("partial_auc", partial={"correction": "half"})
