"""Reader studies out of thin air: the Roe–Metz model, whose true AUC is known."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, TypedDict

import numpy as np
import polars as pl
from scipy import special

from stats.errors import InvalidArgumentError
from stats.frames import Booleans, Floats, check_option

Variance: TypeAlias = float | Sequence[float]
"""One variance for all cases, or two: of the healthy and of the diseased."""


class Structure(TypedDict):
    """What `roe_metz` and `true_auc` need to know of a population of readers and cases."""

    means: tuple[float, ...]
    variances: Mapping[str, Variance]


COMPONENTS = ("R", "C", "RC", "TR", "TC", "TRC")
SIMULATED = ("crossed", "cases_in_readers", "cases_in_modalities", "split_plot")


def _published() -> dict[str, Structure]:
    """Return the twelve structures of Table 1 of Roe & Metz 1997.

    The first letter is the correlation of the data over readers and modalities, the second the
    variance of readers; the number is the separation of the means (AUC .702, .856 and .962).
    """
    cases = {
        "H": {"C": 0.3, "RC": 0.2, "TC": 0.3, "TRC": 0.2},
        "L": {"C": 0.1, "RC": 0.2, "TC": 0.1, "TRC": 0.6},
    }
    readers = {
        "L": {0.75: 0.0055, 1.5: 0.011, 2.5: 0.03},
        "H": {0.75: 0.011, 1.5: 0.03, 2.5: 0.056},
    }
    return {
        f"{data}{reader}{separation:.2f}": Structure(
            means=(separation, separation),
            variances=MappingProxyType({"R": size, "TR": size} | cases[data]),
        )
        for data in cases
        for reader in readers
        for separation, size in readers[reader].items()
    }


ROE_METZ_1997: Mapping[str, Structure] = MappingProxyType(_published())
"""Structure name ('HH1.50') to `means` and `variances`, ready for `roe_metz(..., **structure)`."""


def roe_metz(
    *,
    readers: int,
    healthy: int,
    diseased: int,
    means: Sequence[float],
    variances: Mapping[str, Variance],
    seed: int,
    design: str = "crossed",
    blocks: int = 1,
) -> pl.DataFrame:
    """Simulate a reader study of the Roe–Metz model.

    A score is the mean of its modality, if the case is diseased, plus independent normal effects of
    reader, case, reader × case, and each of them within the modality. Reader effects are separate
    for the healthy and the diseased.

    Parameters
    ----------
    readers : int
        Readers.
    healthy, diseased : int
        Cases of each class; per reader for 'cases_in_readers', per modality for
        'cases_in_modalities', in all otherwise.
    means : sequence of float, length modalities
        Mean score of the diseased in each modality; that of the healthy is 0.
    variances : mapping
        R, C, RC, TR, TC, TRC (T for the modality; TRC holds the error); each one number, or two for
        the healthy and the diseased. One left out is 0.
    seed : int
        Of the Philox generator.
    design : {'crossed', 'cases_in_readers', 'cases_in_modalities', 'split_plot'}
        In a split plot, each of `blocks` groups of readers reads its own block of cases in every
        modality.
    blocks : int
        Of the split plot.

    Returns
    -------
    polars.DataFrame
        Columns reader, modality, case, truth, score; names of equal width, so that they sort.

    Raises
    ------
    InvalidArgumentError
        If a number is not above 0, a variance is negative or unknown, or there are more blocks than
        readers or cases of a class.

    References
    ----------
    Roe & Metz 1997, Acad Radiol 4:298. Gallas & Hillis 2014, J Med Imaging 1:031006.

    Examples
    --------
    >>> study = roe_metz(readers=2, healthy=3, diseased=3, seed=1, **ROE_METZ_1997["HH1.50"])
    >>> study.shape, study.columns
    ((24, 5), ['reader', 'modality', 'case', 'truth', 'score'])
    """
    check_option(design, SIMULATED, name="design")
    modalities = len(means)
    if min(readers, healthy, diseased, modalities, blocks) < 1:
        raise InvalidArgumentError("readers, cases, modalities and blocks must be at least 1")
    if blocks > 1 and (design != "split_plot" or blocks > min(readers, healthy, diseased)):
        raise InvalidArgumentError(f"{blocks} blocks need a split plot with that many of each")
    sets = {"cases_in_readers": readers, "cases_in_modalities": modalities}.get(design, 1)
    truth = np.tile(np.repeat([False, True], [healthy, diseased]), sets)
    scores = _scores(truth, (readers, modalities), means, _checked(variances), seed)
    return _frame(scores, truth, _reads(scores.shape, truth, design, blocks))


def true_auc(*, means: Sequence[float], variances: Mapping[str, Variance]) -> tuple[float, ...]:
    """Return the AUC of each modality that readers and cases drawn at random have.

    Parameters
    ----------
    means : sequence of float, length modalities
    variances : mapping
        As `roe_metz`.

    Returns
    -------
    tuple of float

    Raises
    ------
    InvalidArgumentError
        If a variance is negative or unknown, or all are 0.

    References
    ----------
    Roe & Metz 1997, Acad Radiol 4:298.

    Examples
    --------
    >>> [round(value, 3) for value in true_auc(**ROE_METZ_1997["LL2.50"])]
    [0.957, 0.957]
    """
    total = float(_checked(variances).sum())
    if total == 0.0:
        raise InvalidArgumentError("the variances are all 0: there is no curve")
    return tuple(float(special.ndtr(mean / np.sqrt(total))) for mean in means)


def _checked(variances: Mapping[str, Variance]) -> Floats:
    """Return variances as an array, shape (6, 2): component, class."""
    unknown = set(variances) - set(COMPONENTS)
    if unknown:
        raise InvalidArgumentError(
            f"no variance is called {', '.join(sorted(unknown))}: {', '.join(COMPONENTS)}"
        )
    rows = [np.broadcast_to(np.asarray(variances.get(name, 0.0)), (2,)) for name in COMPONENTS]
    found = np.array(rows, dtype=np.float64)
    if not (found >= 0.0).all():
        raise InvalidArgumentError("a variance is negative or NaN")
    return found


def _scores(
    truth: Booleans,
    curves: tuple[int, int],
    means: Sequence[float],
    variances: Floats,
    seed: int,
) -> Floats:
    """Return scores, shape (readers, modalities, cases), of everybody reading everything."""
    draw = np.random.Generator(np.random.Philox(seed)).standard_normal
    readers, modalities = curves
    n, kind = truth.size, truth.astype(np.int64)
    sd = dict(zip(COMPONENTS, np.sqrt(variances), strict=True))
    return np.asarray(
        np.asarray(means, dtype=np.float64)[None, :, None] * truth
        + (sd["R"] * draw((readers, 1, 2)) + sd["TR"] * draw((readers, modalities, 2)))[..., kind]
        + sd["C"][kind] * draw((1, 1, n))
        + sd["TC"][kind] * draw((1, modalities, n))
        + sd["RC"][kind] * draw((readers, 1, n))
        + sd["TRC"][kind] * draw((readers, modalities, n))
    )


def _reads(shape: tuple[int, ...], truth: Booleans, design: str, blocks: int) -> Booleans:
    """Return which reads the design holds, shape (readers, modalities, cases)."""
    readers, modalities, n = shape
    reader, modality, case = np.indices(shape)
    if design == "cases_in_readers":
        kept = case // (n // readers) == reader
    elif design == "cases_in_modalities":
        kept = case // (n // modalities) == modality
    else:
        within = np.where(truth, np.cumsum(truth), np.cumsum(~truth)) - 1
        block_of_case = within * blocks // np.where(truth, truth.sum(), (~truth).sum())
        kept = block_of_case[case] == reader * blocks // readers
    found: Booleans = kept
    return found


def _frame(scores: Floats, truth: Booleans, reads: Booleans) -> pl.DataFrame:
    reader, modality, case = np.nonzero(reads)
    names = [
        np.array([f"{prefix}{index:0{len(str(size))}d}" for index in range(1, size + 1)])[codes]
        for prefix, size, codes in zip("rmc", scores.shape, (reader, modality, case), strict=True)
    ]
    return pl.DataFrame(
        {
            "reader": names[0],
            "modality": names[1],
            "case": names[2],
            "truth": truth[case].astype(np.int64),
            "score": scores[reads],
        }
    )
