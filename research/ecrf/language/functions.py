"""The functions of the language, each a row of one table; none loops, guesses or reads a clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from research.ecrf.language.scope import Kind
from research.ecrf.language.tree import Value

DIGITS = 34
MAX_EARLIER = 100
MANY = 100

# No trap is set: a result that is no number, as after a division by zero, becomes null.
EXACT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, Emax=6144, Emin=-6143, traps=[])


@dataclass(frozen=True)
class Function:
    """One function: how it is written, what it wants and yields, and what it does.

    `wanted` is the kind of each value, the last one holding for those that follow; None is any
    kind. `yields` None is the one kind of its values. One that gathers takes single values and
    whole columns and yields one value; every other works row by row. One that looks back
    evaluates its part at earlier visits.
    """

    usage: str
    does: Callable[[Sequence[Value]], Value]
    wanted: tuple[Kind | None, ...]
    yields: Kind | None
    least: int = 1
    most: int = MANY
    gathers: bool = False
    looks_back: bool = False

    def wants(self, n: int) -> list[Kind | None]:
        """Return the kind wanted of each of n values."""
        return [self.wanted[min(at, len(self.wanted) - 1)] for at in range(n)]


def number(value: Decimal) -> Decimal | None:
    """Return a result, or null where there is none: 1/0, 0/0, more than 10^6144."""
    return value if value.is_finite() else None


def conjunction(values: Sequence[Value]) -> bool | None:
    """Return the three-valued and: one false decides, else an unknown leaves it open."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def disjunction(values: Sequence[Value]) -> bool | None:
    """Return the three-valued or: one true decides, else an unknown leaves it open."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def total(values: Sequence[Value]) -> Decimal | None:
    """Return the sum; null when a value is missing or there is none to add."""
    found = _numbers(values)
    if not found:
        return None
    whole = found[0]
    for one in found[1:]:
        whole = EXACT.add(whole, one)
    return number(whole)


def least(values: Sequence[Value]) -> Decimal | None:
    """Return the least; null when a value is missing or there is none."""
    return min(found) if (found := _numbers(values)) else None


def greatest(values: Sequence[Value]) -> Decimal | None:
    """Return the greatest; null when a value is missing or there is none."""
    return max(found) if (found := _numbers(values)) else None


def count(values: Sequence[Value]) -> Decimal:
    """Return how many values are there; of conditions, how many hold."""
    return Decimal(sum(value is not None and value is not False for value in values))


def _numbers(values: Sequence[Value]) -> list[Decimal]:
    found = [value for value in values if isinstance(value, Decimal)]
    return found if len(found) == len(values) else []


def _choose(values: Sequence[Value]) -> Value:
    condition, then, otherwise = values
    if not isinstance(condition, bool):
        return None
    return then if condition else otherwise


def _absolute(values: Sequence[Value]) -> Value:
    return EXACT.abs(value) if isinstance(value := values[0], Decimal) else None


def rounded(values: Sequence[Value]) -> Value:
    """Return a number rounded half up, away from zero, to decimal places (0 if not said)."""
    value = values[0]
    places = values[1] if len(values) > 1 else Decimal(0)
    if not isinstance(value, Decimal) or not isinstance(places, Decimal):
        return None
    context = Context(prec=DIGITS, rounding=ROUND_HALF_UP, traps=[])
    return number(EXACT.plus(value.quantize(Decimal(1).scaleb(-int(places)), context=context)))


def _days_between(values: Sequence[Value]) -> Value:
    first, second = values
    if not isinstance(first, date) or not isinstance(second, date):
        return None
    return Decimal((second - first).days)


def _coalesce(values: Sequence[Value]) -> Value:
    return next((value for value in values if value is not None), None)


def _contains(values: Sequence[Value]) -> Value:
    chosen, code = values
    if not isinstance(chosen, str) or not isinstance(code, str):
        return None
    return code in chosen.split(" ")


def _is_missing(values: Sequence[Value]) -> Value:
    return values[0] is None


def _itself(values: Sequence[Value]) -> Value:
    return values[0]


NUMBERS, CONDITIONS, ANY = (Kind.NUMBER,), (Kind.BOOLEAN,), (None,)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "if": Function(
            "if(condition, value, other value)",
            _choose, (Kind.BOOLEAN, None, None), None, least=3, most=3,
        ),
        "sum": Function("sum(GROUP.ITEM)", total, NUMBERS, Kind.NUMBER, gathers=True),
        "min": Function("min(GROUP.ITEM)", least, NUMBERS, Kind.NUMBER, gathers=True),
        "max": Function("max(GROUP.ITEM)", greatest, NUMBERS, Kind.NUMBER, gathers=True),
        "count": Function("count(GROUP.ITEM)", count, ANY, Kind.NUMBER, gathers=True),
        "any": Function(
            "any(condition over GROUP.ITEM)", disjunction, CONDITIONS, Kind.BOOLEAN, gathers=True
        ),
        "all": Function(
            "all(condition over GROUP.ITEM)", conjunction, CONDITIONS, Kind.BOOLEAN, gathers=True
        ),
        "abs": Function("abs(number)", _absolute, NUMBERS, Kind.NUMBER, most=1),
        "round": Function("round(number, places)", rounded, NUMBERS, Kind.NUMBER, most=2),
        "days_between": Function(
            "days_between(first date, second date)",
            _days_between, (Kind.DATE,), Kind.NUMBER, least=2, most=2,
        ),
        "coalesce": Function("coalesce(value, value if missing)", _coalesce, ANY, None, least=2),
        "contains": Function(
            "contains(ITEM, 'CODE')", _contains, (Kind.TEXT,), Kind.BOOLEAN, least=2, most=2
        ),
        "is_missing": Function("is_missing(ITEM)", _is_missing, ANY, Kind.BOOLEAN, most=1),
        "prior": Function("prior(ITEM)", _itself, ANY, None, most=1, looks_back=True),
        "baseline": Function("baseline(ITEM)", _itself, ANY, None, most=1, looks_back=True),
        "nadir": Function("nadir(ITEM)", _itself, NUMBERS, None, most=1, looks_back=True),
    }
)  # fmt: skip
