"""Sizing against RJafroc, in every direction, and where no number is enough."""

import math

import pytest

from stats.errors import DegenerateError, InvalidArgumentError
from stats.mrmc import obuchowski_rockette, sample_size
from tests.shared import stats_json
from tests.stats.studies import VAN_DYKE, close, van_dyke

# Jackknife components of the thoracic dissection study, as printed by OR-DBM MRMC 2.51.
PILOT = {
    "MS_TR": 0.00055103,
    "var": 0.00080229,
    "cov1": 0.00034661,
    "cov2": 0.00034407,
    "cov3": 0.00023903,
}
SIZES = [
    ("RRRC", 5, 213),
    ("RRRC", 6, 170),
    ("RRRC", 10, 119),
    ("FRRC", 5, 126),
    ("FRRC", 6, 118),
    ("FRRC", 10, 101),
    ("RRFC", 5, 166),
    ("RRFC", 6, 99),
    ("RRFC", 10, 38),
]


@pytest.mark.parametrize(("analysis", "readers", "cases"), SIZES)
def test_the_number_of_cases_is_that_of_rjafroc(analysis, readers, cases):
    found = sample_size((PILOT, 114), 0.05, readers=readers, power=0.8, analysis=analysis)

    assert found.cases == cases
    assert found.power >= 0.8
    fewer = sample_size((PILOT, 114), 0.05, readers=readers, cases=cases - 1, analysis=analysis)
    assert fewer.power < 0.8


@pytest.mark.parametrize(("readers", "cases"), [(5, 100), (5, 300), (10, 100), (10, 300)])
def test_power_and_its_parts_are_those_of_rjafroc(readers, cases):
    pilot = obuchowski_rockette(van_dyke(), covariance="jackknife", **VAN_DYKE)
    expected = stats_json("vandyke_samplesize_RJafroc.json")[f"power_J{readers}_K{cases}"]

    found = sample_size(pilot, 0.05, readers=readers, cases=cases)

    assert found.power == pytest.approx(expected["powerRRRC"], abs=1e-6)
    assert found.ncp == close(expected["ncpRRRC"])
    assert found.df2 == close(expected["df2RRRC"])
    assert found.critical == close(expected["fRRRC"])


def test_a_pilot_may_be_a_result_a_dict_or_its_parts():
    pilot = obuchowski_rockette(van_dyke(), covariance="jackknife", **VAN_DYKE)
    forms = (pilot, pilot.to_dict(), (pilot.components, 114), dict(pilot.components, n_cases=114))

    assert {sample_size(form, 0.05, readers=5, power=0.8).cases for form in forms} == {213}


def test_readers_cases_and_power_find_each_other():
    cases = sample_size((PILOT, 114), 0.05, readers=8, power=0.8).cases

    readers = sample_size((PILOT, 114), 0.05, cases=cases, power=0.8)

    assert readers.readers == 8
    assert readers.power == sample_size((PILOT, 114), 0.05, readers=8, cases=cases).power


def test_fixed_readers_have_a_chi_square_and_may_be_one():
    found = sample_size((PILOT, 114), 0.05, readers=1, cases=500, analysis="FRRC")

    assert math.isinf(found.df2)
    assert found.critical == pytest.approx(3.841, abs=1e-3)


def test_negative_components_of_the_pilot_are_taken_as_0_and_said():
    odd = PILOT | {"cov2": 0.0001, "MS_TR": 0.0001}

    found = sample_size((odd, 114), 0.05, readers=5, power=0.8)

    assert len(found.warnings) == 2
    assert all("taken as 0" in warning for warning in found.warnings)


def test_a_study_far_smaller_than_its_pilot_is_said():
    found = sample_size((PILOT, 5000), 0.05, readers=5, cases=100)

    assert "100 cases of the study against 5000 of the pilot" in found.warnings


def test_when_no_number_is_enough_the_answer_says_which_to_raise():
    noisy = PILOT | {"MS_TR": 0.02}
    with pytest.raises(DegenerateError, match="take more readers"):
        sample_size((noisy, 114), 0.01, readers=2, power=0.99)
    with pytest.raises(DegenerateError, match="take more cases"):
        sample_size((PILOT, 114), 0.0001, cases=2, power=0.99)
    with pytest.raises(DegenerateError, match="error term"):
        sample_size((PILOT | {"cov1": 0.002}, 114), 0.05, readers=5, cases=10, analysis="FRRC")


@pytest.mark.parametrize(
    "wrong",
    [
        {"readers": 5},
        {"readers": 5, "cases": 5, "power": 0.8},
        {"readers": 5, "power": 1.0},
        {"readers": 1, "power": 0.8},
        {"readers": 5, "cases": 0},
        {"readers": 5, "power": 0.8, "analysis": "FRFC"},
        {"readers": 5, "power": 0.8, "alpha": 0},
        {"readers": 5, "power": 0.8, "effect": 0.0},
        {"readers": 5, "power": 0.8, "pilot": 3},
        {"readers": 5, "power": 0.8, "pilot": ({"var": 1.0}, 114)},
        {"readers": 5, "power": 0.8, "pilot": (PILOT | {"MS_TR": None}, 114)},
        {"readers": 5, "power": 0.8, "pilot": (PILOT, 1)},
    ],
)
def test_what_cannot_be_sized_is_refused(wrong):
    with pytest.raises(InvalidArgumentError):
        sample_size(**({"pilot": (PILOT, 114), "effect": 0.05} | wrong))


def test_without_any_reader_variance_the_reference_is_nearly_chi_square():
    flat = PILOT | {"MS_TR": 0.0, "var": 0.0003, "cov1": 0.0003, "cov3": 0.0001, "cov2": 0.0001}

    with pytest.raises(DegenerateError):
        sample_size((flat, 114), 0.05, readers=5, cases=100)
