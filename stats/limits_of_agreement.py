"""Limits of agreement of many readers and cases: within and between readers and modalities."""

import math
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from stats.errors import DegenerateError, DesignError, InvalidArgumentError, UnknownLevelError
from stats.estimates import Estimate
from stats.frames import (
    Floats,
    Frame,
    Levels,
    check_alpha,
    check_option,
    levels,
    numbers,
    refuse_duplicates,
)
from stats.inference import interval, quantile, root
from stats.results import Provenance, Result, Row, data_hash

PAPER = "Wen & Gallas (2022), Stat Biopharm Res 14:532"
KINDS = {
    "WRBM": "within reader, between modalities",
    "BRBM": "between readers, between modalities",
    "WRWM": "within reader, within modality (replicates)",
    "BRWM": "between readers, within modality",
}


@dataclass(frozen=True)
class AnovaRow(Row):
    """One source of variation: sum of squares and variance component (negatives are kept).

    Parameters
    ----------
    source : str
        'reader', 'case', 'modality', their interactions 'reader:case', …, or 'residual'.
    df, ss, variance : float
        Degrees of freedom, sum of squares, component; a fixed effect's component is NaN.
    """

    source: str
    df: float
    ss: float
    variance: float


@dataclass(frozen=True)
class LimitsOfAgreement(Result):
    """Limits of agreement of two single readings.

    Parameters
    ----------
    kind : str
        'WRBM', 'BRBM', 'WRWM' or 'BRWM'.
    mean_difference : Estimate
        First modality − second, normal interval; exactly 0 within a modality.
    variance_one_observation : float
        Variance of the difference of two single readings; NaN-free, negatives are kept.
    limit_low, limit_high : float
        Mean difference ∓ z · its root; NaN with a warning when the variance is negative.
    anova : tuple of AnovaRow
        The components it was made of.
    n_readers, n_cases : int
        In use.
    alpha : float
        Level of the limits and of the interval.
    method : str
        Which limits of which model.
    warnings : tuple of str
        Sentences.
    """

    kind: str
    mean_difference: Estimate
    variance_one_observation: float
    limit_low: float
    limit_high: float
    anova: tuple[AnovaRow, ...]
    n_readers: int
    n_cases: int
    alpha: float
    method: str
    warnings: tuple[str, ...] = ()


def mrmc_limits_of_agreement(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    score: str,
    kind: str = "WRBM",
    modality_a: Hashable = None,
    modality_b: Hashable = None,
    alpha: float = 0.05,
) -> LimitsOfAgreement:
    """Return the limits of agreement of single readings, readers and cases random.

    Parameters
    ----------
    data : DataFrame or mapping of columns
        One row for each reading.
    reader, modality, case, score : str
        Columns.
    kind : str
        'WRBM', 'BRBM', 'WRWM' (the two modalities are taken as replicates) or 'BRWM' (one
        modality): within or between readers, within or between modalities.
    modality_a, modality_b : value of `modality`
        The two sides, a − b; for 'BRWM' `modality_a` alone.
    alpha : float
        Two-sided level of the limits and of the interval of the mean.

    Returns
    -------
    LimitsOfAgreement
        From the two-way analysis of variance of the differences ('WRBM', 'WRWM') or of the scores
        ('BRWM'), or the three-way analysis of the scores ('BRBM'). Cases that some reader did not
        read are left out, with a warning.

    Raises
    ------
    DesignError
        If no case was read by all readers: the analysis needs crossed data.
    DegenerateError
        If fewer than two readers or two complete cases are left.
    UnknownLevelError
        If a modality is not in the data.
    InvalidArgumentError
        If the kind does not exist, a modality is not named, or the two are the same.
    DuplicateRowsError
        If a reading occurs twice.

    References
    ----------
    Wen & Gallas (2022), Statistics in Biopharmaceutical Research 14:532. iMRMC (CC0): laWRBM,
    laBRBM, laWRWM, laBRWM.

    Examples
    --------
    >>> data = {
    ...     "reader": ["r1"] * 6 + ["r2"] * 6,
    ...     "case": ["c1", "c2", "c3"] * 4,
    ...     "modality": (["a"] * 3 + ["b"] * 3) * 2,
    ...     "score": [1.0, 2.0, 3.0, 1.5, 2.0, 3.5, 1.0, 2.5, 3.0, 1.0, 2.0, 3.0],
    ... }
    >>> result = mrmc_limits_of_agreement(
    ...     data, reader="reader", modality="modality", case="case", score="score",
    ...     kind="WRBM", modality_a="a", modality_b="b",
    ... )
    >>> round(result.mean_difference.value, 4), round(result.limit_low, 4)
    (-0.0833, -0.9779)
    """
    check_alpha(alpha)
    check_option(kind, tuple(KINDS), name="kind")
    wanted = _modalities(kind, modality_a, modality_b)
    cells, left_out, digest = _cells(
        data, reader=reader, modality=modality, case=case, score=score, wanted=wanted
    )
    readers, cases, _ = cells.shape
    anova = _analysis(kind, cells)
    component = {row.source: row.variance for row in anova}
    one_observation = _one_observation(kind, component)
    between = kind in ("WRBM", "BRBM")
    mean = float((cells[:, :, 0] - cells[:, :, -1]).mean()) if between else 0.0
    variance = _variance_of_mean(kind, component, readers, cases)
    warnings = left_out
    if one_observation < 0 or variance < 0:
        warnings += ("A variance is negative: its root, limits or interval do not exist.",)
    half, se = quantile(1 - alpha / 2) * root(one_observation), root(variance)
    low, high = interval(mean, se, alpha=alpha)
    provenance = Provenance(paper=PAPER, data_hash=digest, exclusions=left_out)
    return LimitsOfAgreement(
        kind=kind,
        mean_difference=Estimate(
            value=mean,
            se=se,
            ci_low=low,
            ci_high=high,
            method="Mean difference, random readers and cases, normal interval"
            if between
            else "Mean difference of two readings of one kind: 0 by definition",
            n=cases,
            alpha=alpha,
            warnings=warnings,
            provenance=provenance,
        ),
        variance_one_observation=one_observation,
        limit_low=mean - half,
        limit_high=mean + half,
        anova=anova,
        n_readers=readers,
        n_cases=cases,
        alpha=alpha,
        method=f"MRMC {100 * (1 - alpha):g} % limits of agreement, {KINDS[kind]}, ANOVA components",
        warnings=warnings,
        provenance=provenance,
    )


def _modalities(kind: str, first: Hashable, second: Hashable) -> tuple[Hashable, ...]:
    if first is None or (second is None and kind != "BRWM"):
        raise InvalidArgumentError(f"{kind} needs modality_a{'' if kind == 'BRWM' else ' and b'}")
    if kind == "BRWM":
        if second is not None:
            raise InvalidArgumentError("BRWM is of one modality: give modality_a alone")
        return (first,)
    if first == second:
        raise InvalidArgumentError("modality_a and modality_b are the same")
    return (first, second)


def _cells(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    score: str,
    wanted: tuple[Hashable, ...],
) -> tuple[Floats, tuple[str, ...], str]:
    """Return readers × cases × modalities of the complete cases, the note, and the hash."""
    keys = {name: levels(data, name) for name in (reader, case, modality)}
    refuse_duplicates(keys)
    who, what, how = keys[reader], keys[case], keys[modality]
    scores = numbers(data, score)
    digest = data_hash(*(_named(key) for key in keys.values()), scores)
    unknown = [str(name) for name in wanted if name not in how.labels]
    if unknown:
        raise UnknownLevelError(f"there is no modality {', '.join(unknown)} in {modality!r}")
    cells = np.full((len(who.labels), len(what.labels), len(wanted)), np.nan)
    for position, name in enumerate(wanted):
        rows = how.codes == how.labels.index(name)
        cells[who.codes[rows], what.codes[rows], position] = scores[rows]
    cells = cells[~np.isnan(cells).all(axis=(1, 2))]  # readers of other modalities only
    cells = cells[:, ~np.isnan(cells).all(axis=(0, 2))]
    complete = ~np.isnan(cells).any(axis=(0, 2))
    if not complete.any():
        raise DesignError("no case was read by all readers: limits of agreement need crossed data")
    count = int((~complete).sum())
    if min(cells.shape[0], complete.sum()) < 2:
        raise DegenerateError("limits of agreement need at least two readers and two cases")
    note = (f"Left out: {count} cases that some reader did not read.",) if count else ()
    return cells[:, complete], note, digest


def _named(key: Levels) -> list[str]:
    return [str(key.labels[code]) for code in key.codes]


def _analysis(kind: str, cells: Floats) -> tuple[AnovaRow, ...]:
    if kind == "BRBM":
        return _three_way(cells)
    return _two_way(cells[:, :, 0] if kind == "BRWM" else cells[:, :, 0] - cells[:, :, 1])


def _two_way(x: Floats) -> tuple[AnovaRow, ...]:
    """Return the analysis of variance of readers × cases, both random."""
    r, c = x.shape
    x = x - x.mean()
    of_reader, of_case = x.mean(axis=1), x.mean(axis=0)
    ss = {
        "reader": c * (of_reader**2).sum(),
        "case": r * (of_case**2).sum(),
        "residual": ((x - of_reader[:, None] - of_case) ** 2).sum(),
    }
    df = {"reader": r - 1, "case": c - 1, "residual": (r - 1) * (c - 1)}
    ms = {source: float(ss[source]) / df[source] for source in ss}
    variance = {
        "reader": (ms["reader"] - ms["residual"]) / c,
        "case": (ms["case"] - ms["residual"]) / r,
        "residual": ms["residual"],
    }
    return _rows(df, ss, variance)


def _three_way(x: Floats) -> tuple[AnovaRow, ...]:
    """Return the analysis of readers × cases × two modalities: modality fixed, the rest random."""
    r, c, m = x.shape
    x = x - x.mean()
    reader, case, modality = x.mean(axis=(1, 2)), x.mean(axis=(0, 2)), x.mean(axis=(0, 1))
    reader_case = x.mean(axis=2) - reader[:, None] - case
    reader_modality = x.mean(axis=1) - reader[:, None] - modality
    case_modality = x.mean(axis=0) - case[:, None] - modality
    additive = reader[:, None, None] + case[:, None] + modality
    pairs = reader_case[:, :, None] + reader_modality[:, None, :] + case_modality
    ss = {
        "reader": c * m * (reader**2).sum(),
        "case": r * m * (case**2).sum(),
        "modality": r * c * (modality**2).sum(),
        "reader:case": m * (reader_case**2).sum(),
        "reader:modality": c * (reader_modality**2).sum(),
        "case:modality": r * (case_modality**2).sum(),
        "residual": ((x - additive - pairs) ** 2).sum(),
    }
    df = {
        "reader": r - 1,
        "case": c - 1,
        "modality": m - 1,
        "reader:case": (r - 1) * (c - 1),
        "reader:modality": (r - 1) * (m - 1),
        "case:modality": (c - 1) * (m - 1),
        "residual": (r - 1) * (c - 1) * (m - 1),
    }
    ms = {source: float(ss[source]) / df[source] for source in ss}
    error = ms["residual"]
    variance = {
        "reader": (ms["reader"] - ms["reader:case"] - ms["reader:modality"] + error) / (c * m),
        "case": (ms["case"] - ms["reader:case"] - ms["case:modality"] + error) / (r * m),
        "modality": math.nan,
        "reader:case": (ms["reader:case"] - error) / m,
        "reader:modality": (ms["reader:modality"] - error) / c,
        "case:modality": (ms["case:modality"] - error) / r,
        "residual": error,
    }
    return _rows(df, ss, variance)


def _rows(
    df: dict[str, int], ss: dict[str, np.float64], variance: dict[str, float]
) -> tuple[AnovaRow, ...]:
    return tuple(
        AnovaRow(source=source, df=float(df[source]), ss=float(ss[source]), variance=value)
        for source, value in variance.items()
    )


def _one_observation(kind: str, component: dict[str, float]) -> float:
    """Return the variance of the difference of two single readings."""
    if kind in ("WRBM", "WRWM"):
        return component["reader"] + component["case"] + component["residual"]
    shared = {"case", "modality"}  # two readers of one case share it; the modality is fixed
    return 2 * sum(value for source, value in component.items() if source not in shared)


def _variance_of_mean(kind: str, component: dict[str, float], readers: int, cases: int) -> float:
    if kind == "WRBM":
        reader, case, error = (component[name] for name in ("reader", "case", "residual"))
        return reader / readers + case / cases + error / (readers * cases)
    if kind == "BRBM":
        reader, case = component["reader:modality"], component["case:modality"]
        return 2 * (reader / readers + case / cases + component["residual"] / (readers * cases))
    return 0.0
