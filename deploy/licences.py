"""Which licence each runtime dependency has, and whether Readout may be shipped with it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ALLOWED = frozenset(
    (
        "0BSD", "Apache-2.0", "Artistic-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause",
        "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "CNRI-Python", "EPL-1.0", "EPL-2.0",
        "HPND", "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later",
        "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Unicode-3.0",
        "Unlicense", "Zlib", "ZPL-2.1",
    )
)  # fmt: skip

# What projects write where an SPDX identifier would stand (their classifiers, their own words).
KNOWN_AS = {
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd-3": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "modified bsd license": "BSD-3-Clause",
    "historical permission notice and disclaimer (hpnd)": "HPND",
    "isc license (iscl)": "ISC",
    "isc license": "ISC",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu library or lesser general public license (lgpl)": "LGPL-3.0-or-later",
    "lgpl": "LGPL-3.0-or-later",
    "mit license": "MIT",
    "the mit license": "MIT",
    "mit-license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "psf": "PSF-2.0",
    "public domain": "Unlicense",
    "the unlicense (unlicense)": "Unlicense",
    "unlicense": "Unlicense",
    "zope public license": "ZPL-2.1",
}
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_TOKEN = re.compile(r"\(|\)|[^\s()]+(?:\s+WITH\s+[^\s()]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class Component:
    """A dependency that is shipped, with the licence it names."""

    ecosystem: str
    name: str
    version: str
    licence: str

    @property
    def is_allowed(self) -> bool:
        """Whether one of the ways to read its licence is on the list."""
        return is_allowed(self.licence)


def is_allowed(expression: str) -> bool:
    """Judge an SPDX expression: OR needs one allowed side, AND needs both; unknown is refused."""
    try:
        allowed, rest = _either(_TOKEN.findall(expression))
    except _NoExpression:
        return False
    return allowed and not rest


class _NoExpression(ValueError):
    """The words are no SPDX expression."""


def _either(tokens: list[str]) -> tuple[bool, list[str]]:
    allowed, rest = _both(tokens)
    while rest and rest[0].upper() == "OR":
        right, rest = _both(rest[1:])
        allowed = allowed or right
    return allowed, rest


def _both(tokens: list[str]) -> tuple[bool, list[str]]:
    allowed, rest = _one(tokens)
    while rest and rest[0].upper() == "AND":
        right, rest = _one(rest[1:])
        allowed = allowed and right
    return allowed, rest


def _one(tokens: list[str]) -> tuple[bool, list[str]]:
    if not tokens:
        raise _NoExpression
    if tokens[0] == "(":
        allowed, rest = _either(tokens[1:])
        if rest[:1] != [")"]:
            raise _NoExpression
        return allowed, rest[1:]
    # An exception only ever permits more than the licence it stands with.
    return re.split(r"\s+WITH\s+", tokens[0], flags=re.IGNORECASE)[0] in ALLOWED, tokens[1:]


def python_runtime(root: str, reviewed: Mapping[str, str]) -> Iterator[Component]:
    """Return what an installation of a package needs to run, by what is installed here."""
    waiting, seen = [Requirement(root)], set[tuple[str, frozenset[str]]]()
    names = set[str]()
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform or Python than this one
        if name not in names and name != root:
            names.add(name)
            yield Component("PyPI", name, found.version, reviewed.get(name) or stated(found))
        for text in found.requires or ():
            needed = Requirement(text)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in (*extras, "")
            ):
                waiting.append(needed)


def stated(found: Distribution) -> str:
    """Return the licence that a distribution states, as an SPDX expression, or its own words."""
    metadata = found.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [
        match[1]
        for classifier in metadata.get_all("Classifier") or ()
        if (match := _CLASSIFIER.fullmatch(classifier)) and match[1] != "OSI Approved"
    ]
    said = metadata["License"].strip() if "License" in metadata else ""
    words = classifiers or said.splitlines()[:1]
    return " AND ".join(KNOWN_AS.get(each.lower(), each) for each in words) or "unknown"


def npm_runtime(lock: Path, reviewed: Mapping[str, str]) -> Iterator[Component]:
    """Return what the built web app is made of: everything in the lock file that is not for us."""
    packages = json.loads(lock.read_text())["packages"]
    for place, package in packages.items():
        if place and not package.get("dev") and not package.get("link"):
            name = place.rpartition("node_modules/")[2]
            licence = reviewed.get(name) or str(package.get("license", "unknown"))
            yield Component("npm", name, str(package["version"]), licence)
