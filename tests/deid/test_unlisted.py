import pytest
from pydicom.datadict import tag_for_keyword

from deid.elements import Element
from deid.errors import Malformed
from deid.profile import basic_profile
from deid.unlisted import BULK_OF_MACHINES, TEXT_OF_MACHINES, reason_to_remove


def reason(keyword: str, vr: str, value: bytes = b"") -> str:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    return reason_to_remove(Element(tag, vr, value), nested=False)


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("Modality", "CS", b"CT"),
        ("ImageType", "CS", b"ORIGINAL\\PRIMARY "),
        ("Rows", "US", b"\x00\x02"),
        ("SliceThickness", "DS", b" 1.25e0 "),
        ("InstanceNumber", "IS", b"-7"),
        ("ConvolutionKernel", "SH", b"B30f"),
        ("SOPClassUID", "UI", b"1.2.840.10008.5.1.4.1.1.2\x00"),
        ("ICCProfile", "OB", b"...."),
        ("SpecificCharacterSet", "CS", b"ISO_IR 100"),
        ("SpecificCharacterSet", "CS", b"\\ISO 2022 IR 87"),
    ],
)
def test_what_can_hold_no_free_text_stays(keyword: str, vr: str, value: bytes) -> None:
    assert reason(keyword, vr, value) == ""


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("Modality", "CS", b"a text longer than a code"),
        ("Modality", "CS", b"M\xfcller"),
        ("Modality", "LT", b"free text in a code's place"),
        ("Rows", "LO", b"text in a number's place"),
        ("SliceThickness", "DS", b"Doe"),
        ("InstanceNumber", "IS", b"12 Doe"),
        ("SOPClassUID", "UI", b"Doe"),
        ("SpecificCharacterSet", "CS", b"DOE"),
        ("TrackingID", "UT", b"lesion of Doe"),
        ("EvaluatorName", "PN", b"Doe"),
        ("RetrieveURL", "UR", b"http://hospital"),
        ("ExpiryDate", "DA", b"20240101"),
        ("FillPattern", "OB", b"...."),
        ("ReferencedSeriesSequence", "LO", b"text"),
    ],
)
def test_what_can_hold_free_text_goes(keyword: str, vr: str, value: bytes) -> None:
    assert reason(keyword, vr, value)


@pytest.mark.parametrize(
    "tag", [0x00090010, 0x00080000, 0x00020010, 0x0004EEEE, 0x0008EEEE, 0x00120063]
)
def test_private_unknown_and_stale_attributes_go(tag: int) -> None:
    assert reason_to_remove(Element(tag, "LO", b"x"), nested=False)


def test_pixels_stay_at_the_root_alone() -> None:
    pixels = Element(0x7FE00010, "OW", b"..")

    assert reason_to_remove(pixels, nested=False) == ""
    assert reason_to_remove(pixels, nested=True)
    with pytest.raises(Malformed):
        reason_to_remove(pixels._replace(vr="UN"), nested=False)


def test_the_lists_name_only_what_the_standard_does_not_list() -> None:
    listed = set(basic_profile(()).actions)

    assert not (TEXT_OF_MACHINES | BULK_OF_MACHINES) & listed
