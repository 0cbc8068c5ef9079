"""Objects with identifiers planted in any attribute, at any depth, by hypothesis."""

from io import BytesIO

from hypothesis import strategies as st
from pydicom import DataElement, Dataset, Sequence, config
from pydicom._dicom_dict import DicomDictionary

from tests.examples.ct import ct_object

# Letters that no code of the dictionary or of ours is made of, so that a hit is never chance.
CANARY = st.text("QXZJVWK", min_size=9, max_size=14).filter(lambda text: len(set(text)) > 3)
TEXT_VRS = ("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
SHORT = {"AE": 16, "CS": 16, "SH": 16}
TAGS = {
    vr: sorted(
        tag
        for tag, (its_vr, *_rest) in DicomDictionary.items()
        if its_vr == vr and tag >> 16 >= 8 and tag not in (0x00080005,)
    )
    for vr in (*TEXT_VRS, "SQ", "OB", "OW", "UN")
}


def bytes_of(dataset: Dataset) -> bytes:
    """Return a data set as a file."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@st.composite
def planted(draw: st.DrawFn, canary: str) -> DataElement:
    """Draw an element that holds a canary: standard, private, unknown, text or binary, nested."""
    kind = draw(st.sampled_from(("text", "text", "text", "binary", "private", "unknown", "nested")))
    if kind == "nested":
        item = Dataset()
        for element in draw(st.lists(planted(canary), min_size=1, max_size=3)):
            item[element.tag] = element
        return DataElement(draw(st.sampled_from(TAGS["SQ"])), "SQ", Sequence([item]))
    if kind == "binary":
        vr = draw(st.sampled_from(("OB", "OW", "UN")))
        tag = draw(st.sampled_from(TAGS[vr] or TAGS["OB"]))
        return DataElement(tag, vr, _padded(canary))
    if kind == "private":
        tag = draw(st.integers(0x0009, 0x7FDF)) | 1
        number = draw(st.integers(0x1000, 0x10FF))
        return DataElement(tag << 16 | number, "LO", canary)
    vr = draw(st.sampled_from(TEXT_VRS))
    tag = draw(st.sampled_from(TAGS[vr])) if kind == "text" else draw(_unknown_tags)
    before = draw(st.sampled_from(("", "see ", "X")))
    after = draw(st.sampled_from(("", " 12", "^")))
    text = (before + canary + after)[: SHORT.get(vr, 64)]
    return DataElement(tag, vr, text, validation_mode=config.IGNORE)


_unknown_tags = (
    st.integers(0x0008, 0x7FDE)
    .map(lambda group: (group & ~1) << 16 | 0xEE99)
    .filter(lambda tag: tag not in DicomDictionary)
)


def _padded(canary: str) -> bytes:
    text = canary.encode()
    return text + b"\x00" * (len(text) & 1)


@st.composite
def planted_objects(draw: st.DrawFn) -> tuple[bytes, str]:
    """Draw a file and the canary planted in it; the canary is the patient's family name too."""
    canary = draw(CANARY)
    dataset = ct_object(1, side=4)
    dataset.PatientName = f"{canary}^{canary[::-1]}"
    for element in draw(st.lists(planted(canary), max_size=8)):
        if element.tag not in _NEEDED:
            dataset[element.tag] = element
    file = bytes_of(dataset)
    if draw(st.booleans()):
        file = canary.encode()[:100].ljust(128, b"\x00") + file[128:]
    if draw(st.booleans()):
        file += _padded(canary)
    return file, canary


_NEEDED = {0x00100010, 0x00020010, 0x7FE00010}
