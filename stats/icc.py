"""Intraclass correlations: the six forms of Shrout & Fleiss and McGraw & Wong, with intervals."""

import math
from dataclasses import dataclass

from scipy import stats

from stats.errors import DegenerateError
from stats.estimates import Estimate
from stats.frames import Floats, check_alpha, check_option
from stats.rating_matrices import RatingMatrix, rating_matrix
from stats.ratings import RatingsLike
from stats.results import Provenance

PAPER = "Shrout & Fleiss (1979), Psychological Bulletin 86:420; McGraw & Wong (1996), 1:30"
FORMS = {
    "ICC(1)": ("ICC1", "one-way random, absolute agreement, single rating"),
    "ICC(A,1)": ("ICC2", "two-way random, absolute agreement, single rating"),
    "ICC(C,1)": ("ICC3", "two-way mixed, consistency, single rating"),
    "ICC(k)": ("ICC1k", "one-way random, absolute agreement, mean of k ratings"),
    "ICC(A,k)": ("ICC2k", "two-way random, absolute agreement, mean of k ratings"),
    "ICC(C,k)": ("ICC3k", "two-way mixed, consistency, mean of k ratings"),
}
INTERVALS = {
    "mcgraw_wong": "McGraw-Wong interval, as irr",
    "spearman_brown": "Spearman-Brown interval, as psych",
}
ROUNDING = 1e-13  # a mean square this small beside the others is 0 but for rounding


@dataclass(frozen=True)
class Icc(Estimate):
    """One intraclass correlation.

    Parameters
    ----------
    form : str
        In the notation of McGraw and Wong, e.g. 'ICC(A,1)'.
    shrout_fleiss : str
        The same form in the notation of Shrout and Fleiss, e.g. 'ICC2'.
    model : str
        In words.
    f_statistic, df1, df2 : float
        The F test of no difference between the units; `p_value` is its p.
    """

    form: str = ""
    shrout_fleiss: str = ""
    model: str = ""
    f_statistic: float = math.nan
    df1: float = math.nan
    df2: float = math.nan


@dataclass(frozen=True)
class _MeanSquares:
    """Mean squares of units (rows), raters (columns), error, and within units (one-way)."""

    rows: float
    columns: float
    error: float
    within: float
    n: int
    k: int


def icc(
    ratings: RatingsLike, *, form: str = "ICC(A,1)", alpha: float = 0.05, ci: str = "mcgraw_wong"
) -> Icc:
    """Return one intraclass correlation.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
        Numbers. Units with a missing rating are left out, with a warning.
    form : str
        'ICC(1)', 'ICC(A,1)', 'ICC(C,1)', 'ICC(k)', 'ICC(A,k)' or 'ICC(C,k)'.
    alpha : float
        Two-sided level of the interval.
    ci : str
        'mcgraw_wong' (as irr) or 'spearman_brown' (steps the limits of the single rating up, as
        psych and pingouin); they differ for ICC(A,k) only.

    Returns
    -------
    Icc
        It has an interval but no standard error. The F test of the A forms is MS(units)/MS(error)
        on (n − 1)(k − 1), as psych's, exact under the null; irr's takes df2 of the interval.

    Raises
    ------
    DegenerateError
        If fewer than two units have all ratings.
    InvalidArgumentError
        If there is no such form, interval or level, or a rating is no number.

    References
    ----------
    Shrout & Fleiss (1979), Psychological Bulletin 86:420. McGraw & Wong (1996), Psychological
    Methods 1:30, with the correction in 1:390.

    Examples
    --------
    >>> judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8]]
    >>> judges += [[7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> round(icc(judges, form="ICC(C,1)").value, 2)
    0.71
    """
    check_option(form, tuple(FORMS), name="form")
    check_alpha(alpha)
    check_option(ci, tuple(INTERVALS), name="ci")
    matrix = rating_matrix(ratings)
    return _icc(matrix, _mean_squares(matrix.values), form=form, alpha=alpha, ci=ci)


def icc_all(
    ratings: RatingsLike, *, alpha: float = 0.05, ci: str = "mcgraw_wong"
) -> tuple[Icc, ...]:
    """Return all six forms, single ratings first: ICC(1), ICC(A,1), ICC(C,1), then the means.

    Parameters
    ----------
    ratings, alpha, ci
        As in `icc`.

    Returns
    -------
    tuple of Icc

    Raises
    ------
    DegenerateError, InvalidArgumentError
        As `icc`.

    References
    ----------
    As `icc`.

    Examples
    --------
    >>> judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8]]
    >>> judges += [[7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [round(form.value, 2) for form in icc_all(judges)]
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    """
    check_alpha(alpha)
    check_option(ci, tuple(INTERVALS), name="ci")
    matrix = rating_matrix(ratings)
    squares = _mean_squares(matrix.values)
    return tuple(_icc(matrix, squares, form=form, alpha=alpha, ci=ci) for form in FORMS)


def _mean_squares(x: Floats) -> _MeanSquares:
    n, k = x.shape
    if n < 2:
        raise DegenerateError(f"{n} units have all ratings: a correlation needs at least two")
    x = x - x.mean()
    row_means, column_means = x.mean(axis=1), x.mean(axis=0)
    rows = k * float((row_means**2).sum())
    columns = n * float((column_means**2).sum())
    error = float(((x - row_means[:, None] - column_means) ** 2).sum())
    negligible = ROUNDING * (rows + columns + error)
    rows, columns, error = (part if part > negligible else 0.0 for part in (rows, columns, error))
    return _MeanSquares(
        rows=rows / (n - 1),
        columns=columns / (k - 1),
        error=error / ((n - 1) * (k - 1)),
        within=(columns + error) / (n * (k - 1)),
        n=n,
        k=k,
    )


def _icc(matrix: RatingMatrix, ms: _MeanSquares, *, form: str, alpha: float, ci: str) -> Icc:
    shrout_fleiss, model = FORMS[form]
    residual = ms.within if form in ("ICC(1)", "ICC(k)") else ms.error
    df1 = ms.n - 1
    df2 = ms.n * (ms.k - 1) if residual is ms.within else df1 * (ms.k - 1)
    value = _value(ms, form)
    low, high = _interval(ms, form, value, alpha=alpha, ci=ci)
    f_statistic = _divide(ms.rows, residual)
    warnings = matrix.left_out
    if math.isnan(value):
        warnings += ("All ratings are equal: the correlation is 0/0.",)
    elif value > 1 or math.isinf(value):
        warnings += ("The units do not differ beyond error: the estimate is out of range.",)
    elif math.isnan(low):
        warnings += (
            "No interval: the raters differ by a constant at most, or the units not at all.",
        )
    named = INTERVALS[ci] if form == "ICC(A,k)" else "McGraw-Wong interval"
    return Icc(
        value=value,
        se=math.nan,
        ci_low=low,
        ci_high=high,
        method=f"{form} ({shrout_fleiss}), {model}, {named}, "
        f"F = MS(units)/MS({'within' if residual is ms.within else 'error'})",
        n=ms.n,
        alpha=alpha,
        p_value=float(stats.f.sf(f_statistic, df1, df2)),
        warnings=warnings,
        form=form,
        shrout_fleiss=shrout_fleiss,
        model=model,
        f_statistic=f_statistic,
        df1=float(df1),
        df2=float(df2),
        provenance=Provenance(paper=PAPER, data_hash=matrix.hash, exclusions=matrix.left_out),
    )


def _value(ms: _MeanSquares, form: str) -> float:
    n, k = ms.n, ms.k
    rater = (ms.columns - ms.error) / n
    denominator = {
        "ICC(1)": ms.rows + (k - 1) * ms.within,
        "ICC(k)": ms.rows,
        "ICC(C,1)": ms.rows + (k - 1) * ms.error,
        "ICC(C,k)": ms.rows,
        "ICC(A,1)": ms.rows + (k - 1) * ms.error + k * rater,
        "ICC(A,k)": ms.rows + rater,
    }[form]
    between = ms.rows - (ms.within if form in ("ICC(1)", "ICC(k)") else ms.error)
    return _divide(between, denominator)


def _interval(
    ms: _MeanSquares, form: str, value: float, *, alpha: float, ci: str
) -> tuple[float, float]:
    if form in ("ICC(A,1)", "ICC(A,k)"):
        return _agreement_interval(ms, value, mean=form == "ICC(A,k)", alpha=alpha, ci=ci)
    residual = ms.within if form in ("ICC(1)", "ICC(k)") else ms.error
    df1 = ms.n - 1
    df2 = ms.n * (ms.k - 1) if form in ("ICC(1)", "ICC(k)") else df1 * (ms.k - 1)
    if residual == 0:
        return math.nan, math.nan
    f = ms.rows / residual
    low = f / float(stats.f.isf(alpha / 2, df1, df2))
    high = f * float(stats.f.isf(alpha / 2, df2, df1))
    if form in ("ICC(k)", "ICC(C,k)"):
        return 1 - _divide(1.0, low), 1 - _divide(1.0, high)
    return (low - 1) / (low + ms.k - 1), (high - 1) / (high + ms.k - 1)


def _agreement_interval(
    ms: _MeanSquares, value: float, *, mean: bool, alpha: float, ci: str
) -> tuple[float, float]:
    """Return the interval of ICC(A,1), or of ICC(A,k) stepped up or with its own df."""
    n, k = ms.n, ms.k
    stepped = mean and ci == "spearman_brown"
    at = _value(ms, "ICC(A,1)") if stepped else value
    if not at < 1:  # equal ratings, or raters who agree on every unit
        return math.nan, math.nan
    odds = k * at / (n * (1 - at))
    of_raters, of_error = odds * ms.columns, (1 + odds * (n - 1)) * ms.error
    spread = of_raters**2 / (k - 1) + of_error**2 / ((n - 1) * (k - 1))
    df = _divide((of_raters + of_error) ** 2, spread)
    low_f = float(stats.f.isf(alpha / 2, n - 1, df))
    high_f = float(stats.f.isf(alpha / 2, df, n - 1))
    if mean and not stepped:
        rater = ms.columns - ms.error
        return (
            n * (ms.rows - low_f * ms.error) / (low_f * rater + n * ms.rows),
            n * (high_f * ms.rows - ms.error) / (rater + n * high_f * ms.rows),
        )
    noise = k * ms.columns + (k * n - k - n) * ms.error
    low = n * (ms.rows - low_f * ms.error) / (low_f * noise + n * ms.rows)
    high = n * (high_f * ms.rows - ms.error) / (noise + n * high_f * ms.rows)
    return (_step_up(low, k), _step_up(high, k)) if mean else (low, high)


def _step_up(single: float, k: int) -> float:
    """Return the Spearman-Brown reliability of the mean of k ratings."""
    return _divide(k * single, 1 + (k - 1) * single)


def _divide(part: float, whole: float) -> float:
    if whole == 0:
        return math.nan if part == 0 else math.copysign(math.inf, part)
    return part / whole
