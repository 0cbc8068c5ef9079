"""Bootstraps: reproducible from their seed, near DeLong, by patient, and honest when they fail."""

import numpy as np
import pytest

from stats.errors import DegenerateError, InvalidArgumentError, LengthError, OneClassError
from stats.mrmc import bootstrap_mrmc, obuchowski_rockette
from stats.roc import bootstrap_auc_difference, delong_test
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.stats.studies import SIMULATED

TRUTH = np.arange(200) % 2


def pair(seed=1, n=200):
    draw = np.random.Generator(np.random.Philox(seed))
    shared = draw.standard_normal(n) + TRUTH[:n]
    return shared + draw.standard_normal(n), shared + draw.standard_normal(n)


def study(**options):
    return roe_metz(
        readers=4, healthy=25, diseased=25, seed=4, **ROE_METZ_1997["HH1.50"], **options
    )


def test_the_bootstrap_agrees_with_delong_and_repeats_from_its_seed():
    a, b = pair()

    found = bootstrap_auc_difference(a, b, TRUTH, seed=1, resamples=4000)
    again = bootstrap_auc_difference(a, b, TRUTH, seed=1, resamples=4000)
    delong = delong_test(a, b, TRUTH)

    assert found == again
    assert found.value == pytest.approx(delong.value)
    assert found.se == pytest.approx(delong.se, rel=0.06)
    assert found.ci_low == pytest.approx(delong.ci_low, abs=0.01)
    assert "BCa" in found.method
    assert found.manifest()["seed"] == 1


def test_another_seed_gives_other_resamples():
    a, b = pair()

    one = bootstrap_auc_difference(a, b, TRUTH, seed=1, resamples=200)
    two = bootstrap_auc_difference(a, b, TRUTH, seed=2, resamples=200)

    assert one.se != two.se


def test_patients_entered_twice_keep_the_error_of_patients_entered_once():
    a, b = pair()
    patients = np.tile(np.arange(200), 2)

    once = bootstrap_auc_difference(a, b, TRUTH, seed=1, resamples=2000)
    twice = bootstrap_auc_difference(
        np.tile(a, 2), np.tile(b, 2), np.tile(TRUTH, 2), seed=1, resamples=2000, cluster=patients
    )

    assert twice.se == pytest.approx(once.se, rel=0.05)
    assert "patients" in twice.method


def test_patients_with_both_classes_are_drawn_whole():
    a, b = pair()
    patients = np.arange(200) // 2  # each holds a healthy and a diseased case

    found = bootstrap_auc_difference(a, b, TRUTH, seed=1, resamples=500, cluster=patients)

    assert found.se > 0.0
    assert not found.warnings


def test_identical_scores_fall_back_to_the_percentile_interval():
    a, _ = pair()

    found = bootstrap_auc_difference(a, a, TRUTH, seed=1, resamples=200)

    assert (found.ci_low, found.ci_high) == (0.0, 0.0)
    assert "BCa does not exist" in found.warnings[0]
    assert np.isnan(found.p_value)


def test_too_few_resamples_one_class_and_short_clusters_are_refused():
    a, b = pair()
    with pytest.raises(InvalidArgumentError, match="99 resamples"):
        bootstrap_auc_difference(a, b, TRUTH, seed=1, resamples=99)
    with pytest.raises(OneClassError):
        bootstrap_auc_difference(a, b, np.ones(200), seed=1)
    with pytest.raises(LengthError):
        bootstrap_auc_difference(a, b, TRUTH, seed=1, cluster=[1, 2])


def test_readers_and_cases_are_drawn_and_the_result_is_called_a_sensitivity_analysis():
    frame = study()
    primary = obuchowski_rockette(frame, **SIMULATED).differences[0]

    found = bootstrap_mrmc(frame, seed=1, resamples=2000, **SIMULATED)

    row = found.differences[0]
    assert row.estimate == pytest.approx(primary.estimate)
    assert row.se >= 0.8 * primary.se
    assert "sensitivity analysis" in found.method
    assert any("sensitivity analysis" in warning for warning in found.warnings)
    assert found.n_undefined == 0
    assert found == bootstrap_mrmc(frame, seed=1, resamples=2000, **SIMULATED)


def test_what_is_fixed_is_not_drawn():
    frame = study()

    both = bootstrap_mrmc(frame, seed=1, resamples=500, **SIMULATED)
    readers = bootstrap_mrmc(frame, seed=1, resamples=500, cases="fixed", **SIMULATED)
    cases = bootstrap_mrmc(frame, seed=1, resamples=500, readers="fixed", **SIMULATED)

    assert readers.differences[0].se < both.differences[0].se
    assert cases.differences[0].se < both.differences[0].se


def test_a_split_plot_is_drawn_too_and_resamples_without_a_class_are_counted():
    frame = roe_metz(
        readers=2,
        healthy=2,
        diseased=2,
        seed=4,
        design="split_plot",
        blocks=2,
        **ROE_METZ_1997["HH1.50"],
    )

    found = bootstrap_mrmc(frame, seed=1, resamples=200, **SIMULATED)

    assert 0 < found.n_undefined < 200
    assert f"{found.n_undefined} resamples" in found.warnings[-1]


def test_a_reader_of_one_modality_only_counts_there():
    frame = study()
    fewer = frame.filter((frame["reader"] != "r4") | (frame["modality"] == "m1"))

    found = bootstrap_mrmc(fewer, seed=1, resamples=200, **SIMULATED)

    assert found.differences[0].se > 0.0


def test_nothing_left_to_draw_or_compare_is_refused():
    frame = study()
    with pytest.raises(InvalidArgumentError, match="both fixed"):
        bootstrap_mrmc(frame, seed=1, readers="fixed", cases="fixed", **SIMULATED)
    with pytest.raises(InvalidArgumentError, match="readers"):
        bootstrap_mrmc(frame, seed=1, readers="some", **SIMULATED)
    with pytest.raises(DegenerateError, match="one modality"):
        bootstrap_mrmc(frame.filter(frame["modality"] == "m1"), seed=1, **SIMULATED)
