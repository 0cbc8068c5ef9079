"""The gate before a query runs: one SELECT, over known tables, with known functions.

DuckDB's own parser reads the text; what it understood is walked, and any node that is not known
to be harmless is refused. The worker behind the gate could do no harm either: the gate is there to
say so at once, in words.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from lake.engine import parser_connection
from lake.errors import QueryRefused
from lake.sql.functions import FUNCTIONS, TABLE_FUNCTIONS

LONGEST: Final = 20_000
DEEPEST: Final = 200
QUERIES: Final = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
SOURCES: Final = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION", "PIVOT"}
)
# Order, limit, and what a cast or a decimal type is made of.
PARTS: Final = re.compile(
    r"[A-Z_]+_MODIFIER|ASCENDING|DESCENDING|ORDER_DEFAULT|[A-Z_]+_TYPE_INFO|[A-Z_]+_ROWS?|REGULAR"
)
NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
EXPRESSIONS: Final = frozenset(
    {
        "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT",
        "DEFAULT", "FUNCTION", "LAMBDA", "LAMBDA_REF", "OPERATOR", "POSITIONAL_REFERENCE", "STAR",
        "SUBQUERY", "WINDOW", "TYPE",
    }
)  # fmt: skip
MAIN: Final = ("", "main")


def check(sql: str, tables: Collection[str]) -> None:
    """Return when a query may run over these tables.

    Parameters
    ----------
    sql : str
        One SELECT statement; a semicolon at its end may stand.
    tables : collection of str
        The tables that there are.

    Raises
    ------
    QueryRefused
        The text is no single SELECT, or names a table or function that is not to be used.
    """
    if len(sql) > LONGEST:
        raise QueryRefused(f"the query has more than {LONGEST} characters")
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in sql):
        raise QueryRefused("the query holds a control character: remove it")
    statement = _parsed(sql)
    known = {table.lower() for table in tables} | _named_by_with(statement["node"])
    for node in _nodes(statement["node"]):
        _check_node(node, known)


def _parsed(sql: str) -> dict[str, Any]:
    with parser_connection() as connection:
        answer = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0]
    found: dict[str, Any] = json.loads(answer)
    if found["error"]:
        said = found["error_message"].splitlines()[0]
        if found.get("error_type") == "not implemented":
            said = "only a SELECT can be run here"
        raise QueryRefused(f"the query was not understood: {said}")
    if len(found["statements"]) != 1:
        raise QueryRefused("send one SELECT at a time")
    statement: dict[str, Any] = found["statements"][0]
    return statement


def _nodes(node: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every node of the tree; too deep a tree is refused."""
    if depth > DEEPEST:
        raise QueryRefused(f"the query is nested more than {DEEPEST} levels deep")
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value, depth + 1)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value, depth + 1)


def _named_by_with(statement: object) -> set[str]:
    """Return the names that WITH gives to queries; a name that could be a path is refused."""
    names = {
        str(entry["key"]).lower()
        for node in _nodes(statement)
        for entry in (node.get("cte_map") or {}).get("map", [])
    }
    for name in names:
        if not NAME.fullmatch(name):
            raise QueryRefused(f"a query is named with letters, digits and _, not {name!r}")
    return names


def _check_node(node: dict[str, Any], tables: set[str]) -> None:
    kind = node.get("type")
    if "class" in node:
        _check_expression(node)
    elif not isinstance(kind, str):
        return
    elif kind in SOURCES and ("alias" in node or kind == "EMPTY"):
        _check_source(node, tables)
    elif kind not in QUERIES and not PARTS.fullmatch(kind):
        raise QueryRefused(f"a {kind} is not run here")


def _check_expression(node: dict[str, Any]) -> None:
    if node["class"] not in EXPRESSIONS:
        raise QueryRefused(f"an expression of the kind {node['class']} is not run here")
    if "function_name" not in node:
        return
    name = str(node["function_name"]).lower()
    foreign = node.get("schema", "") not in MAIN or node.get("catalog", "") != ""
    if foreign or name not in FUNCTIONS | TABLE_FUNCTIONS:
        raise QueryRefused(f"the function {name} is not available here")


def _check_source(node: dict[str, Any], tables: set[str]) -> None:
    kind = node["type"]
    if kind == "BASE_TABLE":
        name = str(node["table_name"])
        foreign = node.get("schema_name") not in MAIN or node.get("catalog_name") != ""
        if foreign or name.lower() not in tables:
            raise QueryRefused(f"there is no table {name} here: there are {_listed(tables)}")
        if node.get("at_clause") is not None:
            raise QueryRefused("a version is chosen beside the query, not inside it")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise QueryRefused(f"the table function {name} is not available here")


def _listed(tables: set[str]) -> str:
    return ", ".join(sorted(tables)) or "none"
