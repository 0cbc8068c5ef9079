"""What the tests said: JUnit files, in which each test bears the requirements it proves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

Outcome = Literal["passed", "failed", "skipped"]
REQUIREMENT = "req"


class BadEvidence(ValueError):
    """A file that is no JUnit report, or one without tests."""


@dataclass(frozen=True)
class Proof:
    """One test, how it ended and what it proves."""

    test: str
    outcome: Outcome
    seconds: float
    requirements: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return the test's name as the sentence it is."""
        name, bracket, case = self.test.rpartition("::")[2].partition("[")
        return name.removeprefix("test_").replace("_", " ") + (f" [{case}" if bracket else "")

    @property
    def place(self) -> str:
        """Return the test's module."""
        return self.test.rpartition("::")[0]


@dataclass(frozen=True)
class Run:
    """A run of the test suite."""

    at: datetime
    proofs: tuple[Proof, ...]

    def count(self, outcome: Outcome) -> int:
        """Count the tests that ended so."""
        return sum(proof.outcome == outcome for proof in self.proofs)


def read(file: Path) -> Run:
    """Read a JUnit file of pytest's."""
    try:
        root = ElementTree.parse(file).getroot()
    except (OSError, ElementTree.ParseError) as problem:
        raise BadEvidence(f"{file} is no JUnit report: run the tests again") from problem
    suites = list(root.iter("testsuite"))
    proofs = tuple(_proof(case) for suite in suites for case in suite.iter("testcase"))
    if not proofs:
        raise BadEvidence(f"{file} has no tests: run them again")
    return Run(datetime.fromisoformat(suites[0].attrib["timestamp"]), proofs)


def _proof(case: ElementTree.Element) -> Proof:
    failed = case.find("failure") is not None or case.find("error") is not None
    outcome: Outcome = "failed" if failed else "passed"
    if not failed and case.find("skipped") is not None:
        outcome = "skipped"
    named = [
        one.attrib["value"] for one in case.iter("property") if one.attrib["name"] == REQUIREMENT
    ]
    return Proof(
        test=f"{case.attrib['classname']}::{case.attrib['name']}",
        outcome=outcome,
        seconds=float(case.attrib.get("time", 0)),
        requirements=tuple(named),
    )


def is_fresh(report: Path, sources: Iterable[Path]) -> bool:
    """Say whether a report is newer than everything it reports on."""
    if not report.exists():
        return False
    made = report.stat().st_mtime
    return all(source.stat().st_mtime <= made for source in sources)


def coverage(file: Path) -> float | None:
    """Return the share of lines that the tests ran, if it was measured."""
    if not file.exists():
        return None
    return float(ElementTree.parse(file).getroot().attrib["line-rate"])
