"""Words of the form itself: nothing is answered."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from research.ecrf.items.item import AnswerRefused, ItemDefinition


class WordsItem(ItemDefinition):
    """Anything that is only read."""

    takes_answers: ClassVar[bool] = False

    @model_validator(mode="after")
    def _asks_nothing(self) -> Self:
        if self.required or self.required_if:
            raise ValueError(
                f"the {self.kind} {self.oid} takes no answer, so it cannot be required"
            )
        return self


class NoteItem(WordsItem):
    """An explanation; the label is the text."""

    kind: Literal["note"]

    def canonical(self, typed: str) -> str:
        """Refuse: a note takes no answer."""
        raise AnswerRefused("is a note, it takes no answer")
