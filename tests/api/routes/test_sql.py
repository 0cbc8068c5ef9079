"""SQL over a project's tables through the api."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pyarrow as pa
import pyarrow.parquet
import pytest

from accounts.ledger.log import entries
from lake.locks import make_lock
from lake.schemas import arrow_rows
from lake.tables import table_named
from lake.write import overwrite
from tests.api.routes.test_tables import agreement
from tests.api.running import Running, signing

TABLE = "reader_agreement"


@pytest.fixture(scope="module", autouse=True)
def signed(shared_world: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with signing(shared_world, tmp_path_factory.mktemp("signed")):
        yield


@pytest.fixture(scope="module")
def statistician(shared_world: Running) -> httpx.Client:
    """A statistician's browser, with two versions of one table in the lake."""
    for sequence, items in ((5, ("A",)), (9, ("A", "B", "C"))):
        records = [agreement(shared_world, item, sequence) for item in items]
        rows = arrow_rows(table_named(TABLE), records)
        overwrite(
            shared_world.lake, shared_world.trial.project, TABLE, rows, ledger_sequence=sequence
        )
    return shared_world.person("statistician")


def ask(world: Running, client: httpx.Client, sql: str, **more: Any) -> httpx.Response:
    return client.post(f"{world.project}/sql", json={"sql": sql, **more})


def test_a_query_gives_rows_and_says_what_it_read(
    shared_world: Running, statistician: httpx.Client
) -> None:
    sql = f"SELECT item_oid, n_units FROM {TABLE} ORDER BY item_oid"

    answer = ask(shared_world, statistician, sql).json()

    assert answer["rows"] == [["A", 20], ["B", 20], ["C", 20]]
    assert answer["versions"][TABLE] == 1
    assert (answer["cut"], answer["lock"]) == (False, None)
    with shared_world.trial.database.reading() as session:
        entry = entries(session, shared_world.trial.project)[-1]
    assert entry.action == "sql_run"
    assert entry.after is not None
    assert entry.after["query_sha256"] == answer["query_sha256"]
    assert entry.after["rows"] == 3


def test_an_older_version_and_a_lock_are_read_as_they_were(
    shared_world: Running, statistician: httpx.Client
) -> None:
    lock = make_lock(shared_world.lake, shared_world.trial.project, versions={TABLE: 0})
    sql = f"SELECT count(*) FROM {TABLE}"

    older = ask(shared_world, statistician, sql, versions={TABLE: 0}).json()
    locked = ask(shared_world, statistician, sql, lock=lock.name).json()

    assert older["rows"] == locked["rows"] == [[1]]
    assert locked["lock"] == lock.name


def test_rows_come_as_csv_arrow_and_parquet(
    shared_world: Running, statistician: httpx.Client
) -> None:
    sql = f"SELECT item_oid, value, [1, 2] AS list FROM {TABLE} ORDER BY 1"
    given = {kind: ask(shared_world, statistician, sql, format=kind) for kind in
             ("csv", "arrow", "parquet")}  # fmt: skip

    lines = given["csv"].text.split("\r\n")
    assert lines[:2] == ["item_oid,value,list", 'A,0.1,"[1, 2]"']
    stream = pa.ipc.open_stream(given["arrow"].content).read_all()
    assert stream["item_oid"].to_pylist() == ["A", "B", "C"]
    assert pyarrow.parquet.read_table(io.BytesIO(given["parquet"].content)).num_rows == 3
    assert given["csv"].headers["x-readout-cut"] == "false"
    assert all(
        shared_world.trial.project in unquote(answer.headers["x-readout-checkpoint"])
        for answer in given.values()
    )


def test_more_rows_than_asked_for_are_cut_and_said(
    shared_world: Running, statistician: httpx.Client
) -> None:
    answer = ask(shared_world, statistician, f"FROM {TABLE}", most_rows=2).json()

    assert (len(answer["rows"]), answer["cut"]) == (2, True)


@pytest.mark.parametrize(
    ("sql", "kind", "said"),
    [
        ("SELECT * FROM read_text('/etc/hostname')", "invalid", "read_text"),
        ("DROP TABLE reader_agreement", "invalid", "only a SELECT"),
        ("SELECT * FROM ledger_entries", "invalid", "no table ledger_entries"),
        ("SELECT nothing FROM reader_agreement", "query_failed", "nothing"),
    ],
)
def test_a_refusal_says_what_to_mend(
    shared_world: Running, statistician: httpx.Client, sql: str, kind: str, said: str
) -> None:
    answer = ask(shared_world, statistician, sql)

    assert (answer.status_code, answer.json()["type"]) == (422, kind)
    assert said in answer.json()["detail"]


def test_only_who_may_take_results_out_runs_sql(shared_world: Running) -> None:
    assert ask(shared_world, shared_world.person("reader1"), "SELECT 1").status_code == 403
    assert ask(shared_world, shared_world.anybody(), "SELECT 1").status_code == 401
