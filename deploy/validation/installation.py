"""The installation as it is: which build, which files, which machine, which components."""

import csv
import hashlib
import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "accounts", "api", "assets", "deid", "deploy", "gateway", "ingest", "lake", "pipelines",
    "readout", "research", "stats", "teaching", "web/dist",
)  # fmt: skip
LEFT_OUT = {"__pycache__", "node_modules"}
COMPONENTS = ("duckdb", "deltalake", "fastapi", "cryptography", "pydicom", "sqlalchemy", "dagster")


@dataclass(frozen=True)
class Installation:
    """What was installed where the pack was made."""

    version: str
    commit: str
    digest: str
    files: tuple[tuple[str, int, str], ...]
    environment: tuple[tuple[str, str], ...]
    bills: tuple[tuple[str, str, int], ...]

    @property
    def build(self) -> str:
        """Return what names this build: its version and the digest of its files."""
        return f"{self.version}+{self.digest[:12]}"


def describe(root: Path) -> Installation:
    """Describe the installation in a folder."""
    files = tuple(digests(root, PACKAGES))
    return Installation(
        version=version("readout"),
        commit=_commit(root),
        digest=hashlib.sha256(
            "".join(f"{sha} {name}\n" for name, _, sha in files).encode()
        ).hexdigest(),
        files=files,
        environment=_environment(),
        bills=tuple(_bills(root / "build" / "audit")),
    )


def digests(root: Path, folders: Iterable[str]) -> Iterable[tuple[str, int, str]]:
    """Return name, size and SHA-256 of every file, in the order of their names."""
    found = [
        file
        for folder in folders
        for file in (root / folder).rglob("*")
        if file.is_file() and not LEFT_OUT & set(file.parts)
    ]
    for file in sorted(found):
        data = file.read_bytes()
        yield file.relative_to(root).as_posix(), len(data), hashlib.sha256(data).hexdigest()


def write_files(installation: Installation, file: Path) -> None:
    """Write the list of installed files, which a later check can be made against."""
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("file", "bytes", "sha256"))
        writer.writerows(installation.files)


def _commit(root: Path) -> str:
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "not a checkout"


def _environment() -> tuple[tuple[str, str], ...]:
    return (
        ("operating system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("processors", str(os.cpu_count())),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        *((name, version(name)) for name in COMPONENTS),
    )


def _bills(folder: Path) -> Iterable[tuple[str, str, int]]:
    """Return name, digest and number of components of each bill of materials."""
    for file in sorted(folder.glob("*.cdx.json")):
        data = file.read_bytes()
        content = json.loads(data) or {"components": []}
        yield file.name, hashlib.sha256(data).hexdigest(), len(content["components"])
