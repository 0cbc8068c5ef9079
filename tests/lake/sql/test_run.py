import threading
import time
from pathlib import Path

import duckdb
import pytest

from lake.errors import QueryFailed, QueryStopped
from lake.sql.run import Limits, Query


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("sql") / "project.duckdb"
    connection = duckdb.connect(str(path))  # noqa: TID251 (as the lake makes them)
    connection.execute("CREATE TABLE results AS SELECT i AS a, i % 7 AS b FROM range(100000) t(i)")
    connection.close()
    return path


def test_rows_come_back_with_their_types(file: Path) -> None:
    sql = "SELECT b, count(*) AS n, sum(a)::DECIMAL(18, 2) AS s FROM results GROUP BY b ORDER BY b"

    found = Query(file, sql, Limits()).run()

    assert not found.cut
    assert found.table.num_rows == 7
    assert [str(field.type) for field in found.table.schema] == [
        "int64",
        "int64",
        "decimal128(18, 2)",
    ]
    assert sum(found.table["n"].to_pylist()) == 100_000


@pytest.mark.parametrize(("most", "cut"), [(99_999, True), (100_000, False), (1, True), (0, True)])
def test_rows_beyond_the_most_are_cut_and_said(file: Path, most: int, cut: bool) -> None:
    found = Query(file, "SELECT * FROM results", Limits(most_rows=most)).run()

    assert (found.table.num_rows, found.cut) == (most, cut)


@pytest.mark.parametrize(
    "bomb",
    [
        "SELECT repeat('x', 2000000000)",
        "SELECT list(range(100000000))",
        "SELECT string_agg(a::VARCHAR, '') OVER () FROM results",
        "SELECT a.a, b.a FROM results a, results b ORDER BY 1, 2",
    ],
)
def test_a_query_cannot_take_more_memory_than_it_may(file: Path, bomb: str) -> None:
    with pytest.raises(QueryFailed, match="more memory"):
        Query(file, bomb, Limits(seconds=20, memory_mb=1024)).run()


def test_a_query_that_takes_too_long_is_ended(file: Path) -> None:
    sql = "SELECT count(*) FROM results a, results b, results c WHERE a.a * b.a = c.a"
    began = time.monotonic()

    with pytest.raises((QueryFailed, QueryStopped), match=r"time|longer"):
        Query(file, sql, Limits(seconds=1)).run()

    assert time.monotonic() - began < 15


def test_a_query_can_be_stopped(file: Path) -> None:
    sql = "SELECT count(*) FROM results a, results b, results c WHERE a.a * b.a = c.a"
    query = Query(file, sql, Limits(seconds=60))
    threading.Timer(1.0, query.stop).start()

    with pytest.raises(QueryStopped, match="was stopped"):
        query.run()


def test_what_duckdb_says_is_passed_on_in_one_line(file: Path) -> None:
    with pytest.raises(QueryFailed, match='column "nope"') as failed:
        Query(file, "SELECT nope FROM results", Limits()).run()

    assert "\n" not in str(failed.value)
