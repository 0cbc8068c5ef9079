import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lake.errors import ExportRefused
from lake.exports.dataset_json import Dataset, DatasetColumn, write_dataset_json

COLUMNS = (
    DatasetColumn("USUBJID", "Unique Subject Identifier", "string", length=20, key_sequence=1),
    DatasetColumn("TRSEQ", "Sequence Number", "integer", key_sequence=2),
    DatasetColumn("TRSTRESN", "Numeric Result", "decimal"),
    DatasetColumn("TRDTC", "Date of Measurement", "date"),
)


def dataset(*rows: tuple[object, ...], columns: Any = COLUMNS) -> Dataset:
    return Dataset(
        name="TR",
        label="Tumor Results",
        oid="IG.TR",
        columns=columns,
        rows=rows,
        study_oid="ONC-1",
        metadata_version_oid="MD.1",
        created=datetime(2026, 11, 22, tzinfo=UTC),
        file_oid="ONC-1.TR.lock",
    )


def written(given: Dataset) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(write_dataset_json(given)))
    return found


def test_a_data_set_says_what_it_holds_and_keeps_every_digit() -> None:
    found = written(dataset(("001", 1, Decimal("36.120"), "2026-02"), ("001", 2, None, None)))

    assert found["datasetJSONVersion"] == "1.1.0"
    assert found["records"] == 2
    assert found["rows"] == [["001", 1, "36.120", "2026-02"], ["001", 2, None, None]]
    assert found["columns"][2] == {
        "itemOID": "IT.TR.TRSTRESN",
        "name": "TRSTRESN",
        "label": "Numeric Result",
        "dataType": "decimal",
        "targetDataType": "decimal",
    }
    assert found["columns"][0]["keySequence"] == 1


def test_a_data_set_without_rows_is_a_document_too() -> None:
    assert written(dataset())["rows"] == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("001", 1, Decimal(1)), "3 values for 4 columns"),
        (("001", "1", None, None), "row 1, column TRSEQ: a str is no integer"),
        (("001", True, None, None), "a bool is no integer"),
        (("001", 1, 1.5, None), "a float is no decimal"),
        (("001", 1, Decimal("NaN"), None), "no decimal"),
        ((1, 1, None, None), "column USUBJID: a int is no string"),
    ],
)
def test_a_value_of_another_kind_is_refused(row: tuple[object, ...], said: str) -> None:
    with pytest.raises(ExportRefused, match=said):
        b"".join(write_dataset_json(dataset(row)))
