"""The design of an allocation: what a manager chooses and signs, with every choice checked."""

import re
from typing import Literal, Self, cast

from pydantic import Field, model_validator

from accounts.ledger.entries import JsonValue, digest
from research.charter import CODE, Part

SEAT = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,15}$"
ARM = r"^[A-Za-z0-9][A-Za-z0-9_. -]{0,31}$"

Kind = Literal[
    "single", "double", "fully_crossed", "split_plot", "anchor_rotating", "crossover", "pool"
]
Mode = Literal["sequential", "randomised", "rules"]

# Designs in which each unit is dealt to few readers, so that rules and shares have a meaning.
DEALT = ("single", "double")
# Designs in which a unit may be read in several arms, one in each session.
WITH_ARMS = ("fully_crossed", "split_plot", "crossover")


class Reader(Part):
    """A reader by the short name that stands in the table; a reserve reads what others may not."""

    code: str = Field(pattern=SEAT)
    reserve: bool = False
    position: str | None = Field(default=None, pattern=SEAT)


class Rule(Part):
    """The readers of the units that fit; what a rule leaves empty fits every unit."""

    readers: tuple[str, ...] = Field(min_length=1)
    site: str | None = None
    cohort: str | None = None
    modality: str | None = None
    visit: str | None = None


class Repeats(Part):
    """Hidden repeats: how many of a thousand reads, and how many days after the signature."""

    per_mille: int = Field(ge=1, le=1000)
    after_days: int = Field(ge=0, le=3650)


class Limits(Part):
    """How much one reader has at most: per cent of all rows."""

    share_percent: int | None = Field(default=None, ge=1, le=100)


class Design(Part):
    """What a manager chooses; together with seed and algorithm version it decides the table."""

    step: str = Field(pattern=CODE)
    kind: Kind
    mode: Mode = "randomised"
    positions: tuple[str, ...] = ("R1", "R2")
    unit: Literal["subject", "visit"] = "visit"
    reader_binding: Literal["subject", "visit"] = "subject"
    arms: tuple[str, ...] = ()
    washout_days: int = Field(default=0, ge=0, le=3650)
    stratify_by: tuple[Literal["site", "cohort", "modality"], ...] = ()
    blocks: int = Field(default=2, ge=2, le=26)
    anchor_units: int = Field(default=0, ge=0)
    readers_per_unit: int = Field(default=2, ge=1)
    rules: tuple[Rule, ...] = ()
    repeats: Repeats | None = None
    limits: Limits = Limits()

    @property
    def sessions(self) -> int:
        """One session for each arm, or one where there are no arms."""
        return max(1, len(self.arms))

    def to_json(self) -> dict[str, JsonValue]:
        """Return the design as plain JSON."""
        return cast("dict[str, JsonValue]", self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical bytes."""
        return digest(self.to_json())

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for wrong, message in (
            (self.kind == "crossover" and len(self.arms) < 2, "a crossover has two arms or more"),
            (self.arms and self.kind not in WITH_ARMS, f"a {self.kind} design has no arms"),
            (len(set(self.arms)) < len(self.arms), "an arm is named twice"),
            (self.washout_days and len(self.arms) < 2, "a washout stands between two arms"),
            (self.kind == "double" and len(self.positions) != 2, "a double read has 2 positions"),
            (len(set(self.positions)) < len(self.positions), "a position is named twice"),
            ((self.mode == "rules") != bool(self.rules), "rules and the mode 'rules' go together"),
            (self.rules and self.kind not in DEALT, f"a {self.kind} design has no rules"),
            (self.repeats and self.kind == "pool", "a pool has no hidden repeats"),
        ):
            if wrong:
                raise ValueError(message)
        for name, pattern in [(arm, ARM) for arm in self.arms] + [
            (position, SEAT) for position in self.positions
        ]:
            _named(name, pattern)
        return self


def _named(name: str, pattern: str) -> None:
    if not re.fullmatch(pattern, name, re.ASCII):
        raise ValueError(f"{name!r} is no name of an arm or position: letters and digits, short")
