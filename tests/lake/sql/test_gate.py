import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.errors import QueryRefused
from lake.sql.gate import check

TABLES = {"results", "reads"}


@pytest.mark.parametrize(
    "sql",
    [
        "FROM results",
        "TABLE results;",
        "SELECT a, sum(b) OVER (PARTITION BY c ORDER BY d DESC NULLS FIRST ROWS BETWEEN UNBOUNDED "
        "PRECEDING AND 1 FOLLOWING EXCLUDE TIES) FROM results r JOIN reads USING (x) "
        "WHERE EXISTS (SELECT 1 FROM reads) QUALIFY row_number() OVER () = 1",
        "WITH RECURSIVE t AS (SELECT 1 a UNION ALL SELECT a + 1 FROM t WHERE a < 5) FROM t",
        "SELECT COLUMNS('a.*') FROM results",
        "SELECT [i FOR i IN range(10)], list_transform([1], lambda x: x + 1)",
        "SELECT a::VARCHAR, a LIKE 'x', a BETWEEN 1 AND 2, CASE WHEN a THEN 1 END, INTERVAL 1 DAY, "
        "DATE '2026-01-01' FROM results",
        "SELECT * FROM results UNION SELECT * FROM reads ORDER BY 1 LIMIT 3",
        "SELECT count(*) FILTER (WHERE a > 1), count(DISTINCT b), quantile_cont(a, 0.5), "
        "string_agg(a, ',' ORDER BY b) FROM results GROUP BY ALL",
        "SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM results",
        "SELECT a, GROUPING(a) FROM results GROUP BY GROUPING SETS ((a), (b)), ROLLUP (c)",
        "SELECT a::STRUCT(x INT, y VARCHAR[]), CAST(a AS DECIMAL(5, 2)[]), a::MAP(INT, INT)",
        "SELECT * FROM results ASOF JOIN reads ON a.b >= c.d",
        "SELECT * FROM (VALUES (1), (2)) t(a) PIVOT (sum(a) FOR a IN (1, 2))",
        "UNPIVOT results ON a, b",
        "SELECT DISTINCT ON (a) * FROM Results ORDER BY a DESC NULLS LAST LIMIT 5 OFFSET 2",
        "SELECT unnest([1, 2]), x->>'$.b' FROM results, unnest([1]) t(x)",
        "SELECT if(a > 1, 2, 3), a::TEXT COLLATE NOCASE FROM results",
        "SELECT a FROM results WHERE b = ANY (SELECT 1) AND c IN (1, 2) AND d IS NOT NULL",
    ],
)
def test_what_a_statistician_asks_passes(sql: str) -> None:
    check(sql, TABLES)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "one SELECT"),
        ("SELECT 1; SELECT 2", "one SELECT"),
        ("SELEC 1", "syntax error"),
        ("SELECT random()", "the function random"),
        ("SELECT now()", "the function now"),
        ("SELECT * FROM nowhere", "there is no table nowhere here: there are reads, results"),
        ("SELECT main.getenv('x')", "the function getenv"),
        ("SELECT ?", "PARAMETER"),
        ("SELECT 1" + " " * 20_001, "characters"),
        ("SELECT '\x00'", "control character"),
        ("SELECT " + "(" * 300 + "1" + ")" * 300 + " FROM results", ""),
        ("SELECT " + "-" * 0 + "abs(" * 150 + "1" + ")" * 150, "deep"),
        ('WITH "/etc/passwd" AS (SELECT 1) SELECT 2', "letters, digits"),
    ],
)
def test_a_refusal_says_what_and_why(sql: str, said: str) -> None:
    if not said:
        check(sql, TABLES)
        return
    with pytest.raises(QueryRefused, match=said):
        check(sql, TABLES)


@given(st.text(max_size=100))
def test_no_text_does_more_than_be_refused(sql: str) -> None:
    try:
        check(sql, TABLES)
    except QueryRefused:
        return
