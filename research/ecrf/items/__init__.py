"""The kinds of item a form may hold; a kind is one class that knows everything about itself."""

from typing import Annotated

from pydantic import Field

from research.ecrf.items.annotation import AnnotationItem
from research.ecrf.items.boolean import BooleanItem
from research.ecrf.items.choice import ChoiceItem
from research.ecrf.items.choices import ChoicesItem
from research.ecrf.items.computed import ComputedItem
from research.ecrf.items.date import DateItem
from research.ecrf.items.datetime import DateTimeItem
from research.ecrf.items.decimal import DecimalItem
from research.ecrf.items.file import FileItem
from research.ecrf.items.image_link import ImageLinkItem
from research.ecrf.items.integer import IntegerItem
from research.ecrf.items.long_text import LongTextItem
from research.ecrf.items.measurement import MeasurementItem
from research.ecrf.items.note import NoteItem
from research.ecrf.items.scale import ScaleItem
from research.ecrf.items.section import SectionItem
from research.ecrf.items.segmentation import SegmentationItem
from research.ecrf.items.text import TextItem
from research.ecrf.items.time import TimeItem

KINDS = (
    TextItem,
    LongTextItem,
    IntegerItem,
    DecimalItem,
    DateItem,
    TimeItem,
    DateTimeItem,
    BooleanItem,
    ChoiceItem,
    ChoicesItem,
    ScaleItem,
    ComputedItem,
    FileItem,
    AnnotationItem,
    MeasurementItem,
    SegmentationItem,
    ImageLinkItem,
    SectionItem,
    NoteItem,
)

Item = Annotated[
    TextItem
    | LongTextItem
    | IntegerItem
    | DecimalItem
    | DateItem
    | TimeItem
    | DateTimeItem
    | BooleanItem
    | ChoiceItem
    | ChoicesItem
    | ScaleItem
    | ComputedItem
    | FileItem
    | AnnotationItem
    | MeasurementItem
    | SegmentationItem
    | ImageLinkItem
    | SectionItem
    | NoteItem,
    Field(discriminator="kind"),
]
