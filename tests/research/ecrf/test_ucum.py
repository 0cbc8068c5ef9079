"""Units of UCUM: what forms need is known, everything else is refused in words."""

import pytest

from research.ecrf.ucum import unit_problem


@pytest.mark.parametrize(
    "unit",
    ["", "mm", "mm2", "cm3", "mL", "%", "[hnsf'U]", "kg/m2", "g/dL", "mg/kg/d", "10*9/L", "/min",
     "{score}", "mm[Hg]", "m.s-1", "deg", "MBq", "{SUVbw}g/mL", "[iU]/L", "kg/(m.s2)"],
)  # fmt: skip
def test_a_unit_that_forms_need_is_known(unit: str) -> None:
    assert unit_problem(unit) is None


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("HU", "is [hnsf'U] meant?"),
        ("furlong", "not known"),
        ("mm²", "write it like mm"),
        ("mm)", "brackets"),
        (")mm(", "brackets"),
        ("mm/", "nothing"),
        ("m m", "write it like"),
        ("x" * 33, "no UCUM unit"),
    ],
)
def test_what_is_no_unit_is_refused_in_words(unit: str, words: str) -> None:
    assert words in (unit_problem(unit) or "")
