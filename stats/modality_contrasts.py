"""Contrasts of modalities in a reader × modality table: standard errors, df, tests, intervals.

With r readers, t modalities and D = max(Cov2 − Cov3, 0) (Hillis 2007; Hillis et al. 2008):

- RRRC  F = MS(T) / [MS(TR) + r·D], df2 = [MS(TR) + r·D]² / {MS(TR)² / [(t − 1)(r − 1)]}
- FRRC  X² = (t − 1)·MS(T) / [Var − Cov1 + (r − 1)(Cov2 − Cov3)]
- RRFC  F = MS(T) / MS(TR), df2 = (t − 1)(r − 1)

With fixed readers the mean of one modality has variance [Var + (r − 1)·max(Cov2, 0)] / r, as
OR-DBM MRMC 2.51 prints it; the pseudovalue analysis keeps a negative Cov2, and tests the difference
of one reader with K − 1 degrees of freedom, whatever the number of modalities.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from stats.figure_tables import FigureTable
from stats.inference import interval, margin_p, root, settled, standardised, two_sided_p
from stats.mean_squares import Effects, MeanSquares
from stats.mrmc_results import (
    Difference,
    FigureRow,
    Mean,
    Omnibus,
    ReaderDifference,
)


@dataclass(frozen=True)
class Contrasts:
    """The tables of an analysis."""

    figures: tuple[FigureRow, ...]
    omnibus: Omnibus
    differences: tuple[Difference, ...]
    means: tuple[Mean, ...]
    reader_differences: tuple[ReaderDifference, ...]
    warnings: tuple[str, ...]


def contrasts(
    table: FigureTable,
    squares: MeanSquares,
    *,
    effects: Effects,
    alpha: float,
    margin: float,
    clip: bool,
    case_df: float = math.inf,
) -> Contrasts:
    """Return the tables of an analysis.

    Parameters
    ----------
    table : FigureTable
    squares : MeanSquares
    effects : Effects
    alpha, margin : float
    clip : bool
        With fixed readers, take Cov2 − Cov3 as 0 when it is negative.
    case_df : float
        With fixed readers: n_cases − 1 for t and F tests (DBM), infinite for z and chi-square.

    Returns
    -------
    Contrasts

    Examples
    --------
    See `stats.obuchowski_rockette`.
    """
    denominator, df = _denominator(squares, effects, clip=clip, case_df=case_df)
    labels = table.modalities
    means = tuple(
        _mean_row(table, squares, k, effects=effects, alpha=alpha, clip=clip, case_df=case_df)
        for k in range(squares.t)
    )
    differences = tuple(
        _difference(
            (labels[a], labels[b]),
            float(table.values[:, a].mean() - table.values[:, b].mean()),
            se=root(2.0 / squares.r * denominator),
            df=df,
            alpha=alpha,
            margin=margin,
        )
        for a, b in combinations(range(squares.t), 2)
    )
    fixed = effects.readers == "fixed"
    by_reader = _reader_differences(table, squares, alpha, case_df) if fixed else ()
    floored = effects.cases == "random" and _floors_cov2(effects, clip=clip, case_df=case_df)
    return Contrasts(
        figures=tuple(
            FigureRow(table.readers[r], labels[t], float(table.values[r, t]))
            for r, t in np.ndindex(squares.r, squares.t)
        ),
        omnibus=_omnibus(squares, denominator, df, chi2=fixed and math.isinf(case_df)),
        differences=differences,
        means=means,
        reader_differences=by_reader,
        warnings=_warnings(squares, labels, denominator, floored=floored),
    )


def _warnings(
    squares: MeanSquares, labels: tuple[object, ...], denominator: float, *, floored: bool
) -> tuple[str, ...]:
    said = []
    if squares.t > 1 and not denominator > 0.0:
        said.append("the error term of the test of modalities is not above 0: there is no test")
    for label, cov2 in zip(labels, squares.cov2_t.tolist(), strict=True):
        if floored and cov2 < 0.0:
            said.append(f"Cov2 of modality {label} is negative ({cov2:.3g}) and is taken as 0")
    return tuple(said)


def _floors_cov2(effects: Effects, *, clip: bool, case_df: float) -> bool:
    """Return whether a mean takes a negative Cov2 as 0: all do but those of pseudovalues."""
    return clip or effects.readers == "random" or math.isinf(case_df)


def _denominator(
    squares: MeanSquares, effects: Effects, *, clip: bool, case_df: float
) -> tuple[float, float]:
    """Return the error term of the test of modalities and its degrees of freedom."""
    between = squares.between
    crossed = (squares.t - 1) * (squares.r - 1)
    if effects.label == "FRRC":
        kept = max(between, 0.0) if clip else between
        total = squares.var - squares.cov1 + (squares.r - 1) * kept
        return settled(total, scale=squares.var), (squares.t - 1) * case_df
    if effects.label == "RRFC":
        return squares.ms_tr, float(crossed)
    total = squares.ms_tr + squares.r * max(between, 0.0)
    return total, hillis_df(total, squares.ms_tr, crossed)


def hillis_df(total: float, square: float, df: int) -> float:
    """Return Hillis' degrees of freedom; infinite when readers do not differ at all."""
    return total**2 / (square**2 / df) if square > 0.0 else math.inf


def _omnibus(squares: MeanSquares, denominator: float, df: float, *, chi2: bool) -> Omnibus:
    df1 = squares.t - 1
    ratio = standardised(squares.ms_t, denominator)
    if chi2:
        statistic = df1 * ratio
        return Omnibus(statistic, df1, math.inf, float(special.chdtrc(df1, statistic)), "chi2")
    if math.isinf(df):
        return Omnibus(ratio, df1, df, float(special.chdtrc(df1, df1 * ratio)), "F")
    return Omnibus(ratio, df1, df, float(special.fdtrc(df1, df, ratio)), "F")


def _difference(
    labels: tuple[object, object],
    estimate: float,
    *,
    se: float,
    df: float,
    alpha: float,
    margin: float,
) -> Difference:
    t = standardised(estimate, se)
    low, high = interval(estimate, se, df=df, alpha=alpha)
    noninferior, equivalent = margin_p(estimate, se, margin=margin, df=df)
    return Difference(
        modality_a=labels[0],
        modality_b=labels[1],
        estimate=estimate,
        se=se,
        df=df,
        t=t,
        p_value=two_sided_p(t, df),
        ci_low=low,
        ci_high=high,
        p_noninferiority=noninferior,
        p_equivalence=equivalent,
    )


def _mean_row(
    table: FigureTable,
    squares: MeanSquares,
    k: int,
    *,
    effects: Effects,
    alpha: float,
    clip: bool,
    case_df: float,
) -> Mean:
    """Return the mean of one modality, from that modality's own components."""
    r, square = squares.r, float(squares.ms_r_t[k])
    shared = float(squares.cov2_t[k]) if r > 1 else 0.0
    if effects.label == "FRRC":
        floored = _floors_cov2(effects, clip=clip, case_df=case_df)
        kept = max(shared, 0.0) if floored else shared
        variance, df = (float(squares.var_t[k]) + (r - 1) * kept) / r, case_df
    elif effects.label == "RRFC":
        variance, df = square / r, float(r - 1)
    else:
        total = square + r * max(shared, 0.0)
        variance, df = total / r, hillis_df(total, square, r - 1)
    estimate, se = float(table.values[:, k].mean()), root(variance)
    ends = interval(estimate, se, df=df, alpha=alpha)
    low, high = (float(np.clip(end, *table.bounds)) for end in ends)
    return Mean(table.modalities[k], estimate, se, df, low, high, square, float(squares.cov2_t[k]))


def _reader_differences(
    table: FigureTable, squares: MeanSquares, alpha: float, case_df: float
) -> tuple[ReaderDifference, ...]:
    rows = []
    for r in range(squares.r):
        se = root(2.0 * float(squares.var_r[r] - squares.cov1_r[r]))
        for a, b in combinations(range(squares.t), 2):
            estimate = float(table.values[r, a] - table.values[r, b])
            low, high = interval(estimate, se, df=case_df, alpha=alpha)
            p = two_sided_p(standardised(estimate, se), case_df)
            names = (table.readers[r], table.modalities[a], table.modalities[b])
            rows.append(ReaderDifference(*names, estimate, se, p, low, high))
    return tuple(rows)
