"""The Roe–Metz model: its published structures, its true AUC, its designs."""

import numpy as np
import pytest

from stats.errors import InvalidArgumentError
from stats.readings import design_of, readings
from stats.simulate import ROE_METZ_1997, roe_metz, true_auc
from stats.u_statistics import u_statistics
from tests.stats.studies import SIMULATED

# Roe & Metz 1997, Acad Radiol 4:298, Table 1: area of a reader of average skill.
AREAS = {"0.75": 0.702, "1.50": 0.856, "2.50": 0.961}


@pytest.mark.parametrize("name", ROE_METZ_1997)
def test_a_published_structure_has_its_area_and_unit_variance_of_cases(name):
    structure = ROE_METZ_1997[name]
    variances = dict(structure["variances"])

    of_cases = variances | {"R": 0.0, "TR": 0.0}

    assert sum(of_cases.values()) == pytest.approx(1.0)
    assert true_auc(means=structure["means"], variances=of_cases)[0] == pytest.approx(
        AREAS[name[2:]], abs=1e-3
    )


def test_there_are_twelve_structures_and_readers_of_h_vary_more_than_of_l():
    assert len(ROE_METZ_1997) == 12
    for data in "HL":
        for area in AREAS:
            high = ROE_METZ_1997[f"{data}H{area}"]["variances"]["R"]
            assert high > ROE_METZ_1997[f"{data}L{area}"]["variances"]["R"]


def test_a_large_study_has_the_true_area():
    structure = ROE_METZ_1997["LL1.50"]
    means = (1.0, 2.0)

    study = roe_metz(
        readers=60,
        healthy=150,
        diseased=150,
        means=means,
        variances=structure["variances"],
        seed=3,
    )

    truth = true_auc(means=means, variances=structure["variances"])
    for row, expected in zip(u_statistics(study, **SIMULATED).modalities, truth, strict=True):
        assert row.auc == pytest.approx(expected, abs=3.5 * row.variance**0.5)


def test_the_same_seed_gives_the_same_study_and_another_another():
    one, two, three = (
        roe_metz(readers=2, healthy=3, diseased=3, seed=seed, **ROE_METZ_1997["HH0.75"])
        for seed in (1, 1, 2)
    )

    assert one.equals(two)
    assert not one.equals(three)


def test_names_sort_in_the_order_of_their_numbers():
    study = roe_metz(readers=12, healthy=3, diseased=3, seed=1, **ROE_METZ_1997["HH0.75"])

    assert sorted(study["reader"].unique()) == [f"r{k:02d}" for k in range(1, 13)]


@pytest.mark.parametrize(
    ("design", "cases"),
    [("crossed", 12), ("cases_in_readers", 48), ("cases_in_modalities", 24), ("split_plot", 12)],
)
def test_a_design_has_the_reads_it_says(design, cases):
    blocks = 2 if design == "split_plot" else 1

    study = roe_metz(
        readers=4,
        healthy=6,
        diseased=6,
        seed=1,
        design=design,
        blocks=blocks,
        **ROE_METZ_1997["HH0.75"],
    )

    assert study["case"].n_unique() == cases
    assert design_of(readings(study, **SIMULATED)) == design


def test_each_block_of_a_split_plot_has_both_classes():
    study = roe_metz(
        readers=6,
        healthy=7,
        diseased=5,
        seed=1,
        design="split_plot",
        blocks=3,
        **ROE_METZ_1997["HH0.75"],
    )

    assert study.group_by("reader").agg(n=study["truth"].n_unique())["n"].to_list() == [2] * 6


def test_variances_may_differ_between_the_classes():
    study = roe_metz(
        readers=1, healthy=4000, diseased=4000, means=(0.0,), variances={"C": (1.0, 4.0)}, seed=1
    )

    spread = study.group_by("truth").agg(study["score"].std()).sort("truth")

    healthy, diseased = (study.filter(study["truth"] == truth)["score"].std() for truth in (0, 1))
    assert spread.shape == (2, 2)
    assert diseased / healthy == pytest.approx(2.0, rel=0.05)
    assert true_auc(means=(np.sqrt(5.0),), variances={"C": (1.0, 4.0)})[0] == pytest.approx(
        0.8413, abs=1e-4
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"readers": 0},
        {"means": ()},
        {"variances": {"reader": 1.0}},
        {"variances": {"R": -1.0}},
        {"variances": {"R": float("nan")}},
        {"design": "nested"},
        {"blocks": 2},
        {"design": "split_plot", "blocks": 5},
    ],
)
def test_what_cannot_be_simulated_is_refused(wrong):
    options = {"readers": 4, "healthy": 4, "diseased": 4, "seed": 1} | ROE_METZ_1997["HH0.75"]

    with pytest.raises(InvalidArgumentError):
        roe_metz(**(options | wrong))


def test_a_model_without_variance_has_no_curve():
    with pytest.raises(InvalidArgumentError, match="all 0"):
        true_auc(means=(1.0,), variances={})
