"""A small form with two repeating groups, seen by expressions, and visits filled in."""

from decimal import Decimal

from research.ecrf.language.context import Answers, Column, Context, Place
from research.ecrf.language.programs import compiled
from research.ecrf.language.scope import Kind, Scope, Slot

SCOPE = Scope(
    (
        Slot("RESPONSE", "SOD", Kind.NUMBER),
        Slot("RESPONSE", "OVERALL", Kind.TEXT, codes=("CR", "PR", "SD", "PD", "NE")),
        Slot("RESPONSE", "NEW", Kind.BOOLEAN),
        Slot("RESPONSE", "SCANNED", Kind.DATE),
        Slot("RESPONSE", "EMPTY", Kind.NUMBER),
        Slot("RESPONSE", "UNKNOWN", Kind.BOOLEAN),
        Slot("TARGETS", "MM", Kind.NUMBER, repeats=True),
        Slot("TARGETS", "STATUS", Kind.TEXT, repeats=True),
        Slot("OTHERS", "GRADE", Kind.NUMBER, repeats=True),
        Slot("RESPONSE", "ODD-OID.1", Kind.NUMBER),
    ),
    {
        "charter": {"sd_days": Kind.NUMBER, "therapy": Kind.DATE},
        "criteria": {"overall": Kind.TEXT},
    },
)


def visit(name="W18", *, mm=(), grades=(), **items):
    rows = {"TARGETS": tuple(str(n + 1) for n in range(len(mm)))}
    rows["OTHERS"] = tuple(str(n + 1) for n in range(len(grades)))
    sizes = [None if one is None else Decimal(one) for one in mm]
    status = [None if one is None else ("absent" if one == "0" else "present") for one in mm]
    return Answers(
        name,
        {
            Place("RESPONSE", item.replace("_OID_1", "-OID.1")): value
            for item, value in items.items()
        },
        {
            Place("TARGETS", "MM"): Column(zip(rows["TARGETS"], sizes, strict=True)),
            Place("TARGETS", "STATUS"): Column(zip(rows["TARGETS"], status, strict=True)),
            Place("OTHERS", "GRADE"): Column(
                zip(rows["OTHERS"], map(Decimal, grades), strict=True)
            ),
        },
        rows,
    )


def value(text, now=None, *, earlier=(), baseline=None, constants=None, row=None):
    scope = SCOPE.inside("TARGETS") if row else SCOPE
    context = Context(now or visit(), tuple(earlier), baseline, constants or {})
    return compiled(text, scope).value(context, row=row)
