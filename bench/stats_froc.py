"""Speed of free-response analysis. RJafroc, its peer, is not in Debian and is not run here."""

from collections.abc import Callable

import numpy as np

from bench.rows import BenchRow
from bench.timing import seconds
from stats.froc import froc_mrmc, lroc, wafroc

READERS, MODALITIES, HEALTHY, DISEASED = 5, 2, 96, 89
LARGE = {"readers": 20, "healthy": 500, "diseased": 500}
PEER = "RJafroc, not run here"
Columns = dict[str, list[object]]


def rows() -> list[BenchRow]:
    """Measure on simulated marks; the best of three runs each."""
    marks, cases = study(readers=READERS, healthy=HEALTHY, diseased=DISEASED)
    many, more = study(**LARGE)
    reads = _reads()
    size = f"{READERS} readers × {HEALTHY + DISEASED} cases × {MODALITIES}"
    large = f"{LARGE['readers']} readers × 1,000 cases × {MODALITIES}"
    tasks: list[tuple[str, str, Callable[[], object]]] = [
        (f"jackknife wAFROC, OR, {size}", "< 1 s", lambda: froc_mrmc(marks, cases)),
        (f"jackknife wAFROC, DBM, {size}", "< 1 s", lambda: froc_mrmc(marks, cases, method="dbm")),
        (f"jackknife wAFROC, OR, {large}", "", lambda: froc_mrmc(many, more)),
        (f"wAFROC values alone, {large}", "", lambda: wafroc(many, more)),
        (f"LROC, {large}", "", lambda: _lroc(reads)),
    ]
    return [
        BenchRow(name=name, value=seconds(task), unit="s", target=target, peer=PEER)
        for name, target, task in tasks
    ]


def study(*, readers: int, healthy: int, diseased: int) -> tuple[Columns, Columns]:
    """Return simulated marks and cases: Poisson noise marks, lesions marked three times in four."""
    rng = np.random.Generator(np.random.Philox(1))
    lesions = np.concatenate([np.zeros(healthy, dtype=int), rng.integers(1, 4, diseased)])
    cases: Columns = {
        "case": list(range(len(lesions))),
        "diseased": [int(count > 0) for count in lesions],
        "n_lesions": lesions.tolist(),
        "weights": [""] * len(lesions),
    }
    rows: list[tuple[object, ...]] = []
    for reader in range(readers):
        for modality in ("A", "B"):
            for case, count in enumerate(lesions.tolist()):
                noise = rng.normal(0, 1, rng.poisson(0.5))
                rows += [(reader, modality, case, "NL", None, rating) for rating in noise.tolist()]
                hits = (np.flatnonzero(rng.random(count) < 0.75) + 1).tolist()
                ratings = rng.normal(1.5, 1, len(hits)).tolist()
                rows += [
                    (reader, modality, case, "LL", lesion, rating)
                    for lesion, rating in zip(hits, ratings, strict=True)
                ]
    names = ("reader", "modality", "case", "mark_type", "lesion", "rating")
    marks: Columns = {
        name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }
    return marks, cases


def _lroc(reads: Columns) -> object:
    return lroc(
        reads,
        reader="reader",
        modality="modality",
        case="case",
        truth="truth",
        score="score",
        correct="correct",
    )


def _reads() -> Columns:
    rng = np.random.Generator(np.random.Philox(2))
    reader, modality, case = (index.ravel() for index in np.indices((LARGE["readers"], 2, 1_000)))
    truth = (case >= LARGE["healthy"]).astype(int)
    return {
        "reader": reader.tolist(),
        "modality": modality.tolist(),
        "case": case.tolist(),
        "truth": truth.tolist(),
        "score": (rng.normal(size=len(case)) + truth).tolist(),
        "correct": (rng.random(len(case)) < 0.8).astype(int).tolist(),
    }
