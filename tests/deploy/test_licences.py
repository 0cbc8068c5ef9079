"""A licence that is not on the list is not shipped."""

import json
from pathlib import Path

import pytest

from deploy.licences import Component, is_allowed, npm_runtime, python_runtime


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "Apache-2.0 OR GPL-3.0-only",
        "(MIT OR GPL-2.0-only) AND BSD-3-Clause",
        "MIT AND (Apache-2.0 WITH LLVM-exception)",
        "LGPL-3.0-or-later",
    ],
)
def test_what_may_be_shipped_is_allowed(expression: str) -> None:
    assert is_allowed(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MIT AND GPL-2.0-only",
        "SSPL-1.0",
        "unknown",
        "UNLICENSED",
        "SEE LICENSE IN LICENSE.md",
        "",
        "MIT OR",
        "(MIT",
        "MIT GPL-3.0-only",
    ],
)
def test_what_may_not_or_says_nothing_is_refused(expression: str) -> None:
    assert not is_allowed(expression)


def test_everything_that_readout_needs_is_allowed() -> None:
    shipped = list(python_runtime("readout", {}))

    assert {"fastapi", "duckdb", "psycopg-binary", "uvloop"} - {one.name for one in shipped} <= {
        "uvloop"
    }
    assert not {"pytest", "schemathesis"} & {one.name for one in shipped}
    assert [one for one in shipped if not one.is_allowed] == []


def test_tools_of_the_web_app_are_not_shipped_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"name": "app"},
        "node_modules/kept": {"version": "1.0.0", "license": "MIT"},
        "node_modules/kept/node_modules/@a/deep": {"version": "2.0.0", "license": "GPL-3.0"},
        "node_modules/tool": {"version": "3.0.0", "license": "GPL-3.0", "dev": True},
        "node_modules/silent": {"version": "4.0.0"},
    }
    lock.write_text(json.dumps({"packages": packages}))

    found = list(npm_runtime(lock, {"silent": "ISC"}))

    assert found == [
        Component("npm", "kept", "1.0.0", "MIT"),
        Component("npm", "@a/deep", "2.0.0", "GPL-3.0"),
        Component("npm", "silent", "4.0.0", "ISC"),
    ]
    assert [one.name for one in found if not one.is_allowed] == ["@a/deep"]
