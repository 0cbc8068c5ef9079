"""Units of the Unified Code for Units of Measure: a parser of the part that forms need.

Source: UCUM specification, table of unit atoms; case sensitive codes. A unit is terms joined by
`.` and `/`; a term is an atom with a prefix if the atom is metric, an exponent, an annotation.
"""

import re

PREFIXES = ("da", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u", "n", "p", "f",
            "a", "z", "y")  # fmt: skip
METRIC = frozenset(
    (
        "m", "s", "g", "rad", "K", "C", "cd", "mol", "sr", "Hz", "N", "Pa", "J", "W", "A", "V", "F",
        "Ohm", "S", "Wb", "Cel", "T", "H", "lm", "lx", "Bq", "Gy", "Sv", "l", "L", "ar", "t", "bar",
        "u", "eV", "pc", "B", "cal", "[iU]", "[IU]", "kat", "U", "eq", "osm", "st",
    )
)  # fmt: skip
OTHER = frozenset(
    (
        "%", "[ppth]", "[ppm]", "[ppb]", "[pptr]", "10*", "10^", "[pi]", "deg", "gon", "'", "\'\'",
        "min", "h", "d", "a", "a_j", "mo", "mo_s", "mo_j", "wk", "ha", "[hnsf'U]", "[pH]", "[in_i]",
        "[ft_i]", "[lb_av]", "[oz_av]", "[degF]", "m[H2O]", "m[Hg]", "[CFU]", "[arb'U]", "[hpf]",
        "[lpf]", "[Ch]", "[diop]", "circ", "atm", "B[SPL]", "Np", "[car_Au]",
    )
)  # fmt: skip
TERM = re.compile(
    r"(?:\{[!-z|~]{0,30}\})?(?P<atom>10[*^]|[0-9]+|(?:\[[^\[\]{}\s]{1,20}\]|[A-Za-z%'_])+)?(?P<power>[+-]?[0-9]{1,3})?"
    r"(?P<note>\{[!-z|~]{0,30}\})?",
    re.ASCII,
)
LONGEST = 32


def unit_problem(unit: str) -> str | None:
    """Return why a text is no unit of UCUM, in words; None for a unit and for none at all."""
    if not unit:
        return None
    if len(unit) > LONGEST or not unit.isascii() or any(char.isspace() for char in unit):
        return f"{unit!r} is no UCUM unit: write it like mm, mm2, kg/m2 or [hnsf'U]"
    if unit.startswith("/"):
        return unit_problem(unit[1:]) if len(unit) > 1 else f"{unit!r} is no UCUM unit"
    for term in re.split(r"[./]", unit.replace("(", "").replace(")", "")):
        if not _is_term(term):
            return f"{unit!r} is no UCUM unit: {term or 'nothing'!r} is not known{_meant(term)}"
    return None if _is_balanced(unit) else f"{unit!r} is no UCUM unit: its brackets do not match"


def _is_term(text: str) -> bool:
    found = TERM.fullmatch(text)
    if not text or found is None:
        return False
    atom = found["atom"]
    if atom is None:
        return text.startswith("{") and found["power"] is None
    return atom.isdigit() or _is_atom(atom)


def _is_atom(atom: str) -> bool:
    if atom in METRIC or atom in OTHER:
        return True
    return any(atom.startswith(one) and atom[len(one):] in METRIC | {"m[H2O]", "m[Hg]"}
               for one in PREFIXES)  # fmt: skip


def _is_balanced(unit: str) -> bool:
    depth = 0
    for char in unit:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


MEANT = {
    "sec": "s", "hr": "h", "hour": "h", "day": "d", "year": "a", "HU": "[hnsf'U]", "inch": "[in_i]",
    "micron": "um", "mcg": "ug", "cc": "cm3", "percent": "%", "degrees": "deg", "C": "Cel",
    "Mm": "mm", "MM": "mm", "ml": "mL", "mmHg": "mm[Hg]", "month": "mo", "week": "wk",
}  # fmt: skip


def _meant(term: str) -> str:
    return f", is {MEANT[term]} meant?" if term in MEANT else ""
