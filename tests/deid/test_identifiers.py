import pytest

from deid.elements import Element
from deid.identifiers import gather


def named(text: bytes, tag: int = 0x00100010, vr: str = "PN") -> tuple[Element, ...]:
    return (Element(tag, vr, text),)


@pytest.mark.parametrize(
    "text", ["seen by Dr. Doe", "DOE", "doe_jane", "Jane's knee", "JANEDOE1", "x.janedoe.y"]
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert gather(named(b"Doe^Jane")).found_in(text)


@pytest.mark.parametrize("text", ["does not", "Janet", "B30f", ""])
def test_short_names_are_whole_words(text: str) -> None:
    assert not gather(named(b"Doe^Jane")).found_in(text)


def test_words_of_the_field_identify_nobody() -> None:
    identifiers = gather(named(b"HEAD^PHANTOM"))

    assert not identifiers.found_in("HEAD")
    assert identifiers.found_in("head phantom")


def test_ids_are_found_with_and_without_their_separators() -> None:
    identifiers = gather(named(b"MRN-77-41", 0x00100020, "LO"))

    assert identifiers.found_in("of mrn-77-41")
    assert identifiers.found_in("MRN7741")
    assert not identifiers.found_in("7741")


def test_numbers_are_compared_as_a_whole() -> None:
    identifiers = gather(named(b"100000", 0x00100020, "LO"))

    assert identifiers.equal_to("100000 ")
    assert not identifiers.equal_to("1.000000")


def test_a_uid_in_a_text_is_found_but_not_the_standards() -> None:
    nobody = gather(())

    assert nobody.found_in("see 1.3.6.1.4.1.14519.5.2.1")
    assert not nobody.found_in("1.2.840.10008.5.1.4.1.1.2")
    assert not nobody.found_in("version 1.2.3.4.5")


def test_names_at_any_depth_count() -> None:
    inner = Element(0x00081140, "SQ", items=(named(b"Quillfeather^O", 0x0040A123),))

    assert gather((inner,)).found_in("quillfeather")


def test_bytes_are_searched_in_any_case() -> None:
    identifiers = gather(named(b"Quillfeather^Ottoline"))

    assert identifiers.found_in_bytes(b"\x00\xffQUILLFEATHER\x00", shortest=7)
    assert not identifiers.found_in_bytes(b"\x00ottoline", shortest=9)
