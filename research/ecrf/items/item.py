"""What every kind of item has: an OID, a label, and a way to judge what was typed."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

LakeColumn = Literal["text", "integer", "decimal", "boolean"]

MISSING_REASONS = ("no_answer", "not_applicable", "not_evaluable")


class AnswerRefused(ValueError):
    """What was typed is not an answer to this item; the message says why."""


class ItemDefinition(BaseModel):
    """The parts that all kinds share; each kind adds its own and judges its own values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lake_column: ClassVar[LakeColumn] = "text"
    takes_answers: ClassVar[bool] = True
    is_free_text: ClassVar[bool] = False

    kind: str
    oid: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")
    label: str = Field(min_length=1, max_length=500)
    required: bool = False
    help: str = Field(default="", max_length=4000)
    unit: str = Field(default="", max_length=32)

    def canonical(self, typed: str) -> str:
        """Return the one spelling of an acceptable answer, or raise `AnswerRefused`."""
        raise NotImplementedError
