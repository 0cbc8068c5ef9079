"""The audit finds what is there to be found, and never takes silence for a good answer."""

from deploy.audit import (
    FOUND,
    NOT_REACHABLE,
    NOTHING,
    Part,
    exit_code,
    judge_code,
    judge_licences,
    judge_npm_audit,
    judge_pip_audit,
    shipped,
)
from deploy.licences import Component

REVIEWED = [{"file": "a.py", "test": "B608", "count": 1}]


def hit(file: str, test: str, severity: str = "MEDIUM") -> dict[str, str]:
    return {"filename": file, "test_id": test, "issue_severity": severity}


def test_a_finding_outweighs_a_service_that_did_not_answer() -> None:
    clean, found = Part("a", (), ""), Part("b", ("x",), "")
    silent = Part("c", (), "", is_covered=False)

    assert exit_code([clean]) == NOTHING
    assert exit_code([clean, silent]) == NOT_REACHABLE
    assert exit_code([clean, silent, found]) == FOUND
    assert [part.state for part in (clean, found, silent)] == [
        "nothing found",
        "FOUND",
        "NOT REACHABLE",
    ]


def test_a_licence_that_is_not_on_the_list_is_a_finding() -> None:
    part = judge_licences(
        [Component("PyPI", "good", "1", "MIT"), Component("npm", "bad", "2", "AGPL-3.0-only")]
    )

    assert part.findings == ("bad 2 (npm): AGPL-3.0-only",)


def test_one_more_finding_in_a_reviewed_file_is_new() -> None:
    once = {"results": [hit("a.py", "B608"), hit("a.py", "B101", "LOW")], "errors": []}
    twice = {"results": [hit("a.py", "B608"), hit("a.py", "B608")], "errors": []}

    assert judge_code(once, REVIEWED).findings == ()
    assert len(judge_code(twice, REVIEWED).findings) == 1
    assert (
        len(judge_code({"results": [hit("b.py", "B102", "HIGH")], "errors": []}, []).findings) == 1
    )


def test_a_file_that_cannot_be_read_is_a_finding() -> None:
    assert judge_code({"results": [], "errors": [{"filename": "c.py"}]}, []).findings


def test_a_package_that_was_skipped_was_not_looked_up() -> None:
    known = {"name": "a", "version": "1", "vulns": []}
    skipped = {"name": "b", "skip_reason": "not found"}

    assert judge_pip_audit({"dependencies": [known]}, 1).is_covered
    assert not judge_pip_audit({"dependencies": [known, skipped]}, 2).is_covered
    assert not judge_pip_audit({}, 2).is_covered


def test_a_known_vulnerability_is_a_finding() -> None:
    report = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}

    assert judge_pip_audit(report, 1).findings == ("a 1: PYSEC-1",)


def test_an_answer_of_npm_without_counts_is_none() -> None:
    error = {"statusCode": 405, "error": {"summary": ""}}
    clean = {"metadata": {"dependencies": {"prod": 3}}, "vulnerabilities": {}}
    bad = {**clean, "vulnerabilities": {"x": {"severity": "high"}}}

    assert not judge_npm_audit(error).is_covered
    assert judge_npm_audit(clean).state == "nothing found"
    assert judge_npm_audit(bad).findings == ("x: high",)


def test_a_bill_of_materials_names_what_is_shipped_alone() -> None:
    bill: dict[str, object] = {
        "bomFormat": "CycloneDX",
        "components": [
            {"name": "Typing_Extensions", "bom-ref": "t"},
            {"name": "pytest", "bom-ref": "p"},
        ],
        "dependencies": [{"ref": "t", "dependsOn": ["p"]}, {"ref": "p", "dependsOn": ["t"]}],
    }

    found = shipped(bill, [Component("PyPI", "typing-extensions", "4", "PSF-2.0")])

    assert found["components"] == [{"name": "Typing_Extensions", "bom-ref": "t"}]
    assert found["dependencies"] == [{"ref": "t", "dependsOn": []}]
