"""Several of a list."""

from typing import Literal, Self

from pydantic import Field, model_validator

from research.ecrf.items.choice import Choice, refuse_doubled
from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.part import left_out


class ChoicesItem(ItemDefinition):
    """Codes of a code list, in its order, a space between them; no code holds a space."""

    kind: Literal["choices"]
    code_list: tuple[Choice, ...] = Field(min_length=1, max_length=1000)
    code_list_name: str = left_out("", max_length=64)
    licence: str = left_out("", max_length=200)
    least: int | None = left_out(None, ge=1, le=1000)
    most: int | None = left_out(None, ge=1, le=1000)

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        refuse_doubled(self.oid, self.code_list)
        if any(" " in choice.code for choice in self.code_list):
            raise ValueError(f"a code of {self.oid} holds a space, which stands between codes")
        return self

    def canonical(self, typed: str) -> str:
        """Return the codes, each once, in the order of the list."""
        chosen = set(typed.split())
        codes = [choice.code for choice in self.code_list]
        unknown = sorted(chosen - set(codes))
        if unknown or not chosen:
            raise AnswerRefused(f"is not made of the codes {', '.join(codes[:20])}")
        if self.least is not None and len(chosen) < self.least:
            raise AnswerRefused(f"has {len(chosen)} of them, at least {self.least} are needed")
        if self.most is not None and len(chosen) > self.most:
            raise AnswerRefused(f"has {len(chosen)} of them, at most {self.most} are taken")
        return " ".join(code for code in codes if code in chosen)
