"""What a query must not reach: files, settings, other projects, the process, the network.

Each way out is tried twice: at the gate, which must refuse it, and, past the gate, in the process
that runs queries, which must neither give a value away nor leave anything behind.
"""

import os
from pathlib import Path

import duckdb
import pytest

from lake.errors import QueryFailed, QueryRefused
from lake.sql.gate import check
from lake.sql.run import Limits, Query

CANARY = "canary-7f3a"
LIMITS = Limits(seconds=20, memory_mb=2048, most_rows=1000)

# `{folder}` is a folder the query may not touch; `{secret}` a file in it; `{other}` a database.
READS = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_csv_auto('{secret}')",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_json('{secret}')",
    "SELECT * FROM read_ndjson_objects('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM parquet_metadata('{secret}')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM read_duckdb('{other}')",
    "SELECT * FROM '{secret}'",
    'SELECT * FROM "{secret}"',
    "SELECT * FROM '{folder}/*.csv'",
    "SELECT * FROM glob('{folder}/*')",
    "WITH \"{secret}\" AS (SELECT 1) SELECT * FROM results, '{secret}'",
    "SELECT (SELECT content FROM read_text('{secret}'))",
    "SELECT * FROM results WHERE a IN (SELECT 1 FROM read_text('{secret}'))",
    "SELECT * FROM results ORDER BY (SELECT count(*) FROM read_text('{secret}'))",
    "SELECT * FROM (FROM read_text('{secret}'))",
    "FROM read_text('{secret}') SELECT content",
    "SELECT 1 UNION ALL SELECT content FROM read_text('{secret}')",
    "WITH x AS (SELECT * FROM read_text('{secret}')) SELECT * FROM x",
    "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('{secret}')))",
    "SELECT CASE WHEN true THEN (SELECT content FROM read_text('{secret}')) END",
    "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
    "SELECT * FROM query_table('{secret}')",
    "SELECT * FROM json_execute_serialized_sql('{{}}')",
    "SELECT * FROM results, LATERAL (SELECT * FROM read_text('{secret}'))",
    "SELECT * FROM read_text('file://{secret}')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM read_text('/proc/self/cmdline')",
    "SELECT * FROM read_csv('/etc/passwd', sep = ':')",
    "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SELECT getenv('CANARY')",
    "SELECT current_setting('home_directory')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM pragma_database_size()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_settings",
    "SELECT * FROM system.main.duckdb_settings()",
    "SELECT * FROM results AT (VERSION => 1)",
    "SELECT * FROM other.main.results",
    "SELECT getvariable('x')",
    "SELECT current_query()",
    "SELECT * FROM which_secret('s3://b', 's3')",
    "SELECT * FROM python_arrow_scan(1, 2, 3)",
    "SELECT * FROM pandas_scan(12345)",
    "SELECT * FROM connection",
    "SELECT * FROM sys",
    "DESCRIBE results",
    "SHOW ALL TABLES",
    "SHOW DATABASES",
]
WRITES = [
    "COPY results TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/new.duckdb'",
    "ATTACH '{other}' AS other; SELECT * FROM other.results",
    "CREATE TABLE x AS SELECT * FROM results",
    "CREATE TEMP TABLE x AS SELECT * FROM results",
    "INSERT INTO results VALUES (1)",
    "UPDATE results SET a = 1",
    "DELETE FROM results",
    "DROP TABLE results",
    "ALTER TABLE results ADD COLUMN x INT",
    "INSTALL httpfs",
    "LOAD '{folder}/evil.duckdb_extension'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET enable_external_access",
    "SET temp_directory = '{folder}'",
    "SET VARIABLE x = 1",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CHECKPOINT",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "CREATE SECRET (TYPE s3)",
    "CREATE MACRO f() AS (SELECT 1)",
    "CREATE FUNCTION f() AS TABLE SELECT * FROM read_text('{secret}')",
    "BEGIN TRANSACTION",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; COPY results TO '{folder}/out.csv'",
    "SELECT 1; SET lock_configuration = false",
    "/* SELECT */ COPY results TO '{folder}/out.csv'",
    "SELECT nextval('s')",
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "secret.csv").write_text(f"a,b\n{CANARY},{CANARY}\n")
    other = folder / "other.duckdb"
    _database(other, f"SELECT '{CANARY}' AS a")
    return {"folder": str(folder), "secret": str(folder / "secret.csv"), "other": str(other)}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("sql") / "project.duckdb"
    _database(path, "SELECT 1 AS a")
    return path


def _database(path: Path, select: str) -> None:
    connection = duckdb.connect(str(path))  # noqa: TID251 (as the lake makes them)
    connection.execute(f"CREATE TABLE results AS {select}")
    connection.close()


@pytest.mark.parametrize("way", [*READS, *WRITES])
def test_the_gate_lets_no_way_out_through(way: str, places: dict[str, str]) -> None:
    with pytest.raises(QueryRefused):
        check(way.format(**places), {"results"})


@pytest.mark.parametrize("way", [*READS, *WRITES])
def test_past_the_gate_nothing_is_reached_and_nothing_is_left(
    way: str, places: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", CANARY)
    hidden = Path(places["folder"])
    before, held = sorted(os.listdir(hidden)), file.read_bytes()

    try:
        given = str(Query(file, way.format(**places), LIMITS).run().table.to_pylist())
    except QueryFailed as failed:
        given = str(failed)

    assert CANARY not in given
    assert sorted(os.listdir(hidden)) == before
    assert file.read_bytes() == held


def test_more_than_sixty_ways_are_tried() -> None:
    assert len({*READS, *WRITES}) >= 60
