"""The edge to statsmodels' fits that calibration needs: logistic recalibration and lowess."""

import numpy as np
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.nonparametric.smoothers_lowess import lowess

from stats.frames import Floats

SPAN = 2 / 3
SMOOTHER = "lowess, span 2/3, no robustness iterations"


def recalibrate(
    outcome: Floats, design: Floats, *, offset: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return the coefficients of a logistic regression and their standard errors.

    Parameters
    ----------
    outcome : ndarray of 0 and 1, shape (n,)
    design : ndarray, shape (n, coefficients)
        Without separation, so that the maximum exists.
    offset : ndarray, shape (n,), optional
        Added to the linear predictor with coefficient 1.

    Returns
    -------
    tuple of two ndarrays, shape (coefficients,)

    Notes
    -----
    Iteratively reweighted least squares that stop where R's glm stops, and take the standard error
    from the last weights as it does: the digits are R's, true to about 1e-5.

    References
    ----------
    Cox 1958, Biometrika 45:562.

    Examples
    --------
    >>> value, _ = recalibrate(np.array([0.0, 1.0, 1.0, 1.0]), np.ones((4, 1)))
    >>> float(value[0].round(4))
    1.0986
    """
    model = GLM(outcome, design, family=Binomial(), offset=offset)
    fit = model.fit(maxiter=100, atol=1e-9, rtol=1e-8)
    return np.asarray(fit.params), np.asarray(fit.bse)


def smoothed_rate(probability: Floats, outcome: Floats) -> Floats:
    """Return the smoothed observed rate at each predicted probability.

    Parameters
    ----------
    probability, outcome : ndarray, shape (n,)
        Fewer than the span of them at one probability.

    Returns
    -------
    ndarray, shape (n,)

    References
    ----------
    Cleveland 1979, J Am Stat Assoc 74:829; Austin & Steyerberg 2019, Stat Med 38:4051.

    Examples
    --------
    >>> p = np.linspace(0.1, 0.9, 9)
    >>> smoothed_rate(p, p).round(6).tolist()
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    """
    near = 0.01 * float(np.ptp(probability))  # interpolate closer points: fast for large n
    line = lowess(outcome, probability, frac=SPAN, it=0, delta=near, return_sorted=True)
    distinct, first = np.unique(line[:, 0], return_index=True)
    return np.asarray(np.interp(probability, distinct, line[first, 1]))
