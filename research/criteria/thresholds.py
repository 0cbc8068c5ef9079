"""Percentages judged exactly: 30.1 to 36.12 mm is +20 %, which no binary fraction can tell."""

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact

# Sizes have at most 33 digits; the products below are exact, and would rather fail than round.
EXACT = Context(prec=80, traps=[Inexact])
SHARE = Context(prec=34)
ONE_PLACE = Decimal("0.1")
HUNDRED = Decimal(100)


def is_grown(now: Decimal, reference: Decimal, *, percent: Decimal, least: Decimal) -> bool:
    """Return whether a size is `percent` and `least` above its reference, both bounds included."""
    growth = EXACT.subtract(now, reference)
    if growth < least or growth <= 0:
        return False
    return EXACT.multiply(growth, HUNDRED) >= EXACT.multiply(percent, reference)


def is_shrunk(now: Decimal, reference: Decimal, *, percent: Decimal) -> bool:
    """Return whether a size is `percent` or more below its reference."""
    loss = EXACT.subtract(reference, now)
    return loss > 0 and EXACT.multiply(loss, HUNDRED) >= EXACT.multiply(percent, reference)


def percent_change(now: Decimal, reference: Decimal) -> Decimal | None:
    """Return the change in percent, 34 digits; None from nothing. Never compare it: display it."""
    if reference == 0:
        return None
    return SHARE.divide(EXACT.multiply(EXACT.subtract(now, reference), HUNDRED), reference)


def change_in_words(now: Decimal, reference: Decimal, unit: str) -> str:
    """Return a change as `+14 mm, +25.5 %`, rounded half up for display."""
    share = percent_change(now, reference)
    words = f"{EXACT.subtract(now, reference):+f} {unit}"
    if share is None:
        return words
    return f"{words}, {share.quantize(ONE_PLACE, ROUND_HALF_UP):+f} %"
