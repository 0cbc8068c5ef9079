"""RANO: products, T2/FLAIR, steroids and clinical state (Wen et al. 2010, J Clin Oncol 28:1963)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from research.criteria.rano import Rano
from tests.research.criteria.histories import DAY_0, history

STABLE = {"steroids_mg": Decimal(4), "flair": "stable", "clinical": "stable"}
OFF = STABLE | {"steroids_mg": Decimal(0)}


def evaluated(sizes, now=STABLE, others=None, constants=None):
    rows = {"T1": sizes} | (others or {})
    seen = history(rows, facts=[STABLE] * (len(sizes) - 1) + [now])
    return Rano(**(constants or {})).evaluate(seen)


@pytest.mark.parametrize(
    ("size", "now", "expected"),
    [
        ("absent", OFF, "CR"),
        ("absent", STABLE, "SD"),
        ("20 x 20", STABLE, "PR"),
        ("20 x 20", STABLE | {"steroids_mg": Decimal(2)}, "PR"),
        ("20 x 20", STABLE | {"steroids_mg": Decimal(6)}, "SD"),
        ("20 x 20", STABLE | {"clinical": "improved", "flair": "improved"}, "PR"),
        ("20 x 20.1", STABLE, "SD"),
        ("40 x 20", STABLE, "SD"),
        ("40 x 24.9", STABLE, "SD"),
        ("40 x 25", STABLE, "PD"),
        ("20 x 20", STABLE | {"flair": "worse"}, "PD"),
        ("20 x 20", STABLE | {"clinical": "worse"}, "PD"),
        ("40 x 20", STABLE | {"steroids_mg": Decimal(8)}, "SD"),
        ("NE", STABLE, "NE"),
    ],
)
def test_the_response_is_that_of_table_4(size, now, expected):
    assert evaluated(["40 x 20", size], now).response == expected


def test_any_new_lesion_and_growth_of_what_is_not_measured_are_progression():
    found = evaluated(
        ["40 x 20", "20 x 20"], others={"NT1": ["10", "progressed"], "NEW1": ["-", "5 x 5"]}
    )

    assert found.explanation == "PD: unequivocal progression of NT1; new lesion NEW1"


def test_a_response_that_lacks_its_conditions_says_which():
    found = evaluated(["40 x 20", "20 x 20"], {"steroids_mg": Decimal(6), "flair": "stable"})

    assert found.response == "SD"
    assert found.notes == ("not PR: clinical is not stable or improved, steroids above baseline",)


def test_growth_on_fewer_steroids_than_at_the_nadir_is_followed():
    found = evaluated(["40 x 20", "30 x 20", "40 x 20"], STABLE | {"steroids_mg": Decimal(1)})

    assert found.response == "SD"
    assert found.notes == ("growth on fewer steroids than at W6: follow it",)
    assert evaluated(["40 x 20", "30 x 20", "40 x 20"]).response == "PD"


@pytest.mark.parametrize(
    ("weeks", "outside", "expected"), [(11, False, "SD"), (11, True, "PD"), (12, False, "PD")]
)
def test_within_twelve_weeks_of_radiotherapy_growth_counts_outside_its_field(
    weeks, outside, expected
):
    end = DAY_0 + timedelta(42) - timedelta(weeks=weeks)

    found = evaluated(
        ["40 x 20", "50 x 20"],
        STABLE | {"outside_field": outside},
        constants={"radiotherapy_end": end},
    )

    assert found.response == expected


def test_a_response_has_to_hold_for_four_weeks():
    rows = {"T1": ["40 x 20", "20 x 20", "40 x 20"]}
    lost = Rano().course(history(rows, facts=[STABLE] * 3)).best
    held = (
        Rano().course(history({"T1": ["40 x 20", "20 x 20", "20 x 20"]}, facts=[STABLE] * 3)).best
    )

    assert (lost.response, lost.progression_visit) == ("SD", "W12")
    assert held.response == "PR"


def test_without_measurable_disease_the_best_is_complete_response_or_stable_disease():
    gone = history({"NT1": ["10", "absent"]}, facts=[STABLE, OFF])
    left = history({"NT1": ["10", "10"]}, facts=[STABLE, STABLE])

    assert Rano().evaluate(gone).response == "CR"
    assert Rano().evaluate(left).response == "SD"
