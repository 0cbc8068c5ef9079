"""Predicted probabilities with their outcomes, checked."""

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import InvalidArgumentError
from stats.frames import Floats, same_length, truth_vector, two_classes, vector


def checked_predictions(probability: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    """Return probabilities and outcomes as float64, checked.

    Parameters
    ----------
    probability : array_like, shape (n,)
        From 0 to 1.
    outcome : array_like, shape (n,)
        0 or 1, both present.

    Returns
    -------
    tuple of two ndarrays of float64, shape (n,)

    Raises
    ------
    InvalidArgumentError, MissingValueError, LengthError, OneClassError
        What is not so.

    Examples
    --------
    >>> checked_predictions([0.2, 1], [False, True])[1]
    array([0., 1.])
    """
    p = vector(probability, name="probability")
    y = truth_vector(outcome, name="outcome")
    same_length(probability=p, outcome=y)
    if not ((p >= 0) & (p <= 1)).all():
        raise InvalidArgumentError(
            "a probability is outside 0 to 1: give probabilities, not scores"
        )
    two_classes(y, of="the outcome")
    return p, y.astype(np.float64)
