"""Obuchowski–Rockette analysis of variance with Hillis' degrees of freedom."""

from collections.abc import Mapping

import numpy as np

from stats.errors import DegenerateError, InvalidArgumentError
from stats.figure_tables import COVARIANCES, FigureTable, error_covariance, figure_table
from stats.figures_of_merit import Merit, figure
from stats.frames import Floats, Frame, check_alpha, check_option
from stats.inference import INFINITY, check_margin
from stats.mean_squares import Effects, mean_squares
from stats.modality_contrasts import contrasts
from stats.mrmc_results import MrmcResult
from stats.readings import DESIGNS, check_design, missing_reads, readings
from stats.results import Provenance

PAPER = (
    "Obuchowski & Rockette 1995, Commun Stat Simul 24:285; Hillis 2007, Stat Med 26:596; "
    "Hillis, Berbaum & Metz 2008, Acad Radiol 15:647"
)


def obuchowski_rockette(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    truth: str,
    score: str,
    covariance: str = "delong",
    readers: str = "random",
    cases: str = "random",
    figure_of_merit: str | Merit = "auc",
    alpha: float = 0.05,
    margin: float | None = None,
    design: str = "auto",
    partial: Mapping[str, object] | None = None,
    threshold: float | None = None,
    clip: bool = False,
) -> MrmcResult:
    """Compare modalities in a multi-reader multi-case study.

    Parameters
    ----------
    data : DataFrame of polars or pandas, or mapping of columns
        One row per read.
    reader, modality, case, truth, score : str
        Columns; truth 1 = diseased, higher score = more diseased.
    covariance : {'delong', 'jackknife', 'unbiased'}
        Estimator of the error covariances. DeLong's needs a crossed design; it and 'unbiased' need
        the figure 'auc'.
    readers, cases : {'random', 'fixed'}
        Not both fixed.
    figure_of_merit : str or callable
        'auc', 'partial_auc', 'binormal_auc', 'sensitivity', 'specificity', or a function of the
        scores and truth of one curve.
    alpha : float
        Two-sided level.
    margin : float, optional
        > 0 adds the one-sided test of a − b ≤ −margin at alpha / 2, and that of equivalence.
    design : {'auto', 'crossed', 'cases_in_readers', 'cases_in_modalities', 'split_plot'}
        'auto' takes the design that the reads show; another must be the one they show.
    partial : mapping, optional
        `specificity` and `correction` for 'partial_auc'.
    threshold : float, optional
        For 'sensitivity' and 'specificity': a score ≥ threshold is positive.
    clip : bool
        With fixed readers, take Cov2 − Cov3 as 0 when it is negative.

    Returns
    -------
    MrmcResult

    Raises
    ------
    InvalidArgumentError
        If an option does not exist or does not go with another.
    DesignError
        If the design does not allow the analysis.
    DuplicateRowsError, MissingValueError, MissingColumnError, OneClassError, DegenerateError
        If the data does not allow it.

    References
    ----------
    Obuchowski & Rockette 1995, Commun Stat Simul 24:285. Hillis 2007, Stat Med 26:596.
    Hillis, Berbaum & Metz 2008, Acad Radiol 15:647. Chen, Petrick & Sahiner 2012, Acad Radiol
    19:1158 (margins).

    Examples
    --------
    >>> from stats.simulate import roe_metz, ROE_METZ_1997
    >>> study = roe_metz(readers=4, healthy=20, diseased=20, seed=1, **ROE_METZ_1997["HH1.50"])
    >>> found = obuchowski_rockette(
    ...     study, reader="reader", modality="modality", case="case", truth="truth", score="score"
    ... )
    >>> found.method
    'OR RRRC, empirical AUC, DeLong covariance, F (Hillis df)'
    """
    check_alpha(alpha)
    check_option(covariance, COVARIANCES, name="covariance")
    check_option(design, DESIGNS, name="design")
    effects = Effects.of(readers=readers, cases=cases)
    size = check_margin(margin)
    if figure_of_merit != "auc" and covariance != "jackknife":
        raise InvalidArgumentError(
            f"covariance {covariance!r} is of the empirical AUC: "
            "ask for 'jackknife' with another figure of merit"
        )
    merit = figure(figure_of_merit, partial=partial, threshold=threshold)
    found = readings(data, reader=reader, modality=modality, case=case, truth=truth, score=score)
    shown = check_design(found, design)
    table = figure_table(found, merit, design=shown, leave_one_out=covariance == "jackknife")
    names = {"delong": "DeLong", "jackknife": "jackknife", "unbiased": "unbiased"}
    return analyse(
        table,
        error_covariance(found, table, covariance),
        effects=effects,
        alpha=alpha,
        margin=size,
        clip=clip,
        named=f"{merit.label}, {names[covariance]} covariance",
        warnings=(*found.warnings, *missing_reads(found, shown)),
        provenance=Provenance(PAPER, found.hashed, exclusions=found.exclusions),
    )


def analyse(
    table: FigureTable,
    covariance: Floats,
    *,
    effects: Effects,
    alpha: float,
    margin: float,
    clip: bool,
    named: str,
    warnings: tuple[str, ...],
    provenance: Provenance,
    case_df: float = INFINITY,
) -> MrmcResult:
    """Analyse any table of figures of merit whose error covariance is known.

    Parameters
    ----------
    table : FigureTable
    covariance : ndarray, shape (readers, modalities, readers, modalities)
    effects : Effects
    alpha, margin : float
        A margin of 0 is none.
    clip : bool
        With fixed readers, take Cov2 − Cov3 as 0 when it is negative.
    named : str
        Figure and covariance, for `method`.
    warnings : tuple of str
    provenance : Provenance
    case_df : float
        With fixed readers: n_cases − 1 for t and F tests (DBM), infinite for z and chi-square.

    Returns
    -------
    MrmcResult

    Raises
    ------
    DegenerateError
        If readers are random and there is only one, or a covariance does not exist.

    Examples
    --------
    See `obuchowski_rockette`, which is this function after `figure_table`.
    """
    squares = mean_squares(table.values, covariance)
    if effects.readers == "random" and len(table.readers) < 2:
        raise DegenerateError("random readers need at least two: ask for readers='fixed'")
    if not squares.var == squares.var:
        raise DegenerateError("the error covariance needs two cases of each class of every reader")
    tested = contrasts(
        table, squares, effects=effects, alpha=alpha, margin=margin, clip=clip, case_df=case_df
    )
    return MrmcResult(
        figures_of_merit=tested.figures,
        components=squares.components(),
        omnibus=tested.omnibus,
        differences=tested.differences,
        means=tested.means,
        reader_differences=tested.reader_differences,
        pseudovalue_anova=(),
        warnings=(
            *warnings,
            *_without_variance(table, covariance),
            *squares.warnings(effects, clip=clip),
            *tested.warnings,
        ),
        method=f"OR {effects.label}, {named}, {effects.reference}",
        design=table.design,
        alpha=alpha,
        margin=margin or None,
        n_readers=len(table.readers),
        n_cases=table.n_cases,
        n_diseased=table.n_diseased,
        provenance=provenance,
    )


def _without_variance(table: FigureTable, covariance: Floats) -> tuple[str, ...]:
    """Say which figures have no error variance, as an AUC of 1 has none."""
    flat = np.argwhere(np.einsum("rtrt->rt", covariance) == 0.0)
    if not flat.size:
        return ()
    r, t = flat[0]
    more = f" and {len(flat) - 1} more figures" if len(flat) > 1 else ""
    return (
        f"reader {table.readers[r]} in modality {table.modalities[t]} has figure "
        f"{table.values[r, t]:.4g}{more}: its error variance is estimated as 0",
    )
