"""U-statistics of a reader study of any design: variance by the moments of pairs of reads."""

import math
from itertools import combinations, combinations_with_replacement

import numpy as np

from stats.errors import InvalidArgumentError
from stats.frames import Frame, check_alpha, check_option
from stats.inference import (
    check_margin,
    interval,
    root,
    settled,
    standardised,
    two_sided_p,
    upper_p,
)
from stats.kernel_moments import (
    AUC,
    BINARY,
    Arms,
    Kernel,
    Pairs,
    arms,
    binary_pairs,
    degrees_of_freedom,
)
from stats.pair_moments import pair_moments, ratio
from stats.readings import Readings, readings, without_one_class_curves
from stats.results import Provenance
from stats.u_statistic_results import Modality, Moment, PerReader, UDifference, UStatResult

PAPER = (
    "Gallas 2006, Acad Radiol 13:353; Gallas, Pennello & Myers 2007, JOSA A 24:B70; "
    "Gallas et al. 2009, Commun Stat Theory 38:2586; Gaylor & Hopper 1969, Technometrics 11:691"
)
NORMAL_ABOVE_DF = 50.0


def u_statistics(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    truth: str,
    score: str,
    kernel: str = "auc",
    alpha: float = 0.05,
    margin: float | None = None,
) -> UStatResult:
    """Compare modalities in a reader study of any design, missing reads included.

    Parameters
    ----------
    data : DataFrame of polars or pandas, or mapping of columns
        One row per read.
    reader, modality, case, truth, score : str
        Columns; truth 1 = diseased, higher score = more diseased.
    kernel : {'auc', 'binary'}
        'binary' is the mean of 0/1 scores: pass the rows of one truth class, with score 1 for the
        right call, for sensitivity or specificity.
    alpha : float
        Two-sided level.
    margin : float, optional
        > 0 adds the one-sided test of a − b ≤ −margin.

    Returns
    -------
    UStatResult
        Every comparison counts the same, so readers weigh by what they read.

    Raises
    ------
    InvalidArgumentError
        If an option does not exist, or binary scores are not 0 and 1.
    DuplicateRowsError, MissingValueError, MissingColumnError, OneClassError
        If the data does not allow the analysis.

    References
    ----------
    Gallas 2006, Acad Radiol 13:353. Gallas, Pennello & Myers 2007, J Opt Soc Am A 24:B70. Gallas,
    Bandos, Samuelson & Wagner 2009, Commun Stat Theory Methods 38:2586.

    Examples
    --------
    >>> from stats.simulate import roe_metz, ROE_METZ_1997
    >>> study = roe_metz(
    ...     readers=6, healthy=20, diseased=20, seed=1, design="split_plot", blocks=2,
    ...     **ROE_METZ_1997["HH1.50"],
    ... )
    >>> columns = dict(reader="reader", modality="modality", case="case", truth="truth")
    >>> found = u_statistics(study, score="score", **columns)
    >>> [row.modality for row in found.modalities]
    ['m1', 'm2']
    """
    check_alpha(alpha)
    check_option(kernel, ("auc", "binary"), name="kernel")
    size = check_margin(margin)
    found = readings(
        data, reader=reader, modality=modality, case=case, truth=truth, score=score, one_class=True
    )
    if kernel == "auc":
        found = without_one_class_curves(found)
    elif not np.isin(found.scores[found.read], (0.0, 1.0)).all():
        raise InvalidArgumentError("the binary kernel needs scores of 0 and 1")
    elif found.truth.any() and not found.truth.all():
        raise InvalidArgumentError("the binary kernel needs the rows of one truth class only")
    return analyse_readings(found, kernel=kernel, alpha=alpha, margin=size)


def analyse_readings(found: Readings, *, kernel: str, alpha: float, margin: float) -> UStatResult:
    """Analyse readings; as `u_statistics`.

    Examples
    --------
    See `u_statistics`, which is this function after `readings`.
    """
    shape = found.scores.shape
    curves = found.scores.reshape(-1, shape[2])
    spec = AUC if kernel == "auc" else BINARY
    pairs = pair_moments(curves, found.truth) if kernel == "auc" else binary_pairs(curves)
    table = {
        (a, b): arms(pairs, spec, readers=shape[0], modalities=shape[1], pair=(a, b))
        for a, b in combinations_with_replacement(range(shape[1]), 2)
    }
    modalities = tuple(_modality(found, spec, table[a, a], a, alpha) for a in range(shape[1]))
    differences = tuple(
        _difference(found, spec, table, (a, b), alpha, margin)
        for a, b in combinations(range(shape[1]), 2)
    )
    per_reader = _per_reader(found, spec, pairs)
    flat = _flat(per_reader) if kernel == "auc" else ()
    return UStatResult(
        modalities=modalities,
        differences=differences,
        moments=_moments(found, spec, table),
        per_reader=per_reader,
        warnings=(*found.warnings, *_strangers(found), *flat, *_negative(modalities, differences)),
        method=(
            f"U-statistics, {spec.label} kernel, normal and BDG "
            f"(t with whole df up to {NORMAL_ABOVE_DF:g}, normal above)"
        ),
        kernel=kernel,
        alpha=alpha,
        margin=margin or None,
        provenance=Provenance(PAPER, found.hashed, exclusions=found.exclusions),
    )


def reference_df(df: float) -> float:
    """Return the degrees of freedom that t is taken with: whole up to 50, infinite above.

    Examples
    --------
    >>> reference_df(12.8), reference_df(87.0)
    (12.0, inf)
    """
    if math.isnan(df) or df > NORMAL_ABOVE_DF:
        return df if math.isnan(df) else math.inf
    return float(math.floor(df))


def _test(
    value: float, variance: float, df: float, *, null: float, alpha: float
) -> tuple[float, float, float]:
    se, whole = root(variance), reference_df(df)
    low, high = interval(value, se, df=whole, alpha=alpha)
    return two_sided_p(standardised(value - null, se), whole), low, high


def _modality(found: Readings, spec: Kernel, own: Arms, a: int, alpha: float) -> Modality:
    value = own.value_a
    df, df_mle = (degrees_of_freedom(spec, ((1.0, own),), which) for which in ("unbiased", "mle"))
    normal = _test(value, own.unbiased, math.inf, null=0.5, alpha=alpha)
    bdg = _test(value, own.unbiased, df, null=0.5, alpha=alpha)
    read = found.read[:, a]
    cases = read.any(axis=0)
    return Modality(
        modality=found.modalities[a],
        auc=value,
        variance=own.unbiased,
        variance_mle=own.mle,
        df_bdg=df,
        df_bdg_mle=df_mle,
        p_normal=normal[0],
        p_bdg=bdg[0],
        ci_normal_low=normal[1],
        ci_normal_high=normal[2],
        ci_bdg_low=bdg[1],
        ci_bdg_high=bdg[2],
        n_readers=int(read.any(axis=1).sum()),
        n_healthy=int((cases & ~found.truth).sum()),
        n_diseased=int((cases & found.truth).sum()),
    )


def _difference(
    found: Readings,
    spec: Kernel,
    table: dict[tuple[int, int], Arms],
    pair: tuple[int, int],
    alpha: float,
    margin: float,
) -> UDifference:
    a, b = pair
    parts = ((1.0, table[a, a]), (1.0, table[b, b]), (-2.0, table[pair]))
    value = table[a, a].value_a - table[b, b].value_a
    variance, variance_mle = (
        settled(
            sum(sign * getattr(part, which) for sign, part in parts),
            scale=table[a, a].mle + table[b, b].mle,
        )
        for which in ("unbiased", "mle")
    )
    df, df_mle = (degrees_of_freedom(spec, parts, which) for which in ("unbiased", "mle"))
    normal = _test(value, variance, math.inf, null=0.0, alpha=alpha)
    bdg = _test(value, variance, df, null=0.0, alpha=alpha)
    above = standardised(value + margin, root(variance))
    return UDifference(
        modality_a=found.modalities[a],
        modality_b=found.modalities[b],
        difference=value,
        variance=variance,
        variance_mle=variance_mle,
        df_bdg=df,
        df_bdg_mle=df_mle,
        p_normal=normal[0],
        p_bdg=bdg[0],
        p_normal_mle=_test(value, variance_mle, math.inf, null=0.0, alpha=alpha)[0],
        p_bdg_mle=_test(value, variance_mle, df_mle, null=0.0, alpha=alpha)[0],
        ci_normal_low=normal[1],
        ci_normal_high=normal[2],
        ci_bdg_low=bdg[1],
        ci_bdg_high=bdg[2],
        p_noninferiority_normal=upper_p(above) if margin else None,
        p_noninferiority_bdg=upper_p(above, reference_df(df)) if margin else None,
    )


def _moments(
    found: Readings, spec: Kernel, table: dict[tuple[int, int], Arms]
) -> tuple[Moment, ...]:
    return tuple(
        Moment(
            found.modalities[a],
            found.modalities[b],
            spec.names[k],
            float(part.moments[k]),
            float(part.biased[k]),
            float(part.coefficients[k]),
        )
        for (a, b), part in table.items()
        for k in spec.shown
    )


def _per_reader(found: Readings, spec: Kernel, pairs: Pairs) -> tuple[PerReader, ...]:
    values = ratio(pairs.totals, pairs.sizes)
    last = spec.exclusive[-1]
    apart = (np.einsum("k,kcc->c", last, part) for part in (pairs.sums, pairs.counts))
    variances = values**2 - ratio(*apart)
    read, truth = found.read, found.truth
    return tuple(
        PerReader(
            reader=found.readers[r],
            modality=found.modalities[t],
            auc=float(values[r * len(found.modalities) + t]),
            variance=float(variances[r * len(found.modalities) + t]),
            n_healthy=int((read[r, t] & ~truth).sum()),
            n_diseased=int((read[r, t] & truth).sum()),
        )
        for t, r in np.ndindex(len(found.modalities), len(found.readers))
        if read[r, t].any()
    )


def _strangers(found: Readings) -> tuple[str, ...]:
    """Say how many pairs of readers have no case in common, which then weigh nothing."""
    read = found.read.any(axis=1)
    shared = np.einsum("rn,sn->rs", read, read)
    pairs = shared.shape[0] * (shared.shape[0] - 1) // 2
    apart = pairs - int((shared.sum() - np.trace(shared)) // 2)
    if not apart:
        return ()
    return (
        f"{apart} of {pairs} pairs of readers share no case: they have weight 0 in covariances",
    )


def _negative(
    modalities: tuple[Modality, ...], differences: tuple[UDifference, ...]
) -> tuple[str, ...]:
    said = []
    rows = [(f"modality {row.modality}", row.variance, row.variance_mle) for row in modalities]
    rows += [
        (f"{row.modality_a} − {row.modality_b}", row.variance, row.variance_mle)
        for row in differences
    ]
    for name, variance, mle in rows:
        if math.isnan(variance):
            said.append(f"the variance of {name} does not exist: too few readers or cases")
        elif variance <= 0.0:
            said.append(f"the variance of {name} is estimated as {variance:.3g}: there is no test")
        if mle < 0.0:
            said.append(f"the variance of {name} by maximum likelihood is negative ({mle:.3g})")
    return tuple(said)


def _flat(per_reader: tuple[PerReader, ...]) -> tuple[str, ...]:
    """Say which readers are perfect, or perfectly wrong: their variance is 0."""
    flat = [row for row in per_reader if row.variance == 0.0 and row.auc in (0.0, 1.0)]
    if not flat:
        return ()
    first, more = flat[0], f" and {len(flat) - 1} more figures" if len(flat) > 1 else ""
    return (
        f"reader {first.reader} in modality {first.modality} has AUC {first.auc:g}{more}: "
        "its variance is estimated as 0",
    )
