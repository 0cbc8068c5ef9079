"""The rule of an adjudication step, as a charter states it: when, if what differs, who, and how."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Letter = Literal["A", "B"]
Shown = Literal["answers", "annotations", "computed"]

# What the criteria make of a reader's whole course of a subject.
ENDPOINTS = ("best_overall_response", "progression_visit")
# What they make of one visit, beside the items of the form.
VISIT_ENDPOINTS = ("response",)
EACH = "each"
# `not` and `as` are words of Python; a charter says them as they are.
NAMED = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class RulePart(BaseModel):
    """Every part of a rule is frozen and takes no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tolerance(RulePart):
    """How far two numbers may lie apart: by an amount, or by per cent of their mean."""

    absolute: Decimal | None = Field(default=None, ge=0, allow_inf_nan=False)
    percent: Decimal | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.absolute is None) == (self.percent is None):
            raise ValueError("a tolerance is either absolute or percent")
        return self


class Difference(RulePart):
    """One thing that must not differ: an endpoint, or a field at one visit or at each."""

    differs: str = Field(min_length=1, max_length=64)
    at_visit: str | None = None
    more_than: Tolerance | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.differs in ENDPOINTS and (self.at_visit or self.more_than):
            raise ValueError(f"{self.differs} is of the whole course: no visit, no tolerance")
        return self


class When(RulePart):
    """Which readers' records must be signed, and for a subject up to where."""

    signed: tuple[str, ...] = Field(min_length=2, max_length=20)
    at: Literal["last_visit"] = "last_visit"

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.signed)) < len(self.signed):
            raise ValueError("a position is named twice")
        return self


class Who(RulePart):
    """Who decides: never somebody who read the subject in one of the positions."""

    model_config = NAMED

    role: str = Field(default="Adjudicator", min_length=1, max_length=64)
    excluded: tuple[str, ...] = Field(default=(), alias="not")
    qualified: bool = True


class Present(RulePart):
    """What the adjudicator sees, and under which letters."""

    model_config = NAMED

    letters: tuple[Letter, Letter] = Field(default=("A", "B"), alias="as")
    order: Literal["allocation"] = "allocation"
    show: tuple[Shown, ...] = ("answers", "annotations", "computed")


class Decide(RulePart):
    """What the adjudicator may do."""

    choose: tuple[Letter, Letter] = ("A", "B")
    own_read: bool = False
    reason: Literal["required"] = "required"


class WhenEqual(RulePart):
    """Which record is accepted where nothing differs: a position's, or one drawn by the seed."""

    accept: str = Field(min_length=1, max_length=16)


class AdjudicationRule(RulePart):
    """The whole rule of one adjudication step."""

    unit: Literal["subject", "visit"] = "subject"
    when: When
    if_any: tuple[Difference, ...] = Field(min_length=1, max_length=50)
    who: Who = Who()
    present: Present = Present()
    decide: Decide = Decide()
    when_equal: WhenEqual

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        positions = self.when.signed
        if len(positions) != len(self.present.letters):
            raise ValueError("two positions are presented as A and B: name two under when.signed")
        if self.when_equal.accept not in (*positions, "draw"):
            raise ValueError(
                f"when_equal accepts {self.when_equal.accept}: name one of "
                f"{', '.join(positions)}, or draw"
            )
        missing = sorted(set(positions) - set(self.who.excluded))
        if missing:
            raise ValueError(
                f"who.not leaves out {', '.join(missing)}: adjudicators are no readers"
            )
        for one in self.if_any:
            if self.unit == "visit" and (one.differs in ENDPOINTS or one.at_visit):
                raise ValueError(f"{one.differs}: a rule per visit compares fields of that visit")
            if self.unit == "subject" and one.differs not in ENDPOINTS and not one.at_visit:
                raise ValueError(f"{one.differs} is a field of visits: say at_visit, such as each")
        return self
