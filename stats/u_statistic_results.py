"""The result of a U-statistic analysis: its tables, row by row."""

from collections.abc import Hashable
from dataclasses import dataclass

from stats.results import Result, Row


@dataclass(frozen=True)
class Modality(Row):
    """One modality; p-values test 0.5; with the binary kernel `auc` is the mean."""

    modality: Hashable
    auc: float
    variance: float
    variance_mle: float
    df_bdg: float
    df_bdg_mle: float
    p_normal: float
    p_bdg: float
    ci_normal_low: float
    ci_normal_high: float
    ci_bdg_low: float
    ci_bdg_high: float
    n_readers: int
    n_healthy: int
    n_diseased: int


@dataclass(frozen=True)
class UDifference(Row):
    """The difference a − b of two modalities; non-inferiority is None without a margin."""

    modality_a: Hashable
    modality_b: Hashable
    difference: float
    variance: float
    variance_mle: float
    df_bdg: float
    df_bdg_mle: float
    p_normal: float
    p_bdg: float
    p_normal_mle: float
    p_bdg_mle: float
    ci_normal_low: float
    ci_normal_high: float
    ci_bdg_low: float
    ci_bdg_high: float
    p_noninferiority_normal: float | None
    p_noninferiority_bdg: float | None


@dataclass(frozen=True)
class Moment(Row):
    """A second moment of a pair of modalities, its biased version and its weight in the variance.

    AUC kernel: M1 … M4 of one reader, M5 … M8 of two; within each four, the two comparisons share
    both cases, the diseased case, the healthy case, or none. Binary kernel: c1 is one case, c0 two,
    r1 one reader, r0 two.
    """

    modality_a: Hashable
    modality_b: Hashable
    moment: str
    unbiased: float
    biased: float
    coefficient: float


@dataclass(frozen=True)
class PerReader(Row):
    """One reader in one modality, with the unbiased variance over cases."""

    reader: Hashable
    modality: Hashable
    auc: float
    variance: float
    n_healthy: int
    n_diseased: int


@dataclass(frozen=True)
class UStatResult(Result):
    """A U-statistic analysis.

    Parameters
    ----------
    modalities : tuple of Modality
    differences : tuple of UDifference
    moments : tuple of Moment
    per_reader : tuple of PerReader
    warnings : tuple of str
    method : str
    kernel : {'auc', 'binary'}
    alpha : float
    margin : float or None
    """

    modalities: tuple[Modality, ...]
    differences: tuple[UDifference, ...]
    moments: tuple[Moment, ...]
    per_reader: tuple[PerReader, ...]
    warnings: tuple[str, ...]
    method: str
    kernel: str
    alpha: float
    margin: float | None
