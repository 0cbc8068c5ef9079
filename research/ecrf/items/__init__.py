"""The kinds of item a form may hold; a kind is one class that knows everything about itself."""

from typing import Annotated

from pydantic import Field

from research.ecrf.items.boolean import BooleanItem
from research.ecrf.items.choice import ChoiceItem
from research.ecrf.items.computed import ComputedItem
from research.ecrf.items.decimal import DecimalItem
from research.ecrf.items.integer import IntegerItem
from research.ecrf.items.note import NoteItem
from research.ecrf.items.scale import ScaleItem
from research.ecrf.items.text import TextItem

KINDS = (
    TextItem,
    IntegerItem,
    DecimalItem,
    BooleanItem,
    ChoiceItem,
    ScaleItem,
    ComputedItem,
    NoteItem,
)

Item = Annotated[
    TextItem
    | IntegerItem
    | DecimalItem
    | BooleanItem
    | ChoiceItem
    | ScaleItem
    | ComputedItem
    | NoteItem,
    Field(discriminator="kind"),
]
