"""The house itself: sizes, names and words that every file keeps to."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
BANNED_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "base", "manager", "misc"}

# Tables transcribed from a standard or that list what exists are one idea at any length.
TABLES = {"lake/tables.py"}

OURS = (
    "accounts", "api", "assets", "bench", "deid", "gateway", "ingest", "lake", "pipelines",
    "readout", "research", "stats", "teaching",
)  # fmt: skip


def tracked(*patterns: str) -> list[Path]:
    """Return the project's files that git knows, or would know, by pattern."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PYTHON = [path for path in tracked("*.py") if name(path).split("/")[0] in OURS]


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_file_is_one_idea(path: Path) -> None:
    if name(path) in TABLES or "/migrations/" in name(path):
        return

    lines = path.read_text().splitlines()

    assert len(lines) <= LONGEST_FILE, "two ideas: give each its file"


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_function_is_one_step(path: Path) -> None:
    tree = ast.parse(path.read_text())

    long = [
        f"{node.name} has {_length(node)} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(node) > LONGEST_FUNCTION
        and "/migrations/" not in name(path)
    ]

    assert not long, "two steps: give each its name"


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a body without its docstring, which may be long where it teaches."""
    assert node.end_lineno is not None
    first = node.body[0]
    start = node.lineno
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        assert first.end_lineno is not None
        start += first.end_lineno - first.lineno + 1
    return node.end_lineno - start + 1


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_file_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "the first lines say what it is for"


@pytest.mark.parametrize("path", tracked("*.py", "*.ts", "*.tsx"), ids=name)
def test_a_file_is_named_for_its_idea(path: Path) -> None:
    assert path.stem.lower() not in BANNED_NAMES


def test_nothing_tells_of_the_machine_it_was_written_on() -> None:
    paths = re.compile(rf"{re.escape(str(ROOT))}/|/root/|/home/[a-z]+/")
    texts = tracked(
        "*.py", "*.md", "*.ts", "*.tsx", "*.toml", "*.yaml", "*.yml", "*.sh", "Makefile"
    )

    found = [
        f"{name(path)}:{number}"
        for path in texts
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if paths.search(line)
    ]

    assert not found


def test_no_file_is_over_a_megabyte() -> None:
    large = [name(path) for path in tracked() if path.stat().st_size > 1_000_000]

    assert not [one for one in large if not one.endswith(("uv.lock", "package-lock.json"))]


def test_every_release_is_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    version = re.search(r'^version = "(.+)"$', project, re.MULTILINE)

    assert version is not None
    assert "## [Unreleased]" in changelog
