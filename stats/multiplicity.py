"""Several tests in one study: adjusted p-values, the fixed sequence, and gates between families."""

from collections.abc import Sequence

from stats.errors import InvalidArgumentError
from stats.frames import check_alpha, check_option, vector


def adjust(p_values: Sequence[float], *, method: str = "holm") -> tuple[float, ...]:
    """Return p-values adjusted so that each may be compared with alpha itself.

    Parameters
    ----------
    p_values : sequence of float, shape (m,)
        In any order.
    method : str
        'holm', 'hochberg' (valid for independent or positively dependent tests) or 'bonferroni'.

    Returns
    -------
    tuple of float, shape (m,)
        In the order of the input, at most 1.

    Raises
    ------
    InvalidArgumentError
        If a p-value is missing or outside [0, 1], or the method does not exist.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6:65. Hochberg (1988), Biometrika 75:800.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    check_option(method, ("holm", "hochberg", "bonferroni"), name="method")
    p = _checked(p_values)
    m = len(p)
    if method == "bonferroni":
        return tuple(min(1.0, m * value) for value in p)
    order = sorted(range(m), key=p.__getitem__)
    adjusted = [0.0] * m
    if method == "holm":
        bound = 0.0
        for rank, index in enumerate(order):
            bound = adjusted[index] = max(bound, min(1.0, (m - rank) * p[index]))
    else:
        bound = 1.0
        for rank, index in reversed(list(enumerate(order))):
            bound = adjusted[index] = min(bound, (m - rank) * p[index])
    return tuple(adjusted)


def fixed_sequence(p_values: Sequence[float], *, alpha: float = 0.05) -> tuple[bool, ...]:
    """Return which hypotheses are rejected when they are tested in order until the first failure.

    Parameters
    ----------
    p_values : sequence of float, shape (m,)
        In the order fixed before the data were seen.
    alpha : float
        Level of every test; the familywise level too.

    Returns
    -------
    tuple of bool, shape (m,)
        p ≤ alpha, and all before it rejected.

    Raises
    ------
    InvalidArgumentError
        If a p-value is missing or outside [0, 1], or alpha outside (0, 1).

    References
    ----------
    Maurer, Hothorn & Lehmacher (1995), in: Biometrie in der chemisch-pharmazeutischen Industrie 6.

    Examples
    --------
    >>> fixed_sequence([0.01, 0.20, 0.001])
    (True, False, False)
    """
    check_alpha(alpha)
    decisions = []
    is_open = True
    for value in _checked(p_values):
        is_open = is_open and value <= alpha
        decisions.append(is_open)
    return tuple(decisions)


def gatekeeper(
    families: Sequence[Sequence[float]], *, alpha: float = 0.05
) -> tuple[tuple[bool, ...], ...]:
    """Return the decisions of serial gatekeeping: Holm in each family, the next only if all hold.

    Parameters
    ----------
    families : sequence of sequences of float
        P-values of each family, in the order fixed before the data were seen.
    alpha : float
        Level of every family; the familywise level of them all too.

    Returns
    -------
    tuple of tuple of bool
        For each family in order, which hypotheses are rejected; those behind a closed gate are not.

    Raises
    ------
    InvalidArgumentError
        If a p-value is missing or outside [0, 1], a family is empty, or alpha outside (0, 1).

    References
    ----------
    Westfall & Krishen (2001), Journal of Statistical Planning and Inference 99:25. Dmitrienko,
    Offen & Westfall (2003), Statistics in Medicine 22:2387.

    Examples
    --------
    >>> gatekeeper([[0.01, 0.02], [0.04, 0.03], [0.001]])
    ((True, True), (False, False), (False,))
    """
    check_alpha(alpha)
    if not all(len(family) for family in families):
        raise InvalidArgumentError("a family holds no p-value: leave it out")
    decisions: list[tuple[bool, ...]] = []
    is_open = True
    for adjusted in [adjust(family) for family in families]:
        decisions.append(tuple(is_open and value <= alpha for value in adjusted))
        is_open = all(decisions[-1])
    return tuple(decisions)


def _checked(p_values: Sequence[float]) -> list[float]:
    p = [float(value) for value in vector(p_values, name="p_values", missing=True)]
    wrong = [value for value in p if not 0 <= value <= 1]  # NaN is not
    if wrong:
        raise InvalidArgumentError(f"{wrong[0]} is no p-value: give numbers from 0 to 1")
    return p
