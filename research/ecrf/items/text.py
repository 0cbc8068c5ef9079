"""Text in the reader's own words, on one line or several."""

import re
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.part import left_out

# A pattern has few parts of varying length, so that no text takes long to compare with it.
VARYING = re.compile(r"[*+?]|\{[0-9]*,[0-9]*\}", re.ASCII)
MOST_VARYING = 3
PATTERN = re.compile(r"[^()|\\]*(?:\\[dwsDWS.\-+*?\[\]{}/][^()|\\]*)*", re.ASCII)
LONGEST_PATTERNED = 200


class TextItem(ItemDefinition):
    """Free text; it may hold a name, so the ledger takes a commitment instead of the words.

    `pattern` is a regular expression without groups or alternatives that the whole text fits.
    """

    is_free_text: ClassVar[bool] = True

    kind: Literal["text"]
    max_length: int = Field(default=2000, ge=1, le=20_000)
    multiline: bool = False
    pattern: str = left_out("", max_length=200)

    @model_validator(mode="after")
    def _pattern_is_cheap(self) -> Self:
        if not self.pattern:
            return self
        if not PATTERN.fullmatch(self.pattern):
            raise ValueError(f"the pattern of {self.oid} has a group, a choice or a reference")
        if len(VARYING.findall(self.pattern)) > MOST_VARYING:
            raise ValueError(
                f"the pattern of {self.oid} has more than {MOST_VARYING} parts of varying length"
            )
        try:
            re.compile(self.pattern)
        except re.error as problem:
            raise ValueError(f"the pattern of {self.oid} is none: {problem}") from problem
        return self

    def canonical(self, typed: str) -> str:
        """Return the words as typed."""
        text = words(typed, most=self.max_length, lines=self.multiline)
        if self.pattern and (
            len(text) > LONGEST_PATTERNED or not re.fullmatch(self.pattern, text, re.ASCII)
        ):
            raise AnswerRefused(f"does not have the form {self.pattern}")
        return text


def words(typed: str, *, most: int, lines: bool) -> str:
    """Return a text, or raise `AnswerRefused` where it is too long or cannot be shown."""
    if len(typed) > most:
        raise AnswerRefused(f"has {len(typed)} characters, at most {most} fit")
    allowed = "\n\t" if lines else ""
    if any(ord(char) < 32 and char not in allowed for char in typed):
        raise AnswerRefused("holds a control character or a line break")
    return typed
