"""What the pack holds, in the order in which an inspector reads: gaps, matrix, evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from deploy.validation.evidence import Run
from deploy.validation.installation import Installation
from deploy.validation.requirements import Catalogue
from deploy.validation.trace import WORDS, Matrix, Row, Verdict

STATEMENT = "Supplier evidence; the customer remains responsible for validation for intended use."
MOST_TESTS_SHOWN = 40


@dataclass(frozen=True)
class Section:
    """One chapter: words, and a table whose columns have relative widths."""

    title: str
    words: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Pack:
    """The whole pack, before it is a page or paper."""

    title: str
    build: str
    summary: str
    problems: tuple[str, ...]
    sections: tuple[Section, ...]
    statement: str = STATEMENT


def assemble(
    catalogue: Catalogue,
    matrix: Matrix,
    run: Run,
    installation: Installation,
    *,
    coverage: float | None,
    now: datetime,
) -> Pack:
    """Put the pack together."""
    proved, gaps = len(matrix.of(Verdict.proved)), len(matrix.of(Verdict.gap))
    summary = (
        f"Made {now:%Y-%m-%d %H:%M} UTC for build {installation.build}. {proved} of "
        f"{len(matrix.rows)} requirements are proved by passing tests, {gaps} are open gaps, "
        f"{len(matrix.rows) - proved - gaps} are neither."
    )
    return Pack(
        title=f"Readout validation pack, build {installation.build}",
        build=installation.build,
        summary=summary,
        problems=matrix.problems,
        sections=(
            _gaps(matrix),
            _limits(matrix),
            _deviations(matrix, run),
            _matrix(matrix),
            _specification(catalogue),
            _risks(catalogue),
            _tests(matrix),
            _installation(installation),
            _operation(run, coverage),
            _performance(),
        ),
    )


def _gaps(matrix: Matrix) -> Section:
    rows = tuple(
        (one.requirement.id, one.requirement.title, one.requirement.gap.reason,
         one.requirement.gap.closes)
        for one in matrix.rows
        if one.requirement.gap
    )  # fmt: skip
    return Section(
        "Gaps: what nothing proves yet",
        ("These come first so that nobody has to look for them.",),
        ("id", "what it is about", "why there is no proof", "what closes the gap"),
        (1, 2, 4, 4),
        rows,
    )


def _limits(matrix: Matrix) -> Section:
    return Section(
        "Limits: what the proofs leave open",
        (),
        ("id", "what it is about", "what remains"),
        (1, 2, 7),
        tuple(
            (one.requirement.id, one.requirement.title, one.requirement.limits)
            for one in matrix.rows
            if one.requirement.limits
        ),
    )


def _deviations(matrix: Matrix, run: Run) -> Section:
    failed = [proof for proof in run.proofs if proof.outcome == "failed"]
    rows = [("requirement", problem) for problem in matrix.problems]
    rows += [("failed test", f"{proof.place}: {proof.sentence}") for proof in failed]
    rows += [
        ("test not run", f"{proof.place}: {proof.sentence}")
        for proof in run.proofs
        if proof.outcome == "skipped"
    ]
    words = () if rows else ("There are none.",)
    return Section("Deviations", words, ("kind", "what"), (1, 8), tuple(rows))


def _matrix(matrix: Matrix) -> Section:
    return Section(
        "Traceability matrix",
        ("Requirement, functional specification, risk, tests, result.",),
        ("id", "clauses", "specified in", "risk", "tests", "result"),
        (1, 3, 3, 1, 1, 2),
        tuple(
            (
                f"{row.requirement.id}\n{row.requirement.title}",
                "\n".join(f"{one.text} [{one.source}]" for one in row.requirement.clauses),
                "\n".join(row.requirement.specified_in),
                row.requirement.risk,
                f"{sum(one.outcome == 'passed' for one in row.proofs)} of {len(row.proofs)}",
                f"{row.verdict}: {WORDS[row.verdict]}",
            )
            for row in matrix.rows
        ),
    )


def _specification(catalogue: Catalogue) -> Section:
    marks = tuple(f"[{mark}]: {words}" for mark, words in catalogue.sources.items())
    return Section(
        "Functional specification",
        marks,
        ("id", "what is asked", "what the software does"),
        (1, 4, 5),
        tuple((one.id, one.asks, one.does) for one in catalogue.requirements),
    )


def _risks(catalogue: Catalogue) -> Section:
    return Section(
        "Risk classes",
        (),
        ("class", "meaning", "requirements"),
        (1, 5, 4),
        tuple(
            (name, words, ", ".join(one.id for one in catalogue.requirements if one.risk == name))
            for name, words in catalogue.risks.items()
        ),
    )


def _tests(matrix: Matrix) -> Section:
    return Section(
        "The tests of each requirement",
        ("A test's name is the sentence that it proves.",),
        ("id", "test", "where", "result", "seconds"),
        (1, 5, 3, 1, 1),
        tuple(row for one in matrix.rows for row in _tests_of(one)),
    )


def _tests_of(row: Row) -> Iterator[tuple[str, ...]]:
    # Failures are never among those that are left out.
    shown = sorted(row.proofs, key=lambda proof: (proof.outcome == "passed", proof.test))
    for proof in shown[:MOST_TESTS_SHOWN]:
        yield (
            row.requirement.id,
            proof.sentence,
            proof.place,
            proof.outcome,
            f"{proof.seconds:.2f}",
        )
    if len(shown) > MOST_TESTS_SHOWN:
        more = len(shown) - MOST_TESTS_SHOWN
        yield (row.requirement.id, f"and {more} more, in junit.xml", "", "passed", "")


def _installation(installation: Installation) -> Section:
    rows: Iterable[tuple[str, str]] = (
        ("version", installation.version),
        ("change", installation.commit),
        ("files", f"{len(installation.files)}, listed with SHA-256 in installed-files.csv"),
        ("digest of all files", installation.digest),
        *installation.environment,
        *(
            (name, f"{count} components, SHA-256 {digest}")
            for name, digest, count in installation.bills
        ),
    )
    words = ("What was installed where this pack was made; compare it with what you installed.",)
    missing = () if installation.bills else ("There is no bill of materials: run make audit.",)
    return Section(
        "Installation qualification (IQ)", words + missing, ("what", "value"), (2, 8), tuple(rows)
    )


def _operation(run: Run, coverage: float | None) -> Section:
    rows = (
        ("run at", run.at.isoformat(timespec="seconds")),
        ("tests passed", str(run.count("passed"))),
        ("tests failed", str(run.count("failed"))),
        ("tests not run", str(run.count("skipped"))),
        ("lines run by the tests", "not measured" if coverage is None else f"{coverage:.1%}"),
    )
    words = ("The test suite of this build on this installation; all of it is in junit.xml.",)
    return Section("Operational qualification (OQ)", words, ("what", "value"), (2, 8), rows)


def _performance() -> Section:
    """Return the template that the customer fills in and signs."""
    steps = (
        ("1", "Choose a scenario from your project's charter: from an image to a locked table."),
        ("2", "Load it on your installation with your forms, roles and workflow."),
        ("3", "Let the people who will do the work do it, with the data of a dry run."),
        ("4", "Compare the locked tables with the expected values that you wrote down before."),
        ("5", "Verify the export with the standalone verifier and a remembered checkpoint."),
        ("6", "Restore the backup on another machine and verify again."),
    )
    words = (
        "A template: it is run, filled in and signed by the customer, for the intended use.",
        "Project: ____________________   Protocol: ____________________   Date: ______________",
        "Done by (name, signature): ______________________________   Checked by (name, "
        "signature): ______________________________",
    )
    return Section(
        "Performance qualification (PQ), template",
        words,
        ("step", "what is done", "expected", "found", "passed (yes, no)"),
        (1, 5, 3, 3, 1),
        tuple((number, what, "", "", "") for number, what in steps),
    )
