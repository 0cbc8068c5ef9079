"""Worked examples written from the papers alone, by another person than the code's.

mRECIST: Lencioni & Llovet 2010, Semin Liver Dis 30:52. Lugano: Cheson et al. 2014, J Clin Oncol
32:3059. RANO: Wen et al. 2010, J Clin Oncol 28:1963.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from research.criteria.judging import Judge
from research.criteria.lugano import Lugano
from research.criteria.mrecist import ModifiedRecist
from research.criteria.plans import criteria_of, plan_of
from research.criteria.rano import Rano
from research.criteria.selection import LUGANO_LIMITS, RANO_LIMITS, selection_problems
from research.criteria.tables import criteria_items, seen_visit
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.language.context import answers_of
from research.ecrf.ready import ready_form
from tests.research.criteria.histories import DAY_0, history

STABLE = {"steroids_mg": Decimal(4), "flair": "stable", "clinical": "stable"}
SIZES = [Decimal(tenths) / 10 for tenths in range(100, 3001)]


@pytest.mark.parametrize(("organ", "expected"), [("liver", "SD"), ("bone", "PD"), ("lung", "PD")])
def test_mrecist_waits_for_10_mm_in_the_liver_alone(organ: str, expected: str) -> None:
    """A new nodule of the liver counts from 10 mm; a metastasis elsewhere at once."""
    rows = {"T1": ["50", "50"], "NEW1": ["-", "8"]}

    found = ModifiedRecist().evaluate(history(rows, organs={"NEW1": organ}))

    assert found.response == expected


@pytest.mark.parametrize(
    ("spleens", "expected"),
    [
        (["120", "110", "131"], "SD"),
        (["120", "110", "140"], "PD"),
        (["120", "120", "139.9"], "SD"),
        (["150", "150", "160"], "SD"),
        (["150", "150", "160.1"], "PD"),
        (["150", "125", "145"], "PD"),
    ],
)
def test_a_spleen_that_was_normal_is_compared_with_baseline(
    spleens: list[str], expected: str
) -> None:
    """Normal before: 2 cm over baseline; enlarged: half its excess; recurrent: 2 cm over nadir."""
    facts = [{"spleen_mm": Decimal(one)} for one in spleens]
    rows = {"T1": ["40 x 30"] * 3}

    found = Lugano(basis="ct").evaluate(history(rows, nodes=("T1",), facts=facts))

    assert found.response == expected


@pytest.mark.parametrize(
    ("size", "node", "fits"),
    [("15 x 15", True, False), ("15.1 x 8", True, True), ("10 x 10", False, False),
     ("10.1 x 5", False, True)],
)  # fmt: skip
def test_lugano_measures_what_exceeds_15_mm_in_nodes_and_10_mm_elsewhere(
    size: str, node: bool, fits: bool
) -> None:
    seen = history({"T1": [size]}, nodes=("T1",) if node else ())

    assert (selection_problems(seen, limits=LUGANO_LIMITS) == ()) is fits


@pytest.mark.parametrize(("size", "fits"), [("10 x 10", True), ("30 x 9.9", False)])
def test_rano_measures_what_has_10_mm_both_ways(size: str, fits: bool) -> None:
    seen = history({"T1": [size]})

    assert (selection_problems(seen, limits=RANO_LIMITS) == ()) is fits


def test_flair_that_grows_on_fewer_steroids_is_followed() -> None:
    facts = [STABLE, STABLE | {"steroids_mg": Decimal(2), "flair": "worse"}]

    found = Rano().evaluate(history({"T1": ["40 x 20", "40 x 20"]}, facts=facts))

    assert found.response == "SD"
    assert found.notes == ("T2/FLAIR increased on fewer steroids than at BL: follow it",)
    steady = [STABLE, STABLE | {"flair": "worse"}]
    seen = history({"T1": ["40 x 20", "40 x 20"]}, facts=steady)
    assert Rano().evaluate(seen).response == "PD"


@pytest.mark.parametrize("cause", [{"flair": "worse"}, {"clinical": "worse"}])
def test_soon_after_radiotherapy_decline_alone_is_no_progression(cause: dict[str, str]) -> None:
    rano = Rano(radiotherapy_end=DAY_0)
    facts = [STABLE, STABLE | cause]
    seen = history({"T1": ["40 x 20", "40 x 20"]}, facts=facts)

    assert rano.evaluate(seen).response == "SD"
    outside = history({"T1": ["40 x 20", "40 x 20"]},
                      facts=[STABLE, STABLE | {"outside_field": True}])  # fmt: skip
    assert rano.evaluate(outside).response == "PD"


def test_from_twelve_weeks_on_growth_counts_again() -> None:
    rano = Rano(radiotherapy_end=DAY_0 + timedelta(42) - timedelta(weeks=12))

    found = rano.evaluate(history({"T1": ["40 x 20", "50 x 20"]}, facts=[STABLE, STABLE]))

    assert found.response == "PD"


def judged(*sizes: Decimal) -> str | None:
    """Judge one target at each visit through the ready form, as a read does."""
    form = ready_form("recist11").definition
    items = criteria_items(form)
    visits = []
    for at, size in enumerate(sizes):
        given = {"status": "present", "DIAM": f"{size:f}"}
        answers = {ItemKey("TARGETS", "1", name): Answer(text) for name, text in given.items()}
        visits.append((f"V{at}", DAY_0 + timedelta(42 * at), answers_of(form, answers)))
    earlier = tuple(seen_visit(items, *visit) for visit in visits[:-1])
    code, day, now = visits[-1]
    value = Judge(plan_of("recist-1.1"), items, code, day, earlier)(now)["overall"]
    assert value is None or isinstance(value, str)
    return value


def test_each_of_2901_boundaries_is_judged_right_through_the_form() -> None:
    """+20 % is progression from 5 mm of growth on, −30 % a response, a hundredth less is none."""
    hundredth = Decimal("0.01")

    grown = [
        size for size in SIZES if judged(size, size * 12 / 10) != ("PD" if size / 5 >= 5 else "SD")
    ]
    shrunk = [size for size in SIZES if judged(size, size * 7 / 10) != "PR"]
    short = [size for size in SIZES if judged(size, size * 7 / 10 + hundredth) != "SD"]

    assert len(SIZES) == 2901
    assert (grown, shrunk, short) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "version", "constants", "words"),
    [
        ("recist-2", "1.0.0", {}, "there are no criteria 'recist-2'"),
        ("recist-1.1", "0.9.0", {}, "have the version 1.0.0, not 0.9.0"),
        ("recist-1.1", "1.0.0", {"days": 28}, "has no constants days"),
        ("recist-1.1", "1.0.0", {"sd_days": "soon"}, "sd_days"),
    ],
)
def test_a_workflow_pins_criteria_that_exist(
    name: str, version: str, constants: dict[str, str | int], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        criteria_of(name, version, constants)
