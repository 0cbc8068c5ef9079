"""One of a list."""

from collections.abc import Iterable
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
    """One code of a code list; `licence` says under what terms the list may be used."""

    kind: Literal["choice"]
    code_list: tuple[Choice, ...] = Field(min_length=1, max_length=1000)
    code_list_name: str = left_out("", max_length=64)
    licence: str = left_out("", max_length=200)

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        refuse_doubled(self.oid, self.code_list)
        return self

    def canonical(self, typed: str) -> str:
        """Return the code."""
        if all(typed != choice.code for choice in self.code_list):
            codes = ", ".join(choice.code for choice in self.code_list[:20])
            raise AnswerRefused(f"is not one of the codes {codes}")
        return typed


def refuse_doubled(oid: str, choices: Iterable[Choice]) -> None:
    """Raise `ValueError` where a code list names a code twice."""
    codes = [choice.code for choice in choices]
    if len(set(codes)) < len(codes):
        raise ValueError(f"the code list of {oid} names a code twice")
