"""Build the validation pack: `python -m deploy.validation [--run]`.

Takes the JUnit report of a test run that is newer than the code, else runs the marked tests. Ends
with 1 when a requirement has neither a passing test nor a stated gap; the pack then says so on its
first page.
"""

import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from deploy.validation import evidence, installation, page, paper, requirements
from deploy.validation.pack import Pack, assemble
from deploy.validation.trace import trace
from readout.clock import now

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "validation"
CATALOGUE = ROOT / "docs" / "validation" / "requirements.yaml"
REPORT = ROOT / "build" / "junit.xml"
COVERAGE = ROOT / "build" / "coverage.xml"


def run_marked() -> None:
    """Run every test that proves a requirement; what fails is told by the report."""
    command = [sys.executable, "-m", "pytest", "-m", "req", "-q", "-p", "no:cacheprovider"]
    subprocess.run([*command, f"--junitxml={REPORT}"], cwd=ROOT, check=False)


def sources() -> list[Path]:
    """Return every file that a report must be newer than."""
    return [
        file
        for folder in (*installation.PACKAGES, "tests")
        for file in (ROOT / folder).rglob("*.py")
    ]


def build(folder: Path, report: Path, coverage: Path, at: datetime) -> Pack:
    """Write the pack into a folder and return it."""
    catalogue = requirements.read(CATALOGUE)
    if missing := requirements.missing_places(catalogue, ROOT):
        raise requirements.BadRequirements(f"not there, but named: {', '.join(missing)}")
    run = evidence.read(report)
    installed = installation.describe(ROOT)
    measured = evidence.coverage(coverage)
    pack = assemble(catalogue, trace(catalogue, run), run, installed, coverage=measured, now=at)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "validation-pack.html").write_text(page.page(pack))
    paper.write(pack, folder / "validation-pack.pdf")
    installation.write_files(installed, folder / "installed-files.csv")
    shutil.copyfile(report, folder / "junit.xml")
    return pack


def main() -> int:
    """Build the pack and say what it says."""
    if "--run" in sys.argv or not evidence.is_fresh(REPORT, sources()):
        run_marked()
    pack = build(BUILD, REPORT, COVERAGE, now())
    for problem in pack.problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{pack.summary}\nWritten to {BUILD.relative_to(ROOT)}\n")
    return 1 if pack.problems else 0


if __name__ == "__main__":
    sys.exit(main())
