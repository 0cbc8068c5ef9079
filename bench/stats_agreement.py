"""Speed of agreement, reliability and proportions; statsmodels is the peer where it can be."""

import time
from collections.abc import Callable

import numpy as np
from statsmodels.stats import inter_rater

from bench.rows import BenchRow
from stats import agreement, proportions, reliability
from stats.frames import Floats

UNITS, RATERS, CATEGORIES = 10_000, 20, 5
READERS, CASES = 20, 1_000
REPEATS = 3


def rows() -> list[BenchRow]:
    """Measure on simulated ratings; the best of three runs each."""
    ratings = _ratings(missing=0.0)
    gaps = _ratings(missing=0.1)
    size = f"{UNITS:,} units × {RATERS} raters"
    peer = _seconds(lambda: inter_rater.fleiss_kappa(inter_rater.aggregate_raters(ratings)[0]))
    fleiss = _seconds(lambda: agreement.fleiss_kappa(ratings))
    measured = [
        BenchRow(
            name=f"Fleiss kappa with interval, {size}",
            value=fleiss,
            unit="s",
            peer="statsmodels (value only, no interval)",
            peer_value=peer,
            ratio=peer / fleiss,
        )
    ]
    tasks: dict[str, Callable[[], object]] = {
        f"Gwet AC2, quadratic, 10 % missing, {size}": lambda: agreement.gwet_ac(
            gaps, weights="quadratic"
        ),
        f"Conger kappa, 10 % missing, {size}": lambda: agreement.conger_kappa(gaps),
        f"Krippendorff alpha, ordinal metric, 10 % missing, {size}": lambda: (
            agreement.krippendorff_alpha(gaps, metric="ordinal")
        ),
        f"paired comparison of two AC1, {size}": lambda: agreement.compare_kappas(ratings, gaps),
        f"all six ICC, {size}": lambda: reliability.icc_all(ratings),
        f"MRMC limits of agreement, {READERS} × {CASES:,} × 2": _limits(),
        "Tango interval and margin test, 100,000 pairs": _pairs(),
    }
    return measured + [
        BenchRow(name=name, value=_seconds(task), unit="s") for name, task in tasks.items()
    ]


def _ratings(*, missing: float) -> Floats:
    generator = np.random.Generator(np.random.Philox(1))
    truth = generator.integers(1, CATEGORIES + 1, size=(UNITS, 1))
    noise = generator.integers(-1, 2, size=(UNITS, RATERS))
    ratings: Floats = np.clip(truth + noise, 1, CATEGORIES).astype(float)
    if missing:
        ratings[generator.random(ratings.shape) < missing] = np.nan
    return ratings


def _limits() -> Callable[[], object]:
    generator = np.random.Generator(np.random.Philox(2))
    reader, case, modality = (index.ravel() for index in np.indices((READERS, CASES, 2)))
    data = {
        "reader": reader,
        "case": case,
        "modality": modality,
        "score": generator.normal(size=reader.size) + generator.normal(size=CASES)[case],
    }
    return lambda: reliability.mrmc_limits_of_agreement(
        data,
        reader="reader",
        modality="modality",
        case="case",
        score="score",
        kind="BRBM",
        modality_a=0,
        modality_b=1,
    )


def _pairs() -> Callable[[], object]:
    generator = np.random.Generator(np.random.Philox(3))
    a, b = generator.random((2, 100_000)) < [[0.8], [0.78]]
    return lambda: proportions.paired_difference(a, b, margin=0.05)


def _seconds(task: Callable[[], object]) -> float:
    """Return the shortest of a few runs: the others measure the neighbours on the machine."""
    runs = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        task()
        runs.append(time.perf_counter() - start)
    return min(runs)
