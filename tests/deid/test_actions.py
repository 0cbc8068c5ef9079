import pytest
from pydicom.uid import UID

from deid.actions import (
    ACTIONS,
    DUMMIES,
    Scope,
    clean_date,
    dummy,
    empty,
    map_uids,
    pseudonym,
    remove,
)
from deid.elements import Element
from deid.identifiers import Identifiers
from deid.profile import basic_profile, confidentiality_table
from deid.pseudonyms import SiteKey

SCOPE = Scope(basic_profile(), SiteKey(bytes(32)), "PCODE", 1, Identifiers(), ("iso8859",))


def test_every_code_of_the_table_has_an_action() -> None:
    codes = {row.basic for row in confidentiality_table()}
    codes |= {code for row in confidentiality_table() for _, code in row.options}

    assert codes - set(ACTIONS) == {"K", "X/Z/U*"}


def test_x_removes() -> None:
    assert remove(Element(0x00080050, "SH", b"1"), SCOPE) is None


def test_z_empties_a_value_and_a_sequence() -> None:
    assert empty(Element(0x00080050, "SH", b"1"), SCOPE) == Element(0x00080050, "SH")
    emptied = empty(Element(0x00400513, "SQ", items=((),)), SCOPE)
    assert emptied == Element(0x00400513, "SQ", items=())


@pytest.mark.parametrize("vr", sorted(DUMMIES))
def test_d_gives_everybody_the_same_value(vr: str) -> None:
    given = [dummy(Element(0x00181000, vr, value), SCOPE) for value in (b"1", b"2")]

    assert given[0] == given[1] == Element(0x00181000, vr, DUMMIES[vr])


def test_d_gives_a_sequence_one_empty_item() -> None:
    assert dummy(Element(0x0040A730, "SQ", items=((), ())), SCOPE) == Element(
        0x0040A730, "SQ", items=((),)
    )


def test_u_maps_every_value() -> None:
    mapped = map_uids(Element(0x00083010, "UI", b"1.2.3\\1.2.4\x00"), SCOPE)

    assert mapped is not None
    first, second = bytes(mapped.value).decode().split("\\")
    assert UID(first).is_valid
    assert UID(second).is_valid
    assert first != second


def test_the_patient_gets_a_code() -> None:
    assert pseudonym(Element(0x00100020, "LO", b"77"), SCOPE) == Element(0x00100020, "LO", b"PCODE")


@pytest.mark.parametrize(
    ("vr", "value", "cleaned"),
    [
        ("DA", b"20240301", b"20240229"),
        ("DA", b"20240301\\20240302", b"20240229\\20240301"),
        ("DT", b"20240301101112 ", b"20240229101112"),
        ("TM", b"101112", b"101112"),
        ("TM", b"Doe ", b""),
        ("SH", b"+0100", b"+0100"),
        ("SH", b"Doe ", b""),
        ("OB", b"19610417", b""),
    ],
)
def test_c_moves_dates_and_keeps_times(vr: str, value: bytes, cleaned: bytes) -> None:
    assert clean_date(Element(0x00080020, vr, value), SCOPE) == Element(0x00080020, vr, cleaned)


def test_an_unknown_vr_is_taken_from_the_dictionary() -> None:
    assert dummy(Element(0x00181000, "UN", b"1"), SCOPE) == Element(0x00181000, "LO", b"REMOVED")
