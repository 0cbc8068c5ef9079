"""Speed of surface distances and survival curves; lifelines is the peer of the latter."""

import numpy as np
from lifelines import KaplanMeierFitter

from bench.rows import BenchRow
from bench.timing import seconds
from stats.frames import Booleans
from stats.segmentation import dice, hausdorff, normalized_surface_dice
from stats.survival import kaplan_meier, logrank

SHAPE, SPACING_MM = (200, 512, 512), (1.5, 0.8, 0.8)
SUBJECTS = 10_000


def rows() -> list[BenchRow]:
    """Measure on two liver-sized ellipsoids in a CT volume, and on simulated follow-up."""
    a, b = (_ellipsoid(shift) for shift in (0.0, 6.0))
    size = f"{a.sum() / 1e6:.1f} M voxels of {np.prod(SHAPE) / 1e6:.0f} M"
    rng = np.random.Generator(np.random.Philox(1))
    time = np.round(rng.exponential(20, SUBJECTS), 2)
    event, group = rng.random(SUBJECTS) < 0.7, rng.integers(0, 2, SUBJECTS)
    ours = seconds(lambda: kaplan_meier(time, event))
    peer = seconds(lambda: KaplanMeierFitter().fit(time, event))
    tasks = {
        f"Dice, {size}": lambda: dice(a, b, empty="undefined"),
        f"HD95, {size}": lambda: hausdorff(
            a, b, spacing_mm=SPACING_MM, percentile=95, empty="undefined"
        ),
        f"NSD, {size}": lambda: normalized_surface_dice(
            a, b, spacing_mm=SPACING_MM, tolerance_mm=2, empty="undefined"
        ),
        f"log-rank, {SUBJECTS:,} subjects": lambda: logrank(time, event, group),
    }
    measured = [BenchRow(name, seconds(task), "s") for name, task in tasks.items()]
    name = f"Kaplan–Meier with intervals, {SUBJECTS:,} subjects"
    return [*measured, BenchRow(name, ours, "s", "", "lifelines", peer, peer / ours)]


def _ellipsoid(shift: float) -> Booleans:
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    inside: Booleans = ((z - 100) / 60) ** 2 + ((y - 250 - shift) / 110) ** 2 + (
        (x - 220) / 130
    ) ** 2 <= 1
    return inside
