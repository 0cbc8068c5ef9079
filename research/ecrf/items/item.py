"""What every kind of item has: an OID, a label, rules, and a way to judge what was typed."""

from typing import ClassVar, Literal

from pydantic import Field

from research.ecrf.part import OID, Part, expression, left_out

LakeColumn = Literal["text", "integer", "decimal", "boolean", "date"]

# Why an item has no value, each with a reason in words; an item nobody has answered has no word.
MISSING = {
    "not_done": "not done",
    "not_evaluable": "not evaluable",
    "not_applicable": "not applicable",
    "unknown": "unknown",
}


class AnswerRefused(ValueError):
    """What was typed is not an answer to this item; the message says why."""


class Sdtm(Part):
    """Where an item goes in the study data tabulation model."""

    domain: str = Field(pattern=r"^[A-Z][A-Z0-9]$")
    testcd: str = left_out("", pattern=r"^([A-Z][A-Z0-9_]{0,7})?$")
    variable: str = left_out("", pattern=r"^([A-Z][A-Z0-9_]{0,7})?$")


class ItemDefinition(Part):
    """The parts that all kinds share; each kind adds its own and judges its own values."""

    lake_column: ClassVar[LakeColumn] = "text"
    takes_answers: ClassVar[bool] = True
    is_free_text: ClassVar[bool] = False
    is_drawn: ClassVar[bool] = False

    kind: str
    oid: str = Field(pattern=OID)
    label: str = Field(min_length=1, max_length=500)
    required: bool = False
    help: str = Field(default="", max_length=4000)
    unit: str = Field(default="", max_length=32)
    visible_if: str = expression()
    required_if: str = expression()
    default: str = expression()
    critical: bool = left_out(False)
    sdtm: Sdtm | None = left_out(None)

    @property
    def column(self) -> LakeColumn:
        """The column of the lake that the item's values go to."""
        return self.lake_column

    def canonical(self, typed: str) -> str:
        """Return the one spelling of an acceptable answer, or raise `AnswerRefused`."""
        raise NotImplementedError
