"""The pack is complete, or says on its first page why it is not."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.validation import evidence, page, paper, requirements
from deploy.validation.evidence import BadEvidence
from deploy.validation.installation import Installation, describe, digests
from deploy.validation.pack import STATEMENT, Pack, assemble
from deploy.validation.requirements import BadRequirements, Catalogue
from deploy.validation.trace import Matrix, Verdict, trace

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
INSTALLED = Installation(
    version="9.9",
    commit="abc",
    digest="d" * 64,
    files=(("a.py", 1, "e" * 64),),
    environment=(("Python", "3"),),
    bills=(("sbom.cdx.json", "f" * 64, 7),),
)

ONE = """
  - id: {id}
    title: About {id}
    clauses: [{{text: "21 CFR 11.10(e)", source: R}}]
    risk: high
    asks: Something is asked of the software.
    does: The software does what is asked.
    specified_in: [docs/architecture.md]
"""
GAP = """    gap: {reason: Nobody has looked yet., closes: Somebody looks at it.}
"""
HEAD = """
sources: {R: read, S: summary, U: unverified}
risks: {high: bad, medium: less bad, low: fine}
requirements:
"""


def catalogue(folder: Path, **requirement: str) -> Catalogue:
    """Return a catalogue of requirements by id, each with what is added to it."""
    file = folder / "requirements.yaml"
    file.write_text(
        HEAD + "".join(ONE.format(id=f"R-{id}") + added for id, added in requirement.items())
    )
    return requirements.read(file)


def run(folder: Path, *cases: str) -> evidence.Run:
    file = folder / "junit.xml"
    file.write_text(
        '<testsuites><testsuite name="pytest" timestamp="2026-01-02T03:00:00+00:00">'
        f"{''.join(cases)}</testsuite></testsuites>"
    )
    return evidence.read(file)


def case(name: str, *proves: str, ended: str = "") -> str:
    properties = "".join(f'<property name="req" value="{one}"/>' for one in proves)
    return (
        f'<testcase classname="tests.a.test_b" name="test_{name}" time="0.25">'
        f"<properties>{properties}</properties>{ended}</testcase>"
    )


FAILED = '<failure message="no">assert False</failure>'
BROKEN = '<error message="no">fixture</error>'
SKIPPED = '<skipped message="later"/>'


def verdict(folder: Path, *cases: str, added: str = "") -> Verdict:
    return trace(catalogue(folder, A=added), run(folder, *cases)).rows[0].verdict


def test_a_requirement_whose_tests_pass_is_proved(tmp_path: Path) -> None:
    assert verdict(tmp_path, case("a", "R-A"), case("b", "R-A")) is Verdict.proved


@pytest.mark.parametrize("ended", [FAILED, BROKEN])
@pytest.mark.req("R-VAL")
def test_one_result_that_is_flipped_fails_the_requirement(tmp_path: Path, ended: str) -> None:
    cases = case("a", "R-A"), case("b", "R-A", ended=ended)

    assert verdict(tmp_path, *cases) is Verdict.failed
    assert verdict(tmp_path, *cases, added=GAP) is Verdict.failed


@pytest.mark.req("R-VAL")
def test_a_requirement_without_test_and_without_gap_fails(tmp_path: Path) -> None:
    matrix = trace(catalogue(tmp_path, A=""), run(tmp_path, case("a")))

    assert matrix.rows[0].verdict is Verdict.untested
    assert matrix.problems == ("R-A: no test of it passed, and no gap is stated",)


def test_a_skipped_test_proves_nothing(tmp_path: Path) -> None:
    assert verdict(tmp_path, case("a", "R-A", ended=SKIPPED)) is Verdict.untested


def test_a_stated_gap_is_no_problem(tmp_path: Path) -> None:
    matrix = trace(catalogue(tmp_path, A=GAP), run(tmp_path, case("a")))

    assert matrix.rows[0].verdict is Verdict.gap
    assert matrix.problems == ()


def test_a_gap_with_a_passing_test_is_to_be_taken_out(tmp_path: Path) -> None:
    assert verdict(tmp_path, case("a", "R-A"), added=GAP) is Verdict.closed_gap


def test_a_test_of_what_is_no_requirement_fails(tmp_path: Path) -> None:
    matrix = trace(catalogue(tmp_path, A=GAP), run(tmp_path, case("a", "R-TYPO")))

    assert matrix.problems == ("a test names R-TYPO, which is no requirement",)


def test_a_requirement_twice_or_of_an_unknown_shape_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "requirements.yaml"
    for bad in (
        ONE.format(id="R-A") * 2,
        ONE.format(id="a"),
        ONE.format(id="R-A") + "    surprise: yes\n",
        ONE.format(id="R-A").replace("source: R", "source: X"),
        ONE.format(id="R-A") + "    gap: {reason: short, closes: Somebody looks at it.}\n",
    ):
        file.write_text(HEAD + bad)
        with pytest.raises(BadRequirements):
            requirements.read(file)


def test_a_report_without_tests_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadEvidence):
        run(tmp_path)
    with pytest.raises(BadEvidence):
        evidence.read(tmp_path / "missing.xml")


def test_a_report_that_is_older_than_the_code_is_not_fresh(tmp_path: Path) -> None:
    report, source = tmp_path / "junit.xml", tmp_path / "a.py"
    source.touch()
    assert not evidence.is_fresh(report, [source])

    report.touch()
    assert evidence.is_fresh(report, [source])

    later = report.stat().st_mtime + 10
    os.utime(source, (later, later))
    assert not evidence.is_fresh(report, [source])


def made(tmp_path: Path, *cases: str) -> tuple[Matrix, Pack]:
    given = catalogue(tmp_path, A="", B=GAP)
    ran = run(tmp_path, *cases)
    matrix = trace(given, ran)
    return matrix, assemble(given, matrix, ran, INSTALLED, coverage=None, now=NOW)


def test_the_pack_shows_gaps_first_and_says_whose_the_validation_is(tmp_path: Path) -> None:
    _, pack = made(tmp_path, case("what_holds", "R-A"))

    html = page.page(pack)

    assert pack.sections[0].rows == (
        ("R-B", "About R-B", "Nobody has looked yet.", "Somebody looks at it."),
    )
    assert STATEMENT in html
    assert "what holds" in html
    assert "1 of 2 requirements are proved by passing tests, 1 are open gaps, 0" in html
    assert "This pack is not complete" not in html
    assert "certified" not in html.lower()


def test_a_pack_that_is_not_complete_says_so_before_anything_else(tmp_path: Path) -> None:
    _, pack = made(tmp_path, case("what_fails", "R-A", ended=FAILED))

    html = page.page(pack)

    assert html.index("This pack is not complete") < html.index("<h2")
    assert "R-A: a test of it failed" in html


def test_what_a_test_is_called_cannot_write_into_the_page(tmp_path: Path) -> None:
    _, pack = made(tmp_path, case("a[&lt;script&gt;]", "R-A"))

    assert "<script>" not in page.page(pack)


def test_the_paper_holds_what_the_page_holds(tmp_path: Path) -> None:
    _, pack = made(tmp_path, case("what_holds[≤5 → Łódź]", "R-A"))
    file = tmp_path / "pack.pdf"

    paper.write(pack, file, compressed=False)

    written = file.read_bytes()
    assert written.startswith(b"%PDF")
    assert written.count(b"/Type /Page\n") == len(pack.sections) + 1
    for words in (b"Traceability", b"responsible", b"R-B", b"holds"):
        assert words in written


@pytest.mark.req("R-DOC")
def test_every_file_has_its_digest_and_a_changed_byte_another(tmp_path: Path) -> None:
    (tmp_path / "a" / "__pycache__").mkdir(parents=True)
    (tmp_path / "a" / "b.py").write_text("1")
    (tmp_path / "a" / "__pycache__" / "b.pyc").write_text("1")

    (before,) = digests(tmp_path, ["a"])
    (tmp_path / "a" / "b.py").write_text("2")
    (after,) = digests(tmp_path, ["a"])

    assert before[:2] == after[:2] == ("a/b.py", 1)
    assert before[2] != after[2]


def test_this_installation_is_described() -> None:
    found = describe(ROOT)

    assert found.build.startswith(found.version)
    assert "deploy/validation/pack.py" in {name for name, _, _ in found.files}
    assert "Python" in dict(found.environment)


def test_the_requirements_of_this_build_can_be_read_and_their_specifications_are_there() -> None:
    found = requirements.read(ROOT / "docs" / "validation" / "requirements.yaml")

    assert len(found.requirements) == 35
    assert requirements.missing_places(found, ROOT) == []
    assert {one.clauses[0].source for one in found.requirements} <= set(found.sources)
    assert "certified" not in found.__repr__().lower()
