from datetime import UTC, datetime
from pathlib import Path

import odmlib
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from odmlib import loader as LD
from odmlib import odm_loader as OL

from research.ecrf.definition import FormDefinition
from research.ecrf.exchange.odm import write_odm
from research.ecrf.exchange.odm_read import read_odm
from research.errors import Invalid
from tests.research.ecrf.exchange.forms import everything

SCHEMAS = {"1.3.2": "odm/1.3.2/ODM1-3-2.xsd", "2.0": "odm/2.0/ODM.xsd"}
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=["1.3.2", "2.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def schema(version: str) -> xmlschema.XMLSchema:
    """The schema that CDISC publishes, as odmlib carries it."""
    return xmlschema.XMLSchema(Path(odmlib.__file__).parent / "schemas" / SCHEMAS[version])


def written(form: FormDefinition, version: str) -> bytes:
    return write_odm(form, version=version, created=AT, build="1.0.0")


def read_back(document: bytes) -> FormDefinition:
    (form,) = read_odm(document)
    return FormDefinition.model_validate(form.definition)


def notes(document: bytes) -> str:
    return "\n".join(read_odm(document)[0].notes)


def test_a_form_is_valid_by_the_schema_of_the_standard(
    version: str, schema: xmlschema.XMLSchema
) -> None:
    document = written(everything(), version)

    assert list(schema.iter_errors(document.decode())) == []
    spoiled = document.replace(b'DataType="integer"', b'DataType="number"')
    assert list(schema.iter_errors(spoiled.decode()))


def test_a_form_is_read_back_to_the_same_digest(version: str) -> None:
    form = everything()

    found = read_odm(written(form, version))

    assert FormDefinition.model_validate(found[0].definition).digest == form.digest
    assert found[0].notes == ()


def test_another_library_finds_items_types_and_codes(tmp_path: Path) -> None:
    path = tmp_path / "form.xml"
    path.write_bytes(written(everything(), "1.3.2"))
    loader = LD.ODMLoader(OL.XMLODMLoader(model_package="odm_1_3_2"))

    loader.open_odm_document(str(path))
    metadata = loader.load_metadataversion(0)

    found = {item.OID: item for item in metadata.ItemDef}
    assert found["HEAD.N"].DataType == "integer"
    assert found["SIZES.MM"].DataType == "float"
    assert found["SIZES.MM"].SignificantDigits == 2
    assert "HEAD.N1" not in found
    (codes,) = metadata.CodeList
    assert [one.CodedValue for one in codes.CodeListItem] == ["PR", "PD"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"How sure", b"How certain"),
        (b'CodedValue="PR"', b'CodedValue="PPR"'),
        (b"500.5<", b"400.5<"),
        (b'Mandatory="Yes"', b'Mandatory="No"'),
    ],
)
def test_an_edited_document_is_read_as_it_stands_and_says_so(
    version: str, old: bytes, new: bytes
) -> None:
    document = written(everything(), version)
    assert old in document

    edited = document.replace(old, new)

    assert "was edited" in notes(edited)
    assert read_back(edited).digest != everything().digest
    assert "WHY: CollectionExceptionConditionOID" in notes(edited)
    assert "SOD: MethodOID" in notes(edited)


def test_a_foreign_form_keeps_what_the_standard_says(version: str) -> None:
    document = written(everything(), version)
    foreign = b"\n".join(line for line in document.splitlines() if b"readout.form" not in line)

    form = read_back(foreign)

    kinds = {item.oid: item.kind for group in form.groups for item in group.items}
    assert kinds["MM"] == "decimal"
    assert kinds["OVERALL"] == "choice"
    assert kinds["SEEN"] == "date"
    size = form.items_by_key[("SIZES", "MM")][1]
    assert (size.unit, size.min, size.max) == ("mm", "0", "500.5")  # type: ignore[attr-defined]
    choice = form.items_by_key[("HEAD", "OVERALL")][1]
    codes = [(one.code, one.standard_code) for one in choice.code_list]  # type: ignore[attr-defined]
    assert codes == [("PR", "C18213"), ("PD", "C35571")]
    assert form.groups[1].repeats


def test_a_part_that_is_referred_to_and_absent_is_noted(version: str) -> None:
    document = written(everything(), version).replace(b'ItemOID="HEAD.N"', b'ItemOID="GONE"')

    assert "the item GONE is not in the document" in notes(document)


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"<ODM/>",
        b"not xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">&b;</ODM>',
        b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"/>',
        b'<?xml version="1.0" encoding="x-none"?><ODM/>',
        b"<a>" * 20_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_odm_is_refused(hostile: bytes) -> None:
    with pytest.raises(Invalid):
        read_odm(hostile)


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(document: bytes) -> None:
    with pytest.raises(Invalid):
        read_odm(document)


def test_a_document_above_the_limit_is_not_parsed() -> None:
    with pytest.raises(Invalid, match="too large"):
        read_odm(b" " * ((10 << 20) + 1))
