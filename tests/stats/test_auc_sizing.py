"""Power and size of one AUC against pROC's `power.roc.test`."""

import pytest

from stats.errors import InvalidArgumentError
from stats.roc import auc_power, auc_sample_size
from tests.shared import stats_json


def test_power_is_that_of_proc():
    expected = stats_json("power_roc.json")["a"]

    found = auc_power(
        expected["auc"], n_diseased=expected["ncases"], n_healthy=expected["ncontrols"]
    )

    assert found == pytest.approx(expected["power"], abs=1e-6)


def test_size_is_that_of_proc():
    expected = stats_json("power_roc.json")["n"]

    found = auc_sample_size(expected["auc"], power=expected["power"])

    assert found.n_diseased == pytest.approx(expected["ncases"], rel=1e-6)
    assert found.n_healthy == pytest.approx(expected["ncontrols"], rel=1e-6)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0])
def test_the_found_size_has_the_wanted_power(ratio):
    size = auc_sample_size(0.7, power=0.85, ratio=ratio)

    assert size.n_healthy == pytest.approx(ratio * size.n_diseased)
    assert auc_power(0.7, n_diseased=size.n_diseased, n_healthy=size.n_healthy) == pytest.approx(
        0.85
    )


@pytest.mark.parametrize("value", [0.5, 1.0, 0.4])
def test_an_area_that_cannot_be_sized_is_refused(value):
    with pytest.raises(InvalidArgumentError, match="auc"):
        auc_power(value, n_diseased=10, n_healthy=10)


def test_impossible_numbers_are_refused():
    with pytest.raises(InvalidArgumentError, match="above 0"):
        auc_power(0.8, n_diseased=0, n_healthy=10)
    with pytest.raises(InvalidArgumentError, match="power"):
        auc_sample_size(0.8, power=1.0)
    with pytest.raises(InvalidArgumentError, match="ratio"):
        auc_sample_size(0.8, ratio=0.0)
