"""Words of the form itself: nothing is answered."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from research.ecrf.items.item import AnswerRefused, ItemDefinition


class NoteItem(ItemDefinition):
    """A heading or an explanation; the label is the text."""

    takes_answers: ClassVar[bool] = False

    kind: Literal["note"]

    @model_validator(mode="after")
    def _asks_nothing(self) -> Self:
        if self.required:
            raise ValueError(f"the note {self.oid} takes no answer, so it cannot be required")
        return self

    def canonical(self, typed: str) -> str:
        """Refuse: a note takes no answer."""
        raise AnswerRefused("is a note, it takes no answer")
