"""The charter: what one workflow version says of visits, steps, roles, forms and positions."""

from functools import cached_property
from typing import Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accounts.ledger.entries import JsonValue, digest
from research.adjudication.rules import EACH, ENDPOINTS, VISIT_ENDPOINTS, AdjudicationRule
from research.criteria.plans import CriteriaPlan

CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"

StepType = Literal["upload", "qc", "read", "adjudication"]

MEANINGS: dict[str, str] = {
    "upload": "authorship",
    "qc": "approval",
    "read": "authorship",
    "adjudication": "adjudication",
}

STATEMENTS: dict[str, str] = {
    "upload": "These are the images of this visit.",
    "qc": "I have checked these images and this is my decision.",
    "read": "These are my own answers, read from these images.",
    "adjudication": "I choose this record, for the reason I give.",
}


def _is_none(value: object) -> bool:
    return value is None


class Part(BaseModel):
    """Every part of a charter is frozen and takes no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VisitPlan(Part):
    """One planned visit; days are counted from day 0, the window's bounds are inclusive."""

    code: str = Field(pattern=CODE)
    label: str = Field(min_length=1, max_length=200)
    day: int | None = None
    days_before: int = Field(default=0, ge=0)
    days_after: int = Field(default=0, ge=0)
    required: bool = True


class FormReference(Part):
    """A form by name; the signed form of that name gives the digest."""

    oid: str
    version: str


class Step(Part):
    """One step that every visit goes through."""

    code: str = Field(pattern=CODE)
    title: str = Field(min_length=1, max_length=200)
    type: StepType
    role: str
    unit: Literal["visit"] = "visit"
    follows: tuple[str, ...] = ()
    form: FormReference | None = None
    # What these leave empty, a charter's bytes leave out: it keeps the digest it always had.
    baseline_form: FormReference | None = Field(default=None, exclude_if=_is_none)
    criteria: CriteriaPlan | None = Field(default=None, exclude_if=_is_none)
    adjudicate: AdjudicationRule | None = Field(default=None, exclude_if=_is_none)
    positions: tuple[str, ...] = ()
    needs_signature: bool = True
    visit_order: Literal["sequential", "free"] = "sequential"
    blinded: bool | None = None

    @property
    def is_blinded(self) -> bool:
        """Whether who runs it sees a read code for the subject; so where answers are blinded."""
        return self.type in ("read", "adjudication") if self.blinded is None else self.blinded

    @property
    def forms(self) -> tuple[FormReference, ...]:
        """The forms that the step uses: one for the first visit, if it has its own, and one."""
        return tuple(form for form in (self.form, self.baseline_form) if form is not None)

    @property
    def seats(self) -> tuple[str, ...]:
        """The positions, or the one nameless seat of a step that has none."""
        return self.positions or ("",)

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type == "upload" and (self.form or self.needs_signature):
            raise ValueError(f"the upload step {self.code} has neither form nor signature")
        if (self.type == "adjudication") != (self.adjudicate is not None):
            raise ValueError(f"the step {self.code} has a rule exactly if it is an adjudication")
        if self.type == "adjudication" and self.form:
            raise ValueError(f"the adjudication step {self.code} has no form: it chooses a record")
        if self.type not in ("upload", "adjudication") and self.form is None:
            raise ValueError(f"the {self.type} step {self.code} needs a form")
        if self.type != "upload" and not self.needs_signature:
            raise ValueError(f"the {self.type} step {self.code} needs a signature")
        if self.type != "read" and (self.criteria or self.baseline_form):
            raise ValueError(f"the {self.type} step {self.code} has neither criteria nor baseline")
        if self.type == "read" and not self.positions:
            raise ValueError(f"the read step {self.code} needs a position, such as R1")
        if self.type != "read" and self.positions:
            raise ValueError(f"the {self.type} step {self.code} has no positions")
        if len(set(self.positions)) < len(self.positions):
            raise ValueError(f"the step {self.code} names a position twice")
        return self


class Charter(Part):
    """The whole version; the same bytes have the same digest."""

    visits: tuple[VisitPlan, ...] = Field(min_length=1, max_length=200)
    steps: tuple[Step, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for what, codes in (
            ("visit", [visit.code for visit in self.visits]),
            ("step", [step.code for step in self.steps]),
        ):
            if len(set(codes)) < len(codes):
                raise ValueError(f"two {what}s have the same code")
        known: set[str] = set()
        for step in self.steps:
            # A step may follow earlier ones alone, so there can be no cycle.
            strangers = sorted(set(step.follows) - known)
            if strangers:
                raise ValueError(
                    f"the step {step.code} follows {', '.join(strangers)}, "
                    "which stands nowhere before it"
                )
            known.add(step.code)
            self._fits_what_it_adjudicates(step)
        return self

    def _fits_what_it_adjudicates(self, step: Step) -> None:
        """Refuse a rule whose readers are not there, or whose adjudicators read as well."""
        if step.adjudicate is None:
            return
        reads = [self.step(code) for code in step.follows if self.step(code).type == "read"]
        if len(reads) != 1 or len(step.follows) != 1:
            raise ValueError(f"the adjudication step {step.code} follows exactly one read step")
        rule, read = step.adjudicate, reads[0]
        strangers = sorted(set(rule.when.signed) - set(read.positions))
        if strangers:
            raise ValueError(
                f"{step.code} compares {', '.join(strangers)}, no position of {read.code}"
            )
        if step.role != rule.who.role:
            raise ValueError(f"{step.code} is run by {step.role}, its rule says {rule.who.role}")
        if step.role in {one.role for one in self.steps if one.type == "read"}:
            raise ValueError(f"{step.role} reads: the adjudicators of {step.code} are others")
        visits = {plan.code for plan in self.visits}
        for one in rule.if_any:
            if one.at_visit not in (None, EACH) and one.at_visit not in visits:
                raise ValueError(f"{step.code} compares {one.differs} at an unknown {one.at_visit}")
            if one.differs in (*ENDPOINTS, *VISIT_ENDPOINTS) and read.criteria is None:
                raise ValueError(f"{one.differs} needs criteria, which {read.code} does not pin")

    def to_json(self) -> dict[str, JsonValue]:
        """Return the charter as plain JSON."""
        return cast("dict[str, JsonValue]", self.model_dump(mode="json"))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical bytes."""
        return digest(self.to_json())

    def step(self, code: str) -> Step:
        """Return the step of that code."""
        return next(step for step in self.steps if step.code == code)

    def visit(self, code: str) -> VisitPlan | None:
        """Return the planned visit of that code, if it is planned."""
        return next((visit for visit in self.visits if visit.code == code), None)

    def behind(self, code: str) -> tuple[str, ...]:
        """Return the steps that follow a step, directly or through others, in order."""
        found: set[str] = {code}
        for step in self.steps:
            if found & set(step.follows):
                found.add(step.code)
        return tuple(step.code for step in self.steps if step.code in found - {code})
