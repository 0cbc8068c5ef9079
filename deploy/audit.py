"""`make audit`: what Readout is shipped with, what is known against it, and what its code risks.

Ends with 0 when everything was looked at and nothing found, 1 when something was found, 2 when
nothing was found but a service that knows of vulnerabilities did not answer.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from deploy.licences import Component, npm_runtime, python_runtime

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "audit"
REVIEWED = Path(__file__).with_name("reviewed.yaml")
OURS = (
    "accounts", "api", "assets", "deid", "deploy", "gateway", "ingest", "lake", "pipelines",
    "readout", "research", "stats", "teaching",
)  # fmt: skip
NOTHING, FOUND, NOT_REACHABLE = 0, 1, 2
SERIOUS = ("MEDIUM", "HIGH")
PATIENCE_S = 300
PYTHON = Path(sys.executable)


@dataclass(frozen=True)
class Part:
    """What one part of the audit found, and whether it could look at all."""

    name: str
    findings: tuple[str, ...]
    words: str
    is_covered: bool = True

    @property
    def state(self) -> str:
        """Return the part's result in a word."""
        if self.findings:
            return "FOUND"
        return "nothing found" if self.is_covered else "NOT REACHABLE"


def exit_code(parts: Iterable[Part]) -> int:
    """Return how the command ends; a finding outweighs what could not be looked at."""
    states = list(parts)
    if any(part.findings for part in states):
        return FOUND
    return NOTHING if all(part.is_covered for part in states) else NOT_REACHABLE


def judge_licences(components: Sequence[Component]) -> Part:
    """Refuse what is shipped under a licence that is not on the list."""
    refused = tuple(
        f"{one.name} {one.version} ({one.ecosystem}): {one.licence}"
        for one in components
        if not one.is_allowed
    )
    counts = Counter(one.ecosystem for one in components)
    words = ", ".join(f"{count} from {name}" for name, count in sorted(counts.items()))
    return Part("licences of what is shipped", refused, words)


def judge_code(report: Mapping[str, object], accepted: Sequence[Mapping[str, object]]) -> Part:
    """Compare bandit's serious findings with the ones that a person has read."""
    results, errors = report["results"], report["errors"]
    assert isinstance(results, list)
    assert isinstance(errors, list)
    found = Counter(
        (str(one["filename"]), str(one["test_id"]))
        for one in results
        if one["issue_severity"] in SERIOUS
    )
    read = {(str(one["file"]), str(one["test"])): one["count"] for one in accepted}
    new = tuple(
        f"{file}: {count} × {test}, of which {read.get((file, test), 0)} are reviewed"
        for (file, test), count in sorted(found.items())
        if count > int(str(read.get((file, test), 0)))
    )
    unread = tuple(f"{one['filename']} could not be read" for one in errors)
    return Part("bandit over our code", new + unread, f"{sum(found.values())} serious places")


def judge_pip_audit(report: Mapping[str, object], expected: int) -> Part:
    """Read pip-audit's answer; what it skipped, it has not looked at."""
    dependencies = report.get("dependencies", [])
    assert isinstance(dependencies, list)
    asked = [one for one in dependencies if "skip_reason" not in one]
    found = tuple(
        f"{one['name']} {one['version']}: {vulnerability['id']}"
        for one in asked
        for vulnerability in one["vulns"]
    )
    words = f"{len(asked)} of {expected} were looked up"
    return Part("pip-audit", found, words, is_covered=len(asked) >= expected)


def judge_npm_audit(report: Mapping[str, object]) -> Part:
    """Read npm's answer; an answer without counts is none."""
    metadata = report.get("metadata")
    if not isinstance(metadata, dict):
        return Part("npm audit", (), "the registry's audit did not answer", is_covered=False)
    vulnerabilities = report.get("vulnerabilities", {})
    assert isinstance(vulnerabilities, dict)
    found = tuple(f"{name}: {one['severity']}" for name, one in sorted(vulnerabilities.items()))
    return Part("npm audit", found, f"{metadata['dependencies']['prod']} were looked up")


def shipped(bill: dict[str, object], components: Sequence[Component]) -> dict[str, object]:
    """Leave in a bill of materials what is shipped: tools of development are not."""
    names = {one.name for one in components}
    everything, links = bill["components"], bill.get("dependencies", [])
    assert isinstance(everything, list)
    assert isinstance(links, list)
    kept = [one for one in everything if str(one["name"]).lower().replace("_", "-") in names]
    references = {one["bom-ref"] for one in kept}
    among = [
        {**one, "dependsOn": [each for each in one.get("dependsOn", ()) if each in references]}
        for one in links
        if one["ref"] in references
    ]
    return {**bill, "components": kept, "dependencies": among}


def run(*command: str, folder: Path = ROOT) -> str:
    """Run a tool and return what it printed, whatever it ended with."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    return done.stdout


def as_json(text: str) -> dict[str, object]:
    """Return a tool's answer; no answer is an empty one."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def write_bills(python: Sequence[Component]) -> Part:
    """Write the CycloneDX bills of materials of both languages."""
    written = as_json(run(tool("cyclonedx-py"), "environment", "--of", "JSON", str(PYTHON)))
    bills = {
        "sbom-python.cdx.json": shipped(written, python) if written else {},
        "sbom-npm.cdx.json": as_json(
            run("npm", "sbom", "--sbom-format", "cyclonedx", "--omit", "dev", folder=ROOT / "web")
        ),
    }
    missing = tuple(f"{name} could not be written" for name, bill in bills.items() if not bill)
    for name, bill in bills.items():
        (BUILD / name).write_text(json.dumps(bill, indent=1) + "\n")
    return Part("bills of materials (CycloneDX)", missing, f"written to {BUILD.relative_to(ROOT)}")


def tool(name: str) -> str:
    """Return a tool of this environment."""
    return str(PYTHON.with_name(name))


def audit() -> list[Part]:
    """Look at everything."""
    BUILD.mkdir(parents=True, exist_ok=True)
    reviewed = yaml.safe_load(REVIEWED.read_text())
    python = list(python_runtime("readout", reviewed["licences"]))
    npm = list(npm_runtime(ROOT / "web" / "package-lock.json", reviewed["licences"]))
    pinned = BUILD / "runtime.txt"
    pinned.write_text("".join(f"{one.name}=={one.version}\n" for one in python))
    code = as_json(run(tool("bandit"), "-q", "-f", "json", "-r", *OURS))
    known = as_json(
        run(
            tool("pip-audit"), "-r", str(pinned), "--no-deps", "--disable-pip",
            "--format", "json", "--progress-spinner", "off",
        )
    )  # fmt: skip
    return [
        write_bills(python),
        judge_licences([*python, *npm]),
        judge_code(code or {"results": [], "errors": [{"filename": "all"}]}, reviewed["code"]),
        judge_pip_audit(known, len(python)),
        judge_npm_audit(as_json(run("npm", "audit", "--omit=dev", "--json", folder=ROOT / "web"))),
    ]


def main() -> int:
    """Print the findings and write `build/audit/audit.json`."""
    parts = audit()
    for part in parts:
        sys.stdout.write(f"{part.state:15}{part.name}: {part.words}\n")
        for finding in part.findings:
            sys.stdout.write(f"{'':15}- {finding}\n")
    written = [{**asdict(part), "state": part.state} for part in parts]
    (BUILD / "audit.json").write_text(json.dumps(written, indent=1) + "\n")
    code = exit_code(parts)
    if code == NOT_REACHABLE:
        sys.stdout.write("Nothing was found, but not everything could be looked at: run it again\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
