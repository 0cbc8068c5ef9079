"""A heading between items."""

from typing import Literal

from research.ecrf.items.item import AnswerRefused
from research.ecrf.items.note import WordsItem


class SectionItem(WordsItem):
    """A heading; what follows stands under it until the next."""

    kind: Literal["section"]

    def canonical(self, typed: str) -> str:
        """Refuse: a heading takes no answer."""
        raise AnswerRefused("is a heading, it takes no answer")
