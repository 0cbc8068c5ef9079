"""One of a list."""

from typing import Literal, Self

from pydantic import Field, model_validator

from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.part import Part, left_out


class Choice(Part):
    """One entry of a code list; `standard_code` names it in NCIt or RadLex."""

    code: str = Field(min_length=1, max_length=64)
    label: str = Field(min_length=1, max_length=500)
    standard_code: str = Field(default="", max_length=64)


class ChoiceItem(ItemDefinition):
    """One code of a code list."""

    kind: Literal["choice"]
    code_list: tuple[Choice, ...] = Field(min_length=1, max_length=1000)
    code_list_name: str = left_out("", max_length=64)

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [choice.code for choice in self.code_list]
        if len(set(codes)) < len(codes):
            raise ValueError(f"the code list of {self.oid} names a code twice")
        return self

    def canonical(self, typed: str) -> str:
        """Return the code."""
        if all(typed != choice.code for choice in self.code_list):
            codes = ", ".join(choice.code for choice in self.code_list[:20])
            raise AnswerRefused(f"is not one of the codes {codes}")
        return typed
