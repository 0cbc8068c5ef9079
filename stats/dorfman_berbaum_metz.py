"""Dorfman–Berbaum–Metz analysis: a three-way analysis of variance of jackknife pseudovalues."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from stats.errors import DesignError
from stats.figure_tables import FigureTable, figure_table, jackknife_covariance
from stats.figures_of_merit import Merit, figure
from stats.frames import Floats, Frame, check_alpha
from stats.inference import check_margin
from stats.mean_squares import Effects
from stats.mrmc_results import AnovaRow, MrmcResult
from stats.obuchowski_rockette import analyse
from stats.readings import check_design, readings
from stats.results import Provenance

PAPER = "Dorfman, Berbaum & Metz 1992, Invest Radiol 27:723; Hillis et al. 2005, Stat Med 24:1579"
LETTERS = "TRC"


def dbm(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    truth: str,
    score: str,
    readers: str = "random",
    cases: str = "random",
    figure_of_merit: str | Merit = "auc",
    alpha: float = 0.05,
    margin: float | None = None,
) -> MrmcResult:
    """Compare modalities by the jackknife pseudovalues of a crossed study.

    With random readers this equals `obuchowski_rockette` with the jackknife covariance and Hillis'
    degrees of freedom. With fixed readers it differs: F and t with (t − 1)(K − 1) degrees of
    freedom for K cases, where Obuchowski–Rockette takes chi-square and z.

    Parameters
    ----------
    data : DataFrame of polars or pandas, or mapping of columns
        One row per read, crossed: every reader reads every case in every modality.
    reader, modality, case, truth, score : str
        Columns.
    readers, cases : {'random', 'fixed'}
        Not both fixed.
    figure_of_merit : str or callable
        As `obuchowski_rockette`; 'sensitivity' and 'specificity' need 0/1 scores.
    alpha : float
        Two-sided level.
    margin : float, optional
        > 0 adds the tests of non-inferiority and equivalence.

    Returns
    -------
    MrmcResult
        With `pseudovalue_anova`; components are on the scale of Obuchowski–Rockette. Intervals of
        means are those of the model, which may leave 0 to 1.

    Raises
    ------
    DesignError
        If the reads are not crossed.
    InvalidArgumentError, DuplicateRowsError, MissingValueError, MissingColumnError, OneClassError,
    DegenerateError
        As `obuchowski_rockette`.

    References
    ----------
    Dorfman, Berbaum & Metz 1992, Invest Radiol 27:723. Hillis, Obuchowski, Schartz & Berbaum 2005,
    Stat Med 24:1579.

    Examples
    --------
    >>> from stats.simulate import roe_metz, ROE_METZ_1997
    >>> study = roe_metz(readers=4, healthy=20, diseased=20, seed=1, **ROE_METZ_1997["HH1.50"])
    >>> columns = dict(reader="reader", modality="modality", case="case", truth="truth")
    >>> found = dbm(study, score="score", **columns)
    >>> [row.source for row in found.pseudovalue_anova]
    ['T', 'R', 'C', 'TR', 'TC', 'RC', 'TRC', 'Total']
    """
    check_alpha(alpha)
    effects = Effects.of(readers=readers, cases=cases)
    size = check_margin(margin)
    merit = figure(figure_of_merit)
    found = readings(data, reader=reader, modality=modality, case=case, truth=truth, score=score)
    shown = check_design(found, "auto")
    if shown != "crossed":
        raise DesignError(f"DBM needs crossed reads and these are {shown}: use obuchowski_rockette")
    return analyse_pseudovalues(
        figure_table(found, merit, design=shown, leave_one_out=True),
        effects=effects,
        alpha=alpha,
        margin=size,
        named=merit.label,
        warnings=found.warnings,
        provenance=Provenance(PAPER, found.hashed, exclusions=found.exclusions),
    )


def analyse_pseudovalues(
    table: FigureTable,
    *,
    effects: Effects,
    alpha: float,
    margin: float,
    named: str,
    warnings: tuple[str, ...],
    provenance: Provenance,
) -> MrmcResult:
    """Analyse a table of figures of merit by their pseudovalues.

    Parameters
    ----------
    table : FigureTable
        With `leave_one_out`.
    effects : Effects
    alpha, margin : float
        A margin of 0 is none.
    named : str
        The figure, for `method`.
    warnings : tuple of str
    provenance : Provenance

    Returns
    -------
    MrmcResult

    Examples
    --------
    See `dbm`, which is this function after `figure_table`.
    """
    fixed = effects.readers == "fixed"
    result = analyse(
        replace(table, bounds=(-np.inf, np.inf)),
        jackknife_covariance(table),
        effects=effects,
        alpha=alpha,
        margin=margin,
        clip=False,
        named=named,
        warnings=warnings,
        provenance=provenance,
        case_df=table.n_cases - 1.0,
    )
    reference = "F and t with (t − 1)(K − 1) df" if fixed else effects.reference
    return replace(
        result,
        pseudovalue_anova=anova(pseudovalues(table)),
        method=f"DBM {effects.label}, {named}, jackknife pseudovalues, {reference}",
    )


def pseudovalues(table: FigureTable) -> Floats:
    """Return K·θ − (K − 1)·θ without the case, shape (cases, readers, modalities).

    Examples
    --------
    >>> left = np.array([[[0.9]], [[0.8]], [[1.0]], [[0.8]]])
    >>> table = FigureTable((1,), ("m",), np.array([[0.875]]), 4, 2, "", leave_one_out=left)
    >>> pseudovalues(table).ravel()
    array([0.8, 1.1, 0.5, 1.1])
    """
    k = table.n_cases
    return np.asarray(k * table.values - (k - 1) * np.asarray(table.leave_one_out))


def anova(values: Floats) -> tuple[AnovaRow, ...]:
    """Return the analysis of variance of pseudovalues by modality, reader and case.

    Parameters
    ----------
    values : ndarray, shape (cases, readers, modalities)

    Returns
    -------
    tuple of AnovaRow
        Sources T, R, C, TR, TC, RC, TRC and Total, whose mean square is NaN.

    Examples
    --------
    >>> rows = anova(np.arange(8.0).reshape(2, 2, 2))
    >>> [(row.source, row.ss) for row in rows][:3]
    [('T', 2.0), ('R', 8.0), ('C', 32.0)]
    """
    axis = {"C": 0, "R": 1, "T": 2}
    rows = []
    for source in [c for size in (1, 2, 3) for c in combinations(LETTERS, size)]:
        effect = _effect(values, tuple(axis[letter] for letter in source))
        ss = float((np.broadcast_to(effect, values.shape) ** 2).sum())
        df = float(np.prod([values.shape[axis[letter]] - 1 for letter in source]))
        rows.append(AnovaRow("".join(source), df, ss, ss / df if df else np.nan))
    total = float(((values - values.mean()) ** 2).sum())
    return (*rows, AnovaRow("Total", values.size - 1.0, total, np.nan))


def _effect(values: Floats, kept: tuple[int, ...]) -> Floats:
    """Return the interaction of the kept axes: means with alternating signs over their subsets."""
    effect = np.zeros((1, 1, 1))
    for size in range(len(kept) + 1):
        for subset in combinations(kept, size):
            gone = tuple(a for a in range(3) if a not in subset)
            sign = (-1) ** (len(kept) - size)
            effect = effect + sign * values.mean(axis=gone, keepdims=True)
    return effect
