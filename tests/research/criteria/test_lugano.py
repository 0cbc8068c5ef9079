"""Lugano 2014: metabolic response by the Deauville score, and response on CT.

Source: Cheson et al. 2014, J Clin Oncol 32:3059, table 3 and its worked example of the spleen.
"""

from decimal import Decimal

import pytest

from research.criteria.errors import HistoryRefused
from research.criteria.lugano import Lugano
from tests.research.criteria.histories import history


def facts(**words):
    numbers = ("deauville", "spleen_mm")
    return {name: Decimal(word) if name in numbers else word for name, word in words.items()}


def on_ct(rows, spleens=(), **more):
    seen = [facts(spleen_mm=one) for one in spleens]
    found = Lugano(basis="ct").assess(history(rows, facts=seen, **more))
    return [one.response for one in found][1:]


@pytest.mark.parametrize(
    ("seen", "response", "metabolic"),
    [
        ({"deauville": "1"}, "CR", "CMR"),
        ({"deauville": "2"}, "CR", "CMR"),
        ({"deauville": "3"}, "CR", "CMR"),
        ({"deauville": "4", "uptake": "decreased"}, "PR", "PMR"),
        ({"deauville": "5", "uptake": "decreased"}, "PR", "PMR"),
        ({"deauville": "4", "uptake": "unchanged"}, "SD", "NMR"),
        ({"deauville": "5", "uptake": "unchanged"}, "SD", "NMR"),
        ({"deauville": "4", "uptake": "increased"}, "PD", "PMD"),
        ({"deauville": "5", "uptake": "increased"}, "PD", "PMD"),
        ({"deauville": "3", "new_foci": True}, "PD", "PMD"),
        ({"deauville": "2", "marrow": "new"}, "PD", "PMD"),
        ({"deauville": "2", "marrow": "residual"}, "PR", "PMR"),
        ({"deauville": "4"}, "NE", "NE"),
    ],
)
def test_the_metabolic_response_is_that_of_the_table(seen, response, metabolic):
    rows = {"T1": ["40 x 30", "40 x 30"]}

    found = Lugano().evaluate(history(rows, facts=[{}, facts(**seen)]))

    assert (found.response, found.parts["pet"]) == (response, metabolic)


def test_a_residual_mass_without_uptake_is_a_complete_response_and_ct_is_noted():
    rows = {"T1": ["40 x 30", "38 x 30"]}

    found = Lugano().evaluate(history(rows, facts=[{}, facts(deauville="2")]))

    assert found.explanation == "CR: Deauville 2"
    assert found.notes == ("on CT SD: 1140 against baseline 1200 at BL, -60 mm², -5.0 %",)


@pytest.mark.parametrize("score", ["0", "6", "2.5"])
def test_a_score_that_does_not_exist_is_refused(score):
    seen = history({"T1": ["40 x 30", "40 x 30"]}, facts=[{}, facts(deauville=score)])

    with pytest.raises(HistoryRefused, match="is not one of 1 to 5"):
        Lugano().evaluate(seen)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("15 x 12", "CR"),
        ("15.1 x 12", "PR"),
        ("30 x 20", "PR"),
        ("30 x 20.1", "SD"),
        ("40 x 30", "SD"),
        ("NE", "NE"),
        ("absent", "CR"),
        ("too small", "CR"),
    ],
)
def test_a_node_of_15_mm_is_normal_and_half_the_product_is_a_response(now, expected):
    assert on_ct({"T1": ["40 x 30", now]}, nodes=("T1",)) == [expected]


def test_outside_of_nodes_everything_has_to_be_gone():
    assert on_ct({"T1": ["40 x 30", "12 x 10"]}) == ["PR"]
    assert on_ct({"T1": ["40 x 30", "absent"], "NT1": ["10", "10"]}) == ["PR"]
    assert on_ct({"T1": ["40 x 30", "absent"], "NT1": ["10", "absent"]}) == ["CR"]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("18 x 10", "24 x 12", "PD"),
        ("18 x 10", "22 x 12.5", "SD"),
        ("18 x 10", "23 x 11", "SD"),
        ("18 x 10", "20 x 15", "PD"),
        ("20 x 20", "25 x 24", "PD"),
        ("24 x 20", "30 x 26", "SD"),
        ("24 x 20", "34 x 22", "PD"),
        ("8 x 6", "14 x 12", "CR"),
        ("8 x 6", "16 x 12", "PD"),
    ],
)
def test_one_node_progresses_by_half_its_product_and_5_or_10_mm(before, now, expected):
    rows = {"T1": ["18 x 10" if before != "8 x 6" else "20 x 15", before, now]}
    if before in ("20 x 20", "24 x 20"):
        rows = {"T1": [before, before, now]}

    assert on_ct(rows, nodes=("T1",))[-1] == expected


@pytest.mark.parametrize(
    ("spleens", "expected"),
    [
        (("150", "160"), "SD"),
        (("150", "160.1"), "PD"),
        (("125", "144"), "SD"),
        (("125", "145"), "PD"),
        (("150", "130", "149"), "SD"),
        (("150", "130", "150"), "PD"),
    ],
)
def test_a_spleen_of_15_cm_has_to_exceed_16_and_a_normal_one_to_gain_2(spleens, expected):
    """The paper's own example: with 13 cm as normal, 15 cm has to grow beyond 16 cm."""
    rows = {"T1": ["40 x 30"] * len(spleens)}

    assert on_ct(rows, spleens)[-1] == expected


def test_a_partial_response_needs_the_spleen_to_shrink_by_half_of_its_excess():
    rows = {"T1": ["40 x 30", "20 x 20"]}

    assert on_ct(rows, ("150", "139"), nodes=("T1",)) == ["PR"]
    assert on_ct(rows, ("150", "140"), nodes=("T1",)) == ["SD"]


def test_new_lesions_growth_elsewhere_and_marrow_are_progression_on_ct():
    rows = {"T1": ["40 x 30", "20 x 10"], "NT1": ["10", "progressed"], "NEW1": ["-", "16 x 10"]}
    seen = history(rows, facts=[{}, {"marrow": "new"}])

    found = Lugano(basis="ct").evaluate(seen)

    assert found.explanation == (
        "PD: unequivocal progression of NT1; new lesion NEW1; new or recurrent marrow involvement"
    )


def test_the_best_response_stands_until_progression():
    rows = {"T1": ["40 x 30", "20 x 20", "absent", "20 x 20"]}

    course = Lugano(basis="ct").course(history(rows))

    assert [one.response for one in course.assessments[1:]] == ["PR", "CR", "PD"]
    assert course.best.explanation == "CR at W12, progression at W18"


@pytest.mark.parametrize(("size", "expected"), [("10 x 10", "PR"), ("10.1 x 10", "PD")])
def test_an_extranodal_lesion_that_had_gone_is_back_from_above_10_mm(size, expected):
    assert on_ct({"T1": ["40 x 30", "absent", size]}) == ["CR", expected]
