"""The one edge to statsmodels' and lifelines' survival code: arrays in, numbers out."""

import warnings
from dataclasses import dataclass

import numpy as np
from lifelines.utils import concordance_index
from statsmodels.duration.hazard_regression import PHReg

from stats.errors import DegenerateError
from stats.frames import Booleans, Floats

LARGEST = 20.0  # log hazard ratio per standard deviation beyond which no finite estimate exists


@dataclass(frozen=True)
class CoxFit:
    """Coefficients, their standard errors, the log likelihood and the concordance."""

    coefficients: tuple[float, ...]
    errors: tuple[float, ...]
    log_likelihood: float
    concordance: float


def fit_cox(times: Floats, events: Booleans, design: Floats, *, ties: str) -> CoxFit:
    """Return a fitted Cox model.

    Parameters
    ----------
    times, events : ndarray, shape (n,)
    design : ndarray, shape (n, covariates)
        Of full rank.
    ties : {'efron', 'breslow'}

    Returns
    -------
    CoxFit

    Raises
    ------
    DegenerateError
        When the likelihood has no maximum, because a covariate orders the events perfectly.

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [0.0], [1.0]])
    >>> fit = fit_cox(np.arange(1.0, 5.0), np.ones(4, dtype=bool), x, ties="efron")
    >>> round(fit.concordance, 4)
    0.6667
    """
    scale = design.std(axis=0)
    standard = (design - design.mean(axis=0)) / scale  # keeps Newton's steps well conditioned
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say is checked below
        model = PHReg(times, standard, status=events.astype(np.float64), ties=ties)
        result = model.fit(disp=0)
        coefficients, errors = np.asarray(result.params), np.asarray(result.bse)
        likelihood = float(result.llf)
    bad = ~np.isfinite(coefficients) | ~np.isfinite(errors) | (np.abs(coefficients) > LARGEST)
    if bad.any():
        raise DegenerateError(
            f"covariate {int(np.argmax(bad)) + 1} orders the events perfectly: "
            "its hazard ratio has no finite estimate"
        )
    risk = standard @ coefficients
    return CoxFit(
        coefficients=tuple((coefficients / scale).tolist()),
        errors=tuple((errors / scale).tolist()),
        log_likelihood=likelihood,
        concordance=float(concordance_index(times, -risk, events)),
    )
