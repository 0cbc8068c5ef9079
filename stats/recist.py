"""RECIST 1.1 at one visit, in exact decimals: target response and overall response."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from stats.errors import InvalidArgumentError

Millimetres: TypeAlias = Decimal | str | int

TARGET_RESPONSES = ("CR", "PR", "SD", "PD", "NE")
NON_TARGET_RESPONSES = ("CR", "NON-CR/NON-PD", "PD", "NE")
ABSENT = ("", "NONE", "NA")


def target_response(
    baseline_sum: Millimetres,
    nadir_sum: Millimetres,
    sum: Millimetres | None,
    *,
    all_nodes_normal: bool = False,
    not_evaluable: bool = False,
) -> str:
    """Return the RECIST 1.1 response of the target lesions at one visit, from their sums.

    Parameters
    ----------
    baseline_sum : Decimal, str or int
        Sum of diameters at baseline, mm, above 0.
    nadir_sum : Decimal, str or int
        Least earlier sum, baseline included, mm.
    sum : Decimal, str, int or None
        Sum at this visit, mm; of the evaluable targets alone if some are not; None if none is.
    all_nodes_normal : bool
        Every non-nodal target is gone and every nodal target is below 10 mm short axis: complete
        response although the sum is above 0.
    not_evaluable : bool
        At least one target could not be evaluated.

    Returns
    -------
    str
        'CR', 'PR', 'SD', 'PD' or 'NE'.

    Raises
    ------
    InvalidArgumentError
        A float (it cannot hold 30.1), a negative or non-finite size, a baseline of 0, a nadir above
        the baseline.

    Notes
    -----
    PD: at least 20 % and at least 5 mm above the nadir, judged before PR: at least 30 % below the
    baseline. Both boundaries count. A target that is not evaluable makes NE, unless the others
    alone already make PD. The sums alone cannot tell that a target that was gone is back;
    `assess_targets` can.

    References
    ----------
    Eisenhauer et al. 2009, Eur J Cancer 45:228, section 4.3.1 and table 1.

    Examples
    --------
    >>> target_response("43.0", "43.0", "30.1")
    'PR'
    >>> target_response("43.0", "30.1", "36.12")
    'PD'
    """
    baseline, nadir = exact_mm(baseline_sum), exact_mm(nadir_sum)
    if baseline == 0:
        raise InvalidArgumentError(
            "the baseline sum is 0 mm: there is no target; give overall_response the target None"
        )
    if nadir > baseline:
        raise InvalidArgumentError(
            f"nadir {nadir} mm is above baseline {baseline} mm; the nadir includes the baseline"
        )
    if sum is None:
        return "NE"
    now = exact_mm(sum)
    if not not_evaluable and (now == 0 or all_nodes_normal):
        return "CR"
    growth = Fraction(now) - Fraction(nadir)
    if growth >= 5 and growth * 100 >= 20 * Fraction(nadir):
        return "PD"
    if not_evaluable:
        return "NE"
    shrinkage = Fraction(baseline) - Fraction(now)
    return "PR" if shrinkage * 100 >= 30 * Fraction(baseline) else "SD"


def overall_response(target: str | None, non_target: str | None, new_lesions: bool) -> str:
    """Return the RECIST 1.1 overall response of one visit.

    Parameters
    ----------
    target : str or None
        'CR', 'PR', 'SD', 'PD' or 'NE'; None, 'none' or 'NA' when there was no target at baseline.
    non_target : str or None
        'CR', 'NON-CR/NON-PD', 'PD' or 'NE'; None when there was no non-target lesion.
    new_lesions : bool
        Whether an unequivocal new lesion is there; an equivocal one is False and is followed.

    Returns
    -------
    str
        'CR', 'PR', 'SD', 'NON-CR/NON-PD', 'PD' or 'NE'.

    Raises
    ------
    InvalidArgumentError
        An unknown word, a text for `new_lesions`, or neither target nor non-target lesions.

    References
    ----------
    Eisenhauer et al. 2009, tables 1 and 2.

    Examples
    --------
    >>> overall_response("CR", "NE", False), overall_response("SD", "CR", True)
    ('PR', 'PD')
    """
    of_target = _word(target, TARGET_RESPONSES, "target")
    of_non_target = _word(non_target, NON_TARGET_RESPONSES, "non_target")
    if not isinstance(new_lesions, bool | int | np.bool_) or new_lesions not in (0, 1):
        raise InvalidArgumentError(f"new_lesions is True or False, not {new_lesions!r}")
    if new_lesions or of_target == "PD" or of_non_target == "PD":
        return "PD"
    if of_target is None and of_non_target is None:
        raise InvalidArgumentError(
            "neither target nor non-target lesions: only a new one has a response"
        )
    if of_target is None:
        return str(of_non_target)
    if of_target == "CR" and of_non_target not in (None, "CR"):
        return "PR"
    return of_target


def exact_mm(value: Millimetres) -> Decimal:
    """Return a size in millimetres as the decimal that was written.

    Parameters
    ----------
    value : Decimal, str or int
        The size.

    Returns
    -------
    Decimal
        Finite, not negative.

    Raises
    ------
    InvalidArgumentError
        A float or anything else that is not the decimal that was written.

    Examples
    --------
    >>> exact_mm("30.1")
    Decimal('30.1')
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | str | int | np.integer):
        raise InvalidArgumentError(
            f"{value!r} is a {type(value).__name__}: give a size as Decimal or text, "
            "for a float does not hold the tenths that were measured"
        )
    try:
        size = Decimal(value if isinstance(value, Decimal | str) else int(value))
    except InvalidOperation:
        raise InvalidArgumentError(f"{value!r} is not a size in millimetres") from None
    if not size.is_finite() or size < 0:
        raise InvalidArgumentError(f"{value!r} is not a size in millimetres, 0 or more")
    return size


def _word(value: str | None, allowed: tuple[str, ...], name: str) -> str | None:
    word = value.strip().upper() if isinstance(value, str) else value
    if word is None or word in ABSENT:
        return None
    if word not in allowed:
        raise InvalidArgumentError(f"{name} {value!r} is not one of {', '.join(allowed)} or None")
    return word
