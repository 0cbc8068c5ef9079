from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from lake.errors import QueryRefused, TableMissing, UnknownTable, VersionMissing
from lake.location import Lake
from lake.read import Filter, Sort, arrow, connect, rows, versions
from lake.write import append, overwrite
from tests.lake.entry_rows import entry_rows

TABLE = "ledger_entries"


@pytest.fixture
def hundred(lake: Lake) -> Lake:
    append(lake, "p1", TABLE, entry_rows(0, 89), ledger_sequence=89)
    append(lake, "p1", TABLE, entry_rows(90, 99, action="read_signed"), ledger_sequence=99)
    return lake


def _asked(lake: Lake, *filters: Filter) -> list[int]:
    page = rows(lake, "p1", TABLE, columns=["sequence"], filters=filters, sort=[Sort("sequence")])
    assert page.total == len(page.rows)
    return [row[0] for row in page.rows if isinstance(row[0], int)]


def test_a_page_states_its_version_its_sequence_and_the_total(hundred: Lake) -> None:
    page = rows(hundred, "p1", TABLE, columns=["sequence", "action"], offset=88, limit=4)

    assert page.columns == ("sequence", "action")
    assert page.rows == (
        (88, "draft_saved"),
        (89, "draft_saved"),
        (90, "read_signed"),
        (91, "read_signed"),
    )
    assert (page.total, page.version, page.ledger_sequence) == (100, 1, 99)


def test_an_earlier_version_is_read_as_it_was(hundred: Lake) -> None:
    page = rows(hundred, "p1", TABLE, version=0, limit=1)

    assert (page.total, page.version, page.ledger_sequence) == (90, 0, 89)


def test_pages_of_a_sorted_table_never_overlap(hundred: Lake) -> None:
    seen = []
    for offset in range(0, 100, 7):
        page = rows(
            hundred,
            "p1",
            TABLE,
            columns=["sequence"],
            sort=[Sort("action", descending=True)],
            offset=offset,
            limit=7,
        )
        seen += [row[0] for row in page.rows]

    assert seen == [*range(90, 100), *range(90)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Filter("sequence", "eq", 7), [7]),
        (Filter("sequence", "eq", "7"), [7]),
        (Filter("sequence", "lt", 2), [0, 1]),
        (Filter("sequence", "ge", "98"), [98, 99]),
        (Filter("sequence", "in", (3, "4", 1000)), [3, 4]),
        (Filter("action", "ne", "draft_saved"), list(range(90, 100))),
        (Filter("action", "contains", "SIGN"), list(range(90, 100))),
        (Filter("reason_code", "missing", True), list(range(100))),
        (Filter("reason_code", "missing", "false"), []),
        (Filter("reason_code", "ne", "typo"), list(range(100))),
        (Filter("at", "lt", "2026-01-01T00:00:02"), [0, 1]),
        (Filter("at", "le", datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)), [0, 1]),
        (Filter("action", "eq", "' OR true --"), []),
    ],
)
def test_a_filter_keeps_the_rows_it_names(
    disk_lake: Lake, asked: Filter, expected: list[int]
) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 89), ledger_sequence=89)
    append(disk_lake, "p1", TABLE, entry_rows(90, 99, action="read_signed"), ledger_sequence=99)

    assert _asked(disk_lake, asked) == expected


def test_all_filters_must_hold(hundred: Lake) -> None:
    assert _asked(hundred, Filter("sequence", "gt", 88), Filter("action", "eq", "draft_saved")) == [
        89
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Filter("nothing", "eq", 1), "has no column 'nothing'"),
        (Filter('sequence" --', "eq", 1), "has no column"),
        (Filter("sequence", "eq", "seven"), "the value is not a int64"),
        (Filter("sequence", "like", 1), "unknown operator 'like'"),  # type: ignore[arg-type]
        (Filter("sequence", "contains", "1"), "is not text"),
        (Filter("sequence", "eq", None), "use 'missing'"),
        (Filter("sequence", "in", ()), "1 to 1000 values"),
        (Filter("at", "lt", "yesterday"), "the value is not a timestamp"),
    ],
)
def test_a_filter_that_cannot_be_answered_is_refused(
    disk_lake: Lake, asked: Filter, message: str
) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 1), ledger_sequence=1)

    with pytest.raises(QueryRefused, match=message):
        rows(disk_lake, "p1", TABLE, filters=[asked])


def test_columns_sorts_and_pages_that_do_not_exist_are_refused(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 1), ledger_sequence=1)

    with pytest.raises(QueryRefused, match="has no column 'secret'"):
        rows(disk_lake, "p1", TABLE, columns=["secret"])
    with pytest.raises(QueryRefused, match="has no column 'secret'"):
        rows(disk_lake, "p1", TABLE, sort=[Sort("secret")])
    with pytest.raises(QueryRefused, match="at least one column"):
        rows(disk_lake, "p1", TABLE, columns=[])
    with pytest.raises(QueryRefused, match="between 0 and 10000"):
        rows(disk_lake, "p1", TABLE, limit=10_001)


def test_what_is_not_there_is_named(lake: Lake) -> None:
    with pytest.raises(UnknownTable, match="no table 'nothing'; known: dicom_instances"):
        rows(lake, "p1", "nothing")
    with pytest.raises(TableMissing, match="table ledger_entries of project p1"):
        rows(lake, "p1", TABLE)
    append(lake, "p1", TABLE, entry_rows(0, 1), ledger_sequence=1)
    with pytest.raises(VersionMissing, match="has no version 1; it has 0 to 0"):
        rows(lake, "p1", TABLE, version=1)
    with pytest.raises(VersionMissing, match="has no version -1"):
        rows(lake, "p1", TABLE, version=-1)
    with pytest.raises(TableMissing, match="project p2"):
        versions(lake, "p2", TABLE)


def test_an_empty_table_has_its_columns_and_no_rows(lake: Lake) -> None:
    overwrite(lake, "p1", TABLE, entry_rows(1, 0), ledger_sequence=0)

    page = rows(lake, "p1", TABLE, filters=[Filter("sequence", "gt", 1)], sort=[Sort("at")])

    assert (page.rows, page.total) == ((), 0)
    assert "leaf_hash" in page.columns
    connection = connect(lake, "p1")
    assert connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall() == [(0,)]
    connection.close()


def test_times_come_back_as_aware_utc(hundred: Lake) -> None:
    page = rows(hundred, "p1", TABLE, columns=["at"], limit=1)

    assert page.rows == ((datetime(2026, 1, 1, tzinfo=UTC),),)


def test_a_connection_shows_each_table_at_the_version_asked_for(hundred: Lake) -> None:
    connection = connect(hundred, "p1", {TABLE: 0})

    counted = connection.execute(f"SELECT count(*), max(sequence) FROM {TABLE}").fetchall()
    connection.close()

    assert counted == [(90, 89)]


def test_a_connection_is_refused_a_version_that_is_not_there(hundred: Lake) -> None:
    with pytest.raises(VersionMissing, match="has no version 5"):
        connect(hundred, "p1", {TABLE: 5})


def test_some_columns_of_a_whole_table_can_be_read(hundred: Lake) -> None:
    assert arrow(hundred, "p1", TABLE, columns=["action", "sequence"]).column_names == [
        "action",
        "sequence",
    ]


def test_sixteen_readers_at_once_see_the_same_page(hundred: Lake) -> None:
    def read(_: int) -> tuple[object, ...]:
        page = rows(hundred, "p1", TABLE, sort=[Sort("sequence", descending=True)], limit=3)
        return page.rows

    with ThreadPoolExecutor(16) as pool:
        pages = set(pool.map(read, range(48)))

    assert len(pages) == 1
