"""Which response criteria a workflow pins: name, version, constants, and whose word counts."""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from accounts.ledger.entries import canonical
from research.criteria import CRITERIA
from research.criteria.assessments import Criteria
from research.criteria.endpoints import CensoringRules

Constant = str | int | bool | None


class Censoring(BaseModel):
    """When an endpoint is censored; both as the charter says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    longest_gap_days: int | None = Field(default=None, ge=1, le=3650)
    new_therapy: bool = True

    @property
    def rules(self) -> CensoringRules:
        """The rules as endpoints take them."""
        return CensoringRules(longest_gap_days=self.longest_gap_days, new_therapy=self.new_therapy)


class CriteriaPlan(BaseModel):
    """Response criteria as a step of a workflow pins them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    constants: Mapping[str, Constant] = Field(default_factory=dict)
    of_record: Literal["computed", "stated"] = "computed"
    censoring: Censoring = Censoring()

    @model_validator(mode="after")
    def _exists(self) -> Self:
        criteria_of(self.name, self.version, self.constants)
        return self

    @property
    def criteria(self) -> Criteria:
        """The criteria with these constants."""
        return criteria_of(self.name, self.version, self.constants)


def plan_of(name: str) -> CriteriaPlan:
    """Return the plan of criteria that a form names and no workflow says more about."""
    return CriteriaPlan(name=name, version=_kind(name).version)


def criteria_of(name: str, version: str, constants: Mapping[str, Constant]) -> Criteria:
    """Return criteria by name and version, or raise `ValueError` with what there is."""
    kind = _kind(name)
    if kind.version != version:
        raise ValueError(f"the criteria {name} have the version {kind.version}, not {version}")
    return _made(kind, canonical(dict(constants)))


def _kind(name: str) -> type[Criteria]:
    for kind in CRITERIA:
        if kind.name == name:
            return kind
    known = ", ".join(kind.name for kind in CRITERIA)
    raise ValueError(f"there are no criteria {name!r}: there are {known}")


@lru_cache(maxsize=256)
def _made(kind: type[Criteria], constants: bytes) -> Criteria:
    known = {field.name for field in fields(kind)}
    given = TypeAdapter(dict[str, Constant]).validate_json(constants)
    if strange := sorted(given.keys() - known):
        raise ValueError(
            f"{kind.name} has no constants {', '.join(strange)}: it has "
            f"{', '.join(sorted(known)) or 'none'}"
        )
    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError as problem:
        words = "; ".join(f"{error['loc'][0]}: {error['msg']}" for error in problem.errors())
        raise ValueError(f"the constants of {kind.name} are not acceptable: {words}") from None
