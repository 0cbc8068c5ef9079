from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import ExportRefused
from lake.exports.transport import write_transport

VERSIONS = (5, 8)


def written(path: Path, table: pa.Table, version: Any = 5, **changes: Any) -> Any:
    labels = {column: f"Label of {column}" for column in table.column_names}
    write_transport(table, path, **{"name": "TR", "labels": labels, "version": version} | changes)
    return pyreadstat.read_xport(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_is_read_back_by_another_reader(tmp_path: Path, version: int) -> None:
    table = pa.table(
        {
            "USUBJID": ["ONC-1-001", None],
            "TRSEQ": pa.array([1, 2**53], pa.int64()),
            "MM": pa.array([Decimal("36.12"), None], pa.decimal128(38, 10)),
            "X": pa.array([-3e-20, None], pa.float64()),
            "DAY": pa.array([date(2026, 2, 28), None]),
            "AT": pa.array([datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC), None]),
            "FLAG": pa.array([True, None]),
        }
    )

    found, facts = written(tmp_path / "tr.xpt", table, version)

    assert list(found["USUBJID"]) == ["ONC-1-001", ""]
    assert [int(number) for number in found["TRSEQ"]] == [1, 2**53]
    assert found["MM"][0] == 36.12
    assert found["X"][0] == pytest.approx(-3e-20, rel=1e-15)
    assert found["DAY"][0] == date(2026, 2, 28)
    assert found["AT"][0] == datetime(2026, 1, 1, 12, 0, 1)
    assert found["FLAG"][0] == 1
    assert found.iloc[1][["MM", "X", "DAY", "AT", "FLAG"]].isna().all()
    assert facts.table_name == "TR"
    assert facts.column_names_to_labels["MM"] == "Label of MM"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"NAMEIS9CH": ["a"]}), "the name of column NAMEIS9CH"),
        (pa.table({"a": ["a"]}), "the name of column a"),
        (pa.table({"A": ["x" * 201]}), "column A, row 1: 201 characters, over 200"),
        (pa.table({"A": ["ok", "é"]}), "column A, row 2: text that is not printable ASCII"),
        (pa.table({"A": ["line\nbreak"]}), "not printable"),
        (pa.table({"A": ["blank "]}), "spaces at the end"),
        (pa.table({"A": [2**53 + 1]}), "column A, row 1: 9007199254740993"),
        (pa.table({"A": [Decimal("1.2345678901234567")]}), "column A, row 1: 1.2345678901234567"),
        (pa.table({"A": [1e300]}), "column A, row 1"),
        (pa.table({"A": [float("inf")]}), "column A, row 1"),
    ],
)
def test_what_does_not_fit_is_refused_by_column_and_row(
    tmp_path: Path, table: pa.Table, said: str
) -> None:
    with pytest.raises(ExportRefused, match=said):
        written(tmp_path / "x.xpt", table)

    assert not (tmp_path / "x.xpt").exists()


def test_version_8_takes_longer_names_and_text_and_not_everything(tmp_path: Path) -> None:
    long = pa.table({"a_name_of_more_than_8": ["x" * 500]})

    found, _ = written(tmp_path / "x.xpt", long, 8)

    assert found["a_name_of_more_than_8"][0] == "x" * 500
    with pytest.raises(ExportRefused, match="does not fit"):
        written(tmp_path / "y.xpt", pa.table({"x" * 33: ["a"]}), 8, labels={"x" * 33: "33"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels": {}}, "the label of A"),
        ({"labels": {"A": "x" * 41}}, "the label of A"),
        ({"labels": {"A": "größe"}}, "the label of A"),
        ({"name": "too long a name"}, "the name of data set"),
    ],
)
def test_names_and_labels_are_guarded_too(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ExportRefused, match=said):
        written(tmp_path / "x.xpt", pa.table({"A": ["a"]}), **changes)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.decimals(-99999, 99999, allow_nan=False, places=3), min_size=1, max_size=20))
def test_decimals_of_fifteen_digits_keep_every_digit(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[Decimal]
) -> None:
    table = pa.table({"A": pa.array(numbers, pa.decimal128(38, 10))})

    found, _ = written(tmp_path_factory.mktemp("xpt") / "a.xpt", table)

    assert [Decimal(repr(number)) for number in found["A"]] == numbers
