"""The traceability matrix: which requirement is proved by which tests, and which is not."""

from dataclasses import dataclass
from enum import StrEnum

from deploy.validation.evidence import Proof, Run
from deploy.validation.requirements import Catalogue, Requirement


class Verdict(StrEnum):
    """What the evidence says of a requirement."""

    proved = "proved"
    gap = "gap"
    failed = "failed"
    untested = "untested"
    closed_gap = "gap closed"


GOOD = (Verdict.proved, Verdict.gap)
WORDS = {
    Verdict.proved: "every test of it passed",
    Verdict.gap: "nothing proves it yet, and this is said openly",
    Verdict.failed: "a test of it failed",
    Verdict.untested: "no test of it passed, and no gap is stated",
    Verdict.closed_gap: "a gap is stated although tests of it pass: take the gap out",
}


@dataclass(frozen=True)
class Row:
    """A requirement with its tests."""

    requirement: Requirement
    proofs: tuple[Proof, ...]

    @property
    def verdict(self) -> Verdict:
        """Judge the requirement; a skipped test proves nothing."""
        if any(proof.outcome == "failed" for proof in self.proofs):
            return Verdict.failed
        if any(proof.outcome == "passed" for proof in self.proofs):
            return Verdict.closed_gap if self.requirement.gap else Verdict.proved
        return Verdict.gap if self.requirement.gap else Verdict.untested


@dataclass(frozen=True)
class Matrix:
    """All requirements with their tests, and the tests that name what is no requirement."""

    rows: tuple[Row, ...]
    strays: tuple[str, ...]

    def of(self, *verdicts: Verdict) -> tuple[Row, ...]:
        """Return the rows of these verdicts."""
        return tuple(row for row in self.rows if row.verdict in verdicts)

    @property
    def problems(self) -> tuple[str, ...]:
        """Say why the pack is not complete; nothing means that it is."""
        bad = tuple(
            f"{row.requirement.id}: {WORDS[row.verdict]}"
            for row in self.rows
            if row.verdict not in GOOD
        )
        return bad + tuple(f"a test names {name}, which is no requirement" for name in self.strays)


def trace(catalogue: Catalogue, run: Run) -> Matrix:
    """Join requirements and tests."""
    rows = tuple(
        Row(one, tuple(proof for proof in run.proofs if one.id in proof.requirements))
        for one in catalogue.requirements
    )
    named = {name for proof in run.proofs for name in proof.requirements}
    return Matrix(rows, tuple(sorted(named - catalogue.ids)))
