"""Figures of merit of every reader in every modality, and the covariance of their errors."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from stats.errors import DegenerateError, DesignError, InvalidArgumentError, OneClassError
from stats.figures_of_merit import Figure
from stats.frames import Booleans, Floats
from stats.pair_moments import pair_moments, unbiased_covariance
from stats.placements import covariance as delong_covariance
from stats.placements import placements
from stats.readings import Readings

COVARIANCES = ("delong", "jackknife", "unbiased")


@dataclass(frozen=True)
class FigureTable:
    """Figures of merit, and what their analysis needs to know of the cases.

    Parameters
    ----------
    readers, modalities : tuple
        Labels.
    values : ndarray, shape (readers, modalities)
    n_cases, n_diseased : int
        Cases that some figure uses.
    label : str
        Name of the figure, for `method`.
    design : str
        As `stats.readings.DESIGNS`.
    leave_one_out : ndarray, shape (n_cases, readers, modalities), optional
        The figures without each case in turn; the figure itself where a case is not used.
    bounds : tuple of float
        Where intervals of means are cut.
    """

    readers: tuple[Hashable, ...]
    modalities: tuple[Hashable, ...]
    values: Floats
    n_cases: int
    n_diseased: int
    label: str
    design: str = "crossed"
    leave_one_out: Floats | None = None
    bounds: tuple[float, float] = (-np.inf, np.inf)


def figure_table(
    found: Readings, figure: Figure, *, design: str, leave_one_out: bool
) -> FigureTable:
    """Return the table of a figure of merit.

    Parameters
    ----------
    found : Readings
        Every reader has read in every modality.
    figure : Figure
    design : str
    leave_one_out : bool
        Whether the figures without each case are computed too.

    Returns
    -------
    FigureTable

    Raises
    ------
    DegenerateError
        If a figure is not a number.

    Examples
    --------
    >>> from stats.figures_of_merit import figure
    >>> truth, scores = np.array([0, 0, 1, 1], dtype=bool), np.array([[[1.0, 2.0, 2.0, 3.0]]])
    >>> study = Readings((1,), ("m",), (1, 2, 3, 4), truth, scores, "")
    >>> figure_table(study, figure("auc"), design="crossed", leave_one_out=True).values
    array([[0.875]])
    """
    shape = found.scores.shape
    used = figure.uses(found.truth) & found.read.any(axis=(0, 1))
    values = np.empty(shape[:2])
    without = np.empty(shape) if leave_one_out else None
    for r, t in np.ndindex(*shape[:2]):
        read = found.read[r, t]
        scores, truth = found.scores[r, t, read], found.truth[read]
        if not figure.uses(truth).any() or (len(figure.classes) > 1 and len(set(truth)) < 2):
            raise OneClassError(
                f"reader {found.readers[r]} has no case of a class that {figure.label} needs "
                f"in modality {found.modalities[t]}"
            )
        values[r, t] = figure.value(scores, truth)
        if not np.isfinite(values[r, t]):
            raise DegenerateError(
                f"{figure.label} of reader {found.readers[r]}, modality {found.modalities[t]} "
                f"is {values[r, t]}: it cannot be analysed"
            )
        if without is not None:
            without[r, t] = values[r, t]
            without[r, t, read] = figure.leave_one_out(scores, truth)
    return FigureTable(
        readers=found.readers,
        modalities=found.modalities,
        values=values,
        n_cases=int(used.sum()),
        n_diseased=int((used & found.truth).sum()),
        label=figure.label,
        design=design,
        leave_one_out=None if without is None else np.moveaxis(without[..., used], 2, 0),
        bounds=figure.bounds,
    )


def jackknife_covariance(table: FigureTable, *, shared: Booleans | None = None) -> Floats:
    """Return the jackknife covariance of the errors of the figures.

    Parameters
    ----------
    table : FigureTable
        With `leave_one_out`.
    shared : ndarray of bool, shape (readers, modalities, readers, modalities), optional
        Which pairs of figures share a case; the others have covariance 0.

    Returns
    -------
    ndarray, shape (readers, modalities, readers, modalities)

    Raises
    ------
    InvalidArgumentError
        If the table has no `leave_one_out`.

    References
    ----------
    Quenouille 1956, Biometrika 43:353; Hillis et al. 2005, Statistics in Medicine 24:1579.

    Examples
    --------
    >>> left = np.array([[[0.9]], [[0.8]], [[1.0]], [[0.8]]])
    >>> table = FigureTable((1,), ("m",), np.array([[0.875]]), 4, 2, "", leave_one_out=left)
    >>> jackknife_covariance(table)[0, 0, 0, 0].round(6)
    np.float64(0.020625)
    """
    if table.leave_one_out is None:
        raise InvalidArgumentError("the jackknife needs the figures without each case")
    n, *curves = table.leave_one_out.shape
    flat = table.leave_one_out.reshape(n, -1)
    centred = flat - flat.mean(axis=0)
    full = ((n - 1) / n * (centred.T @ centred)).reshape(*curves, *curves)
    return full if shared is None else np.where(shared, full, 0.0)


def error_covariance(found: Readings, table: FigureTable, covariance: str) -> Floats:
    """Return the covariance of the errors of the figures by one of three estimators.

    Parameters
    ----------
    found : Readings
    table : FigureTable
    covariance : {'delong', 'jackknife', 'unbiased'}

    Returns
    -------
    ndarray, shape (readers, modalities, readers, modalities)

    Raises
    ------
    DesignError
        If 'delong' is asked for and not every reader read every case in every modality.

    Examples
    --------
    >>> from stats.figures_of_merit import figure
    >>> truth, scores = np.array([0, 0, 1, 1], dtype=bool), np.array([[[1.0, 2.0, 2.0, 3.0]]])
    >>> study = Readings((1,), ("m",), (1, 2, 3, 4), truth, scores, "")
    >>> table = figure_table(study, figure("auc"), design="crossed", leave_one_out=False)
    >>> error_covariance(study, table, "delong")[0, 0, 0, 0]
    np.float64(0.03125)
    """
    shape = found.scores.shape
    if covariance == "jackknife":
        return jackknife_covariance(table, shared=_shared(found.read))
    curves = found.scores.reshape(-1, shape[2])
    if covariance == "unbiased":
        full = unbiased_covariance(pair_moments(curves, found.truth))
    elif not found.read.all():
        raise DesignError(
            "DeLong's covariance needs every read of a crossed design: "
            "ask for covariance 'jackknife' or 'unbiased'"
        )
    else:
        full = delong_covariance(placements(curves, found.truth))
    return full.reshape(*shape[:2], *shape[:2])


def _shared(read: Booleans) -> Booleans:
    flat = read.reshape(-1, read.shape[2]).astype(np.float64)
    shared: Booleans = (flat @ flat.T > 0.0).reshape(*read.shape[:2], *read.shape[:2])
    return shared
