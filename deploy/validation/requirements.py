"""The requirements as `docs/validation/requirements.yaml` states them, checked on reading."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

ID = r"^R-[A-Z0-9]{1,8}$"


class BadRequirements(ValueError):
    """The file does not say what it must."""


class Gap(BaseModel):
    """Why nothing proves a requirement yet, and what would."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str = Field(min_length=10)
    closes: str = Field(min_length=10)


class Clause(BaseModel):
    """Where a requirement comes from, and how far its text was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    source: Literal["R", "S", "U"]


class Requirement(BaseModel):
    """One requirement: what is asked, what the software does, and what it would cost to fail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=ID)
    title: str
    clauses: tuple[Clause, ...] = Field(min_length=1)
    risk: Literal["high", "medium", "low"]
    asks: str = Field(min_length=10)
    does: str = Field(min_length=10)
    specified_in: tuple[str, ...] = Field(min_length=1)
    limits: str = ""
    gap: Gap | None = None


@dataclass(frozen=True)
class Catalogue:
    """All requirements, and the words that stand before them."""

    requirements: tuple[Requirement, ...]
    sources: dict[str, str]
    risks: dict[str, str]

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids there are."""
        return frozenset(one.id for one in self.requirements)


def read(file: Path) -> Catalogue:
    """Read the file, or say what in it is wrong."""
    content = yaml.safe_load(file.read_text())
    try:
        found = tuple(Requirement.model_validate(one) for one in content["requirements"])
    except ValidationError as problem:
        raise BadRequirements(f"{file.name}: {problem}") from problem
    ids = [one.id for one in found]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise BadRequirements(f"{file.name} has {', '.join(sorted(twice))} twice")
    return Catalogue(found, content["sources"], content["risks"])


def missing_places(catalogue: Catalogue, root: Path) -> list[str]:
    """Return the specifications that are named and not there."""
    places = {place for one in catalogue.requirements for place in one.specified_in}
    return sorted(place for place in places if not (root / re.split("#", place)[0]).exists())
