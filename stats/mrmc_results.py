"""The result of a multi-reader multi-case analysis: its tables, row by row."""

from collections.abc import Hashable
from dataclasses import dataclass

from stats.results import Result, Row


@dataclass(frozen=True)
class FigureRow(Row):
    """The figure of merit of one reader in one modality."""

    reader: Hashable
    modality: Hashable
    value: float


@dataclass(frozen=True)
class Components(Row):
    """Mean squares and variance components on the scale of the figure; negatives are kept."""

    MS_T: float
    MS_TR: float
    MS_R: float
    var: float
    cov1: float
    cov2: float
    cov3: float
    var_reader: float
    var_treatment_reader: float


@dataclass(frozen=True)
class Omnibus(Row):
    """The test that all modalities are equal; distribution 'F' or 'chi2'."""

    statistic: float
    df1: float
    df2: float
    p_value: float
    distribution: str


@dataclass(frozen=True)
class Difference(Row):
    """The difference a − b of two modalities; p_noninferiority is None without a margin."""

    modality_a: Hashable
    modality_b: Hashable
    estimate: float
    se: float
    df: float
    t: float
    p_value: float
    ci_low: float
    ci_high: float
    p_noninferiority: float | None
    p_equivalence: float | None


@dataclass(frozen=True)
class Mean(Row):
    """The mean of the readers in one modality, from that modality's data alone."""

    modality: Hashable
    estimate: float
    se: float
    df: float
    ci_low: float
    ci_high: float
    MS_R: float
    cov2: float


@dataclass(frozen=True)
class ReaderDifference(Row):
    """The difference a − b of two modalities for one fixed reader."""

    reader: Hashable
    modality_a: Hashable
    modality_b: Hashable
    estimate: float
    se: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class AnovaRow(Row):
    """One source of variation of an analysis of variance."""

    source: str
    df: float
    ss: float
    ms: float


@dataclass(frozen=True)
class MrmcResult(Result):
    """A multi-reader multi-case analysis.

    Parameters
    ----------
    figures_of_merit : tuple of FigureRow
    components : Components
    omnibus : Omnibus
        NaN with one modality.
    differences : tuple of Difference
        Empty with one modality.
    means : tuple of Mean
    reader_differences : tuple of ReaderDifference
        For fixed readers only.
    pseudovalue_anova : tuple of AnovaRow
        Of `dbm` only.
    warnings : tuple of str
    method, design : str
    alpha : float
    margin : float or None
    n_readers, n_cases, n_diseased : int
        Cases that the figure of merit uses.
    """

    figures_of_merit: tuple[FigureRow, ...]
    components: Components
    omnibus: Omnibus
    differences: tuple[Difference, ...]
    means: tuple[Mean, ...]
    reader_differences: tuple[ReaderDifference, ...]
    pseudovalue_anova: tuple[AnovaRow, ...]
    warnings: tuple[str, ...]
    method: str
    design: str
    alpha: float
    margin: float | None
    n_readers: int
    n_cases: int
    n_diseased: int
