"""Speed and memory of the reader-study methods, beside the tools they replace.

Peer times marked "seen" were measured once, on another 2-core machine, with the packages named;
they are no run of today.
"""

import shutil
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import numpy as np

from bench.rows import BenchRow
from stats.frames import Floats, Frame
from stats.mrmc import MrmcResult, bootstrap_mrmc, dbm, obuchowski_rockette, u_statistics
from stats.roc import auc, bootstrap_auc_difference
from stats.simulate import ROE_METZ_1997, roe_metz


class Columns(TypedDict):
    """The columns of a study."""

    reader: str
    modality: str
    case: str
    truth: str
    score: str


COLUMNS = Columns(reader="reader", modality="modality", case="case", truth="truth", score="score")
REPEATS, LONGEST_S = 3, 10.0  # the best of three, if they are short
PROC = """
suppressMessages(library(pROC)); d <- read.csv("{path}")
a <- roc(d$y, d$a, direction="<", levels=c(0,1)); b <- roc(d$y, d$b, direction="<", levels=c(0,1))
t <- system.time(roc.test(a, b, method="bootstrap", boot.n=1000, progress="none"))[["elapsed"]]
cat(t * 10)
"""


def rows() -> list[BenchRow]:
    """Return times and peak memory of 20 readers × 1,000 cases × 2 modalities, and bootstraps."""
    study = roe_metz(readers=20, healthy=500, diseased=500, seed=1, **ROE_METZ_1997["HH1.50"])
    split = roe_metz(
        readers=20,
        healthy=500,
        diseased=500,
        seed=1,
        design="split_plot",
        blocks=4,
        **ROE_METZ_1997["HH1.50"],
    )
    a, b, truth = _pair(1_000)
    analyses: list[tuple[str, Callable[[], object], str, str, float | None]] = [
        ("OR, DeLong", lambda: _or(study, "delong"), "<= 0.5 s", "MRMCaov 0.3.0 (seen)", 5.0),
        ("OR, jackknife", lambda: _or(study, "jackknife"), "<= 0.5 s", "Python (seen)", 182.0),
        ("OR, unbiased", lambda: _or(study, "unbiased"), "<= 0.5 s", "MRMCaov 0.3.0 (seen)", 5.0),
        ("DBM", lambda: dbm(study, **COLUMNS), "<= 0.5 s", "", None),
        ("U-statistics, crossed", lambda: u_statistics(study, **COLUMNS), "<= 1 s",
         "iMRMC 2.1.2 (seen)", 78.0),
        ("U-statistics, split plot", lambda: u_statistics(split, **COLUMNS), "<= 1 s", "", None),
        ("AUC with DeLong, n = 1,000,000", lambda: auc(*_large()), "", "", None),
        ("10,000 paired AUC bootstraps, n = 1,000",
         lambda: bootstrap_auc_difference(a, b, truth, seed=1), "<= 2 s",
         "pROC (seen)", 60.0),
        ("10,000 MRMC bootstraps, 20 × 1,000 × 2",
         lambda: bootstrap_mrmc(study, seed=1, **COLUMNS), "<= 120 s, <= 2 GB", "", None),
    ]  # fmt: skip
    measured = [
        row
        for name, run, target, peer, seen in analyses
        for row in _measured(name, run, target=target, peer=peer, seen=seen)
    ]
    return [*measured, _proc(a, b, truth)]


def _or(study: Frame, covariance: str) -> MrmcResult:
    return obuchowski_rockette(study, covariance=covariance, **COLUMNS)


def _measured(
    name: str, run: Callable[[], object], *, target: str, peer: str, seen: float | None
) -> tuple[BenchRow, BenchRow]:
    times = [_timed(run)]
    while len(times) < REPEATS and sum(times) < LONGEST_S:
        times.append(_timed(run))
    seconds = min(times)
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ratio = seen / seconds if seen else None
    return (
        BenchRow(name, seconds, "s", target, peer, seen, ratio),
        BenchRow(f"{name}: peak memory", peak / 1e6, "MB"),
    )


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _pair(n: int) -> tuple[Floats, Floats, Floats]:
    draw = np.random.Generator(np.random.Philox(1))
    truth = np.arange(n) % 2
    shared = draw.standard_normal(n) + 1.2 * truth
    pair = shared + draw.standard_normal((2, n))
    return pair[0], pair[1], truth.astype(np.float64)


def _large() -> tuple[Floats, Floats]:
    a, _, truth = _pair(1_000_000)
    return a, truth


def _proc(a: Floats, b: Floats, truth: Floats) -> BenchRow:
    """Return pROC's own time for the bootstrap, from 1,000 resamples, where R is installed."""
    name = "pROC, 10,000 paired AUC bootstraps"
    if shutil.which("Rscript") is None:
        return BenchRow(f"{name}: not run, Rscript is not installed", float("nan"), "s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pair.csv"
        np.savetxt(path, np.column_stack([a, b, truth]), "%.17g", ",", header="a,b,y", comments="")
        script = ["Rscript", "-e", PROC.format(path=path)]
        done = subprocess.run(script, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        return BenchRow(f"{name}: not run, pROC is not installed", float("nan"), "s")
    return BenchRow(name, float(done.stdout), "s", peer="this is the peer")
