import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    MAX_DEPTH,
    Element,
    Syntax,
    read_root,
    write_elements,
)
from deid.errors import DeidError, Malformed, TooLarge, Truncated

# One attribute for each shape of value; with implicit VR the tag alone tells the VR.
SHAPES = ((0x00080060, "CS"), (0x00280010, "US"), (0x00282000, "OB"), (0x00181020, "LO"))


def leaves() -> st.SearchStrategy[Element]:
    values = st.binary(max_size=20).map(lambda value: value + b" " * (len(value) & 1))
    return st.builds(lambda shape, value: Element(*shape, value), st.sampled_from(SHAPES), values)


def trees(depth: int = 3) -> st.SearchStrategy[tuple[Element, ...]]:
    element = leaves()
    if depth:
        sequence = st.lists(trees(depth - 1), max_size=2).map(
            lambda items: Element(0x00081140, "SQ", items=tuple(items))
        )
        element = element | sequence
    unique = st.lists(element, max_size=4, unique_by=lambda one: one.tag)
    return unique.map(lambda found: tuple(sorted(found, key=lambda one: one.tag)))


@given(trees(), st.sampled_from((EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG)))
def test_what_is_written_is_read_again(tree: tuple[Element, ...], syntax: Syntax) -> None:
    encoded = b"".join(write_elements(tree, syntax))

    read, end = read_root(memoryview(encoded), 0, syntax)

    assert read == tree
    assert end == len(encoded)


@given(trees(), st.data())
def test_a_cut_is_never_taken_for_the_whole(tree: tuple[Element, ...], data: st.DataObject) -> None:
    encoded = b"".join(write_elements(tree, EXPLICIT_LITTLE))
    cut = data.draw(st.integers(0, len(encoded)))

    try:
        read, _ = read_root(memoryview(encoded[:cut]), 0, EXPLICIT_LITTLE)
    except DeidError:
        return

    assert read == tree[: len(read)]


def undefined_sequence(item: bytes) -> bytes:
    """Return a sequence and an item without lengths, as many scanners write them."""
    open_item, close_item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff", b"\xfe\xff\x0d\xe0" + bytes(4)
    close = b"\xfe\xff\xdd\xe0" + bytes(4)
    return b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + open_item + item + close_item + close


def test_sequences_without_lengths_are_read() -> None:
    modality = b"\x08\x00\x60\x00CS\x02\x00CT"

    read, _ = read_root(memoryview(undefined_sequence(modality)), 0, EXPLICIT_LITTLE)

    assert read == (Element(0x00081140, "SQ", items=((Element(0x00080060, "CS", b"CT"),),)),)


def test_nesting_has_a_limit() -> None:
    nested = b""
    for _ in range(MAX_DEPTH + 1):
        nested = undefined_sequence(nested)

    with pytest.raises(TooLarge, match="nested"):
        read_root(memoryview(nested), 0, EXPLICIT_LITTLE)


def test_encapsulated_pixels_are_kept_as_they_are() -> None:
    fragments = b"\xfe\xff\x00\xe0" + bytes(4) + b"\xfe\xff\x00\xe0\x02\x00\x00\x00\xff\xd8"
    value = fragments + b"\xfe\xff\xdd\xe0" + bytes(4)
    encoded = b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff" + value

    read, end = read_root(memoryview(encoded + b"tail"), 0, EXPLICIT_LITTLE)

    assert bytes(read[0].value) == value
    assert read[0].encapsulated
    assert end == len(encoded)
    assert b"".join(write_elements(read, EXPLICIT_LITTLE)) == encoded


def test_a_sequence_of_unknown_vr_is_read_with_implicit_vr() -> None:
    item = b"\x08\x00\x60\x00\x02\x00\x00\x00CT"
    encoded = undefined_sequence(item).replace(b"SQ", b"UN", 1)

    read, _ = read_root(memoryview(encoded), 0, EXPLICIT_LITTLE)

    assert read[0].items == ((Element(0x00080060, "CS", b"CT"),),)


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        (b"\x08\x00\x60\x00??\x02\x00CT", Malformed),
        (b"\xfe\xff\x00\xe0" + bytes(4), Malformed),
        (b"\x08\x00\x60\x00\xff\xff\xff\xff", Malformed),
        (b"\x08\x00\x60\x00UT\x00\x00\xff\xff\xff\xff", Malformed),
        (b"\x08\x00\x60\x00CS\x04\x00CT", Truncated),
        (b"\x08\x00\x60\x00CS", Truncated),
        (b"\x08\x00\x60\x00UT\x00\x00", Truncated),
        (b"\x08\x00\x40\x11SQ\x00\x00\x08\x00\x00\x00" + bytes(8), Malformed),
        (b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff" + bytes(8), Malformed),
        (b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\x08\x00\x00\x00", Truncated),
        (b"\x08\x00\x40\x11SQ\x00\x00\x08\x00\x00\x00\xfe\xff\x00\xe0\x09\x00\x00\x00", Truncated),
    ],
)
def test_what_breaks_the_encoding_is_refused(encoded: bytes, error: type[DeidError]) -> None:
    with pytest.raises(error):
        read_root(memoryview(encoded), 0, EXPLICIT_LITTLE)
