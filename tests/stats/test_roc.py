"""DeLong's tests hold their nominal error rate, and the module offers what it lists."""

import numpy as np

from stats import roc
from stats.roc import auc, delong_test, delong_test_unpaired

SAMPLES = 2000
LOW, HIGH = 0.05 - 3.29 * (0.05 * 0.95 / 2000) ** 0.5, 0.05 + 3.29 * (0.05 * 0.95 / 2000) ** 0.5
TRUTH = np.arange(100) % 2


def scores(seed):
    draw = np.random.Generator(np.random.Philox(seed))
    shared = draw.standard_normal(100) + 1.2 * TRUTH
    return shared + draw.standard_normal((2, 100))


def test_the_module_offers_what_it_lists():
    assert set(roc.__all__) == {name for name in vars(roc) if not name.startswith("_")}


def test_paired_and_unpaired_tests_reject_a_true_hypothesis_at_the_nominal_rate():
    paired, unpaired = [], []
    for seed in range(SAMPLES):
        a, b = scores(seed)
        paired.append(delong_test(a, b, TRUTH).p_value)
        half = TRUTH.size // 2
        unpaired.append(
            delong_test_unpaired(a[:half], TRUTH[:half], a[half:], TRUTH[half:]).p_value
        )

    assert LOW < np.mean(np.array(paired) <= 0.05) < HIGH
    assert LOW < np.mean(np.array(unpaired) <= 0.05) < HIGH


def test_intervals_cover_the_true_area():
    true, covered = 0.7257469, 0  # Φ(1.2 / √4)
    for seed in range(SAMPLES):
        found = auc(scores(seed)[0], TRUTH)
        covered += found.ci_low <= true <= found.ci_high

    assert 0.93 < covered / SAMPLES < 0.97
