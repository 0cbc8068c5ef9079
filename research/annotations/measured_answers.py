"""Answers that drawing gives: the server's number for a mark, and the marks that are an answer.

A measurement has the value of the mark that bears its place. Whoever types another says why, and
that reason is kept and signed with the answer; nothing else can make the two differ.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from research.annotations.geometry import GeometryRefused
from research.annotations.metrics import Metrics
from research.annotations.planes import ImagePlane
from research.annotations.rows import Annotation
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.items.annotation import AnnotationItem
from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.items.measurement import MeasurementItem
from research.ecrf.items.segmentation import SegmentationItem
from research.errors import Problem

MAX_REASON = 500
# The item of a row that says whether its lesion is a lymph node.
NODE = "node"
# How many millimetres, square and cubic ones go into one of a unit.
IN_MILLIMETRES: Mapping[str, tuple[str, Decimal]] = {
    "mm": ("length", Decimal(1)),
    "cm": ("length", Decimal(10)),
    "mm2": ("area", Decimal(1)),
    "cm2": ("area", Decimal(100)),
    "mm3": ("volume", Decimal(1)),
    "cm3": ("volume", Decimal(1000)),
    "mL": ("volume", Decimal(1000)),
}
# A single line measures whichever axis is asked for.
STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "length": ("length", "long_axis"),
    "long_axis": ("long_axis", "length"),
    "short_axis": ("short_axis", "length"),
    "area": ("area",),
    "volume": ("volume",),
    "angle": ("angle",),
}
# The patient's axes (x left, y back, z head) that the slices of a plane are upright to.
UPRIGHT_TO = {"sagittal": 0, "coronal": 1, "axial": 2}
# An oblique slice belongs to a plane while its normal is within 45 degrees of it.
NEAR_ENOUGH = 0.7071


@dataclass(frozen=True)
class DrawnAnswers:
    """The answers after drawing, and what stands against them."""

    answers: dict[ItemKey, Answer]
    problems: tuple[Problem, ...] = field(default=())


def is_drawn(form: FormDefinition, key: ItemKey) -> bool:
    """Tell whether an item is answered by drawing."""
    return _is_drawn(_item(form, key))


def has_drawn_items(form: FormDefinition) -> bool:
    """Tell whether any item of a form is answered by drawing."""
    return any(_is_drawn(item) for _, item in form.items_by_key.values())


def drawn_answers(
    form: FormDefinition,
    answers: Mapping[ItemKey, Answer],
    annotations: Iterable[Annotation],
    *,
    sent: Mapping[ItemKey, Answer | None],
    by_hand: Iterable[ItemKey],
) -> DrawnAnswers:
    """Return the answers with every drawn one as its marks say.

    `sent` is what the client changed in this save (None cleared it), `by_hand` what was typed for a
    reason.
    """
    marks: dict[ItemKey, list[Annotation]] = {}
    for one in annotations:
        if one.item is not None:
            marks.setdefault(one.item, []).append(one)
    result, problems, typed = dict(answers), [], frozenset(by_hand)
    keys = {*marks, *(key for key in answers if _is_drawn(_item(form, key)))}
    for key in sorted(keys):
        try:
            answer = _answer(form, key, answers, marks.get(key, []), sent, key in typed)
        except (AnswerRefused, GeometryRefused) as refusal:
            problems.append(Problem(str(key), str(refusal)))
            continue
        if answer is None:
            result.pop(key, None)
        else:
            result[key] = answer
    return DrawnAnswers(result, tuple(problems))


def measured_value(item: MeasurementItem, metrics: Metrics, *, is_node: bool) -> Decimal | None:
    """Return a mark's number in the unit of its item; None where its image has no millimetre."""
    wanted = item.metric if item.metric != "by_node" else ("short_axis" if is_node else "long_axis")
    named = dict(metrics.values)
    found = next((named[name] for name in STANDS_FOR[wanted] if name in named), None)
    if found is None:
        raise GeometryRefused(f"has no {wanted.replace('_', ' ')}: use another tool")
    if wanted == "angle" or item.unit == "deg":
        if (wanted == "angle") != (item.unit == "deg"):
            raise GeometryRefused(f"measures in another unit than {item.unit}")
        return found
    of, factor = IN_MILLIMETRES[item.unit]
    if of != (wanted if wanted in ("area", "volume") else "length"):
        raise GeometryRefused(f"measures in another unit than {item.unit}")
    return None if metrics.unit == "px" else found / factor


def check_plane(item: ItemDefinition | None, planes: Iterable[ImagePlane]) -> None:
    """Raise `GeometryRefused` where a measurement is drawn on slices of another plane."""
    if not isinstance(item, MeasurementItem) or item.plane == "any":
        return
    for plane in planes:
        if not plane.is_placed:
            raise GeometryRefused(f"lies on an image that does not say that it is {item.plane}")
        if abs(float(plane.normal[UPRIGHT_TO[item.plane]])) < NEAR_ENOUGH:
            raise GeometryRefused(f"lies on an image that is not {item.plane}")


def _answer(
    form: FormDefinition,
    key: ItemKey,
    answers: Mapping[ItemKey, Answer],
    marks: list[Annotation],
    sent: Mapping[ItemKey, Answer | None],
    by_hand: bool,
) -> Answer | None:
    item, now, changed = _item(form, key), answers.get(key), sent.get(key)
    if marks and now is not None and now.missing is not None:
        raise AnswerRefused("has a mark: remove it before saying why there is no value")
    if not isinstance(item, MeasurementItem):
        return _listed(item, marks, now, changed)
    _check_tools(item, item.tools, marks)
    if len(marks) > 1:
        raise AnswerRefused(f"has {len(marks)} marks: a measurement has one")
    if now is not None and (now.missing is not None or by_hand):
        return now
    if not marks:
        if changed is not None and changed.value is not None:
            raise AnswerRefused("was typed and not drawn: say why")
        return None
    value = measured_value(item, marks[0].metrics, is_node=_is_node(answers, key))
    if changed is not None and changed.value is not None:
        if value is None:
            raise AnswerRefused(
                "cannot be measured in millimetres on this image: type it and say why"
            )
        if Decimal(changed.value) != value:
            raise AnswerRefused(f"is {changed.value}, but the mark measures {value}: say why")
    return None if value is None else Answer(item.canonical(format(value, "f")))


def _listed(
    item: ItemDefinition | None,
    marks: list[Annotation],
    now: Answer | None,
    changed: Answer | None,
) -> Answer | None:
    """Return the marks of an annotation or a segmentation by their ids, the oldest first."""
    assert isinstance(item, AnnotationItem | SegmentationItem)
    _check_tools(item, item.tools, marks)
    if now is not None and now.missing is not None:
        return now
    listed = " ".join(mark.id for mark in marks)
    if changed is not None and changed.value not in (None, listed):
        raise AnswerRefused("names other marks than are drawn")
    return Answer(item.canonical(listed)) if marks else None


def _check_tools(item: ItemDefinition, tools: Iterable[str], marks: Iterable[Annotation]) -> None:
    allowed = tuple(tools)
    for mark in marks:
        if mark.geometry.kind not in allowed:
            raise AnswerRefused(
                f"is drawn as {mark.geometry.kind}; {item.oid} takes {', '.join(allowed)}"
            )


def _is_node(answers: Mapping[ItemKey, Answer], key: ItemKey) -> bool:
    node = answers.get(ItemKey(key.group, key.repeat, NODE))
    return node is not None and node.value == "true"


def _item(form: FormDefinition, key: ItemKey) -> ItemDefinition | None:
    found = form.items_by_key.get((key.group, key.item))
    return found[1] if found else None


def _is_drawn(item: ItemDefinition | None) -> bool:
    return isinstance(item, MeasurementItem | AnnotationItem | SegmentationItem)
