"""Stand-alone AI against a panel of readers of the same cases."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from stats.delong import estimate as delong_estimate
from stats.errors import DegenerateError, UnknownLevelError
from stats.estimates import Comparison, Estimate
from stats.figure_tables import COVARIANCES, FigureTable, error_covariance, figure_table
from stats.figures_of_merit import figure
from stats.frames import Floats, Frame, check_alpha, check_option
from stats.inference import (
    INFINITY,
    check_margin,
    interval,
    margin_p,
    root,
    standardised,
    two_sided_p,
)
from stats.mean_squares import Effects, mean_squares
from stats.modality_contrasts import contrasts, hillis_df
from stats.readings import Readings, check_design, missing_reads, readings
from stats.results import Provenance, Result, Row
from stats.u_statistics import analyse_readings, reference_df

PAPER = (
    "Hillis, Obuchowski & Berbaum 2011, Acad Radiol 18:129; Hupse et al. 2013, Radiology 266:123; "
    "Gallas 2006, Acad Radiol 13:353"
)
METHODS = ("1T-RRRC", "1T-RRFC", "2T-RRRC", "u_statistic")


@dataclass(frozen=True)
class ReaderRow(Row):
    """The figure of merit of one reader of the panel."""

    reader: Hashable
    value: float


@dataclass(frozen=True)
class AiVsReaders(Result):
    """AI against a panel.

    Parameters
    ----------
    ai : Estimate
    readers : tuple of ReaderRow
    mean_readers : Estimate
    difference : Comparison
        AI − readers.
    var_reader, var_error, cov2 : float
        In the 1T methods the variance of the readers' figures and the error variance and Cov2 of
        their differences from the AI; in 2T the components of Obuchowski–Rockette; with
        'u_statistic' the reader component of the panel, and NaN.
    warnings : tuple of str
    method : str
    """

    ai: Estimate
    readers: tuple[ReaderRow, ...]
    mean_readers: Estimate
    difference: Comparison
    var_reader: float
    var_error: float
    cov2: float
    warnings: tuple[str, ...]
    method: str


def ai_vs_readers(
    data: Frame,
    *,
    reader: str,
    case: str,
    truth: str,
    score: str,
    ai: Hashable,
    method: str = "1T-RRRC",
    covariance: str = "jackknife",
    alpha: float = 0.05,
    margin: float | None = None,
) -> AiVsReaders:
    """Compare the AUC of an AI with the mean AUC of a panel of readers.

    The AI has no reader variance. '1T-RRRC' analyses the readers' differences from it as one
    modality, with random readers and cases; '1T-RRFC' with these cases only; '2T-RRRC' as a second
    modality in which every reader gives the AI's scores. 'u_statistic' weighs every comparison the
    same, allows a split-plot panel, and takes its degrees of freedom from the panel.

    Parameters
    ----------
    data : DataFrame of polars or pandas, or mapping of columns
        One row per read.
    reader, case, truth, score : str
        Columns; truth 1 = diseased, higher score = more diseased.
    ai : object
        The value of `reader` that is the AI.
    method : {'1T-RRRC', '1T-RRFC', '2T-RRRC', 'u_statistic'}
    covariance : {'jackknife', 'delong', 'unbiased'}
        Of the first three methods.
    alpha : float
        Two-sided level.
    margin : float, optional
        > 0 adds the tests of AI − readers ≤ −margin and of equivalence.

    Returns
    -------
    AiVsReaders
        In the 1T methods the interval of `mean_readers` is that of the difference moved to the
        panel's mean, as the model has it; '2T-RRRC' gives the panel's own.

    Raises
    ------
    UnknownLevelError
        If no reader is called `ai`.
    DegenerateError
        If the panel has one reader only.
    DesignError, InvalidArgumentError, DuplicateRowsError, MissingValueError, OneClassError
        As `obuchowski_rockette`.

    References
    ----------
    Hillis, Obuchowski & Berbaum 2011, Acad Radiol 18:129. Hupse et al. 2013, Radiology 266:123.

    Examples
    --------
    >>> from stats.simulate import roe_metz, ROE_METZ_1997
    >>> variances = ROE_METZ_1997["HH1.50"]["variances"]
    >>> study = roe_metz(
    ...     readers=6, healthy=30, diseased=30, means=(1.5,), variances=variances, seed=1
    ... )
    >>> columns = dict(reader="reader", case="case", truth="truth", score="score")
    >>> found = ai_vs_readers(study, ai="r1", **columns)
    >>> len(found.readers)
    5
    """
    check_alpha(alpha)
    check_option(method, METHODS, name="method")
    check_option(covariance, COVARIANCES, name="covariance")
    size = check_margin(margin)
    found = readings(data, reader=reader, modality=None, case=case, truth=truth, score=score)
    if ai not in found.readers:
        raise UnknownLevelError(f"no reader with reads of both classes is called {ai!r}")
    if len(found.readers) < 3:
        raise DegenerateError("a panel needs at least two readers besides the AI")
    machine = found.readers.index(ai)
    if method == "u_statistic":
        return _u_statistic(found, machine, alpha=alpha, margin=size)
    shown = check_design(found, "auto")
    jackknife = covariance == "jackknife"
    table = figure_table(found, figure("auc"), design=shown, leave_one_out=jackknife)
    full = error_covariance(found, table, covariance)[:, 0, :, 0]
    parts = _Parts(found, table.values[:, 0], full, machine, alpha, size)
    result = _two_treatments(parts, table) if method == "2T-RRRC" else _one(parts, method)
    return replace(
        result,
        warnings=(*found.warnings, *missing_reads(found, shown), *result.warnings),
        method=f"AI against readers, {method}, empirical AUC, {covariance} covariance",
    )


@dataclass(frozen=True)
class _Parts:
    """What the methods share: figures of everybody and the covariance of their errors."""

    found: Readings
    values: Floats
    covariance: Floats
    machine: int
    alpha: float
    margin: float

    @property
    def panel(self) -> Floats:
        """Figures of the readers."""
        return np.delete(self.values, self.machine)

    @property
    def ai(self) -> Estimate:
        """The AI with cases random."""
        variance = float(self.covariance[self.machine, self.machine])
        if not variance > 0.0:
            return _without_variance(self.found, self.machine, self.alpha)
        method = "empirical AUC, normal interval"
        value, n = float(self.values[self.machine]), len(self.found.cases)
        found = _estimate(value, root(variance), INFINITY, self.alpha, method, n)
        return replace(found, ci_low=max(found.ci_low, 0.0), ci_high=min(found.ci_high, 1.0))


def _one(parts: _Parts, method: str) -> AiVsReaders:
    """Return the analysis of the readers' differences from the AI as one modality."""
    others = np.arange(parts.values.size) != parts.machine
    own = parts.covariance[np.ix_(others, others)]
    cross = parts.covariance[others, parts.machine]
    errors = own - cross[:, None] - cross[None, :]
    errors = errors + parts.covariance[parts.machine, parts.machine]
    r = int(others.sum())
    var_reader = float(parts.panel.var(ddof=1))
    var_error = float(np.trace(errors)) / r
    cov2 = float(errors.sum() - np.trace(errors)) / (r * (r - 1))
    shared = max(cov2, 0.0) if method == "1T-RRRC" else 0.0
    total = var_reader + r * shared
    return _result(
        parts,
        se=root(total / r),
        df=hillis_df(total, var_reader, r - 1),
        var_reader=var_reader,
        var_error=var_error,
        cov2=cov2,
    )


def _two_treatments(parts: _Parts, table: FigureTable) -> AiVsReaders:
    """Return the analysis in which the AI is a modality that every reader scores alike."""
    others = np.flatnonzero(np.arange(parts.values.size) != parts.machine)
    r = others.size
    order = np.stack([np.full(r, parts.machine), others], axis=1).ravel()
    twice = replace(
        table,
        readers=tuple(parts.found.readers[k] for k in others),
        modalities=("AI", "readers"),
        values=parts.values[order].reshape(r, 2),
        leave_one_out=None,
    )
    squares = mean_squares(twice.values, parts.covariance[np.ix_(order, order)].reshape(r, 2, r, 2))
    tested = contrasts(
        twice,
        squares,
        effects=Effects("random", "random"),
        alpha=parts.alpha,
        margin=parts.margin,
        clip=False,
        case_df=INFINITY,
    )
    found, mean = tested.differences[0], tested.means[1]
    panel = _estimate(
        mean.estimate, mean.se, mean.df, parts.alpha, "mean AUC of readers, own OR", r
    )
    return replace(
        _result(
            parts,
            se=found.se,
            df=found.df,
            var_reader=squares.components().var_reader,
            var_error=squares.var,
            cov2=squares.cov2,
        ),
        mean_readers=replace(panel, ci_low=mean.ci_low, ci_high=mean.ci_high),
    )


def _u_statistic(found: Readings, machine: int, *, alpha: float, margin: float) -> AiVsReaders:
    """Return the U-statistic analysis.

    The AI stands in twice, as two readers who always agree: then the moments of two readers are
    those of one, which is what a reader without variance has.
    """
    panel = np.delete(found.scores[:, 0], machine, axis=0)
    nobody = np.full_like(panel, np.nan)
    ai = np.stack([found.scores[machine, 0], np.full(len(found.cases), np.nan)])
    both = replace(
        found,
        readers=(*(x for k, x in enumerate(found.readers) if k != machine), "AI 1", "AI 2"),
        modalities=("AI", "readers"),
        scores=np.concatenate([np.stack([nobody, panel], axis=1), np.stack([ai, ai])]),
    )
    result = analyse_readings(both, kernel="auc", alpha=alpha, margin=margin)
    row, (own, mean) = result.differences[0], result.modalities
    moments = {x.moment: x.unbiased for x in result.moments if x.modality_a == "readers"}
    n = len(found.cases)
    method = "U-statistic AUC, BDG interval"
    parts = _Parts(found, np.zeros(0), np.zeros((0, 0)), machine, alpha, margin)
    df, df_ai = reference_df(mean.df_bdg), reference_df(own.df_bdg)
    alone = _estimate(own.auc, root(own.variance), df_ai, alpha, method, n)
    if not own.variance > 0.0:
        alone = _without_variance(found, machine, alpha)
    return AiVsReaders(
        ai=alone,
        readers=tuple(
            ReaderRow(x.reader, x.auc) for x in result.per_reader if x.modality == "readers"
        ),
        mean_readers=_estimate(mean.auc, root(mean.variance), df, alpha, method, n),
        difference=_difference(parts, row.difference, root(row.variance), df),
        var_reader=moments["M4"] - moments["M8"],
        var_error=np.nan,
        cov2=np.nan,
        warnings=(*alone.warnings, *result.warnings),
        method="AI against readers, U-statistics, df of the panel (t up to 50, normal above)",
        provenance=Provenance(PAPER, found.hashed, exclusions=found.exclusions),
    )


def _result(
    parts: _Parts, *, se: float, df: float, var_reader: float, var_error: float, cov2: float
) -> AiVsReaders:
    mean = float(parts.panel.mean())
    method = "mean AUC of readers, interval of the difference from the AI"
    panel = _estimate(mean, se, df, parts.alpha, method, parts.panel.size)
    ai = parts.ai
    labels = [x for k, x in enumerate(parts.found.readers) if k != parts.machine]
    compared = _difference(parts, ai.value - mean, se, df)
    rows = zip(labels, parts.panel, strict=True)
    return AiVsReaders(
        ai=ai,
        readers=tuple(ReaderRow(label, float(value)) for label, value in rows),
        mean_readers=panel,
        difference=replace(compared, estimate_a=ai, estimate_b=panel),
        var_reader=var_reader,
        var_error=var_error,
        cov2=cov2,
        warnings=(*ai.warnings, *compared.warnings),
        method="",
        provenance=Provenance(PAPER, parts.found.hashed, exclusions=parts.found.exclusions),
    )


def _without_variance(found: Readings, machine: int, alpha: float) -> Estimate:
    """Return the AI's AUC where its variance is not above 0: DeLong's, which is exact for AUC 1."""
    read = found.read[machine, 0]
    return delong_estimate(found.scores[machine, 0, read], found.truth[read], alpha=alpha)


def _difference(parts: _Parts, value: float, se: float, df: float) -> Comparison:
    noninferior, equivalent = margin_p(value, se, margin=parts.margin, df=df)
    low, high = interval(value, se, df=df, alpha=parts.alpha)
    statistic = standardised(value, se)
    return Comparison(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method="AI − mean of readers",
        n=len(parts.found.cases),
        alpha=parts.alpha,
        df=df,
        p_value=two_sided_p(statistic, df),
        warnings=() if se > 0.0 else ("the difference has no variance: there is no test",),
        statistic=statistic,
        distribution="z" if df == INFINITY else "t",
        margin=parts.margin or None,
        p_noninferiority=noninferior,
        p_equivalence=equivalent,
    )


def _estimate(value: float, se: float, df: float, alpha: float, method: str, n: int) -> Estimate:
    low, high = interval(value, se, df=df, alpha=alpha)
    finite = None if df == INFINITY else df
    return Estimate(value, se, low, high, method, n, alpha=alpha, df=finite)
