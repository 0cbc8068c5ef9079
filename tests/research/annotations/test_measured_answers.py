"""Sizes as answers: in the unit asked for, by the axis asked for, on the plane asked for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from research.annotations.geometry import GeometryRefused
from research.annotations.measured_answers import check_plane, drawn_answers, measured_value
from research.annotations.metrics import Metrics
from research.annotations.rows import Annotation
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.items.measurement import MeasurementItem
from tests.examples.drawn import annotation, geometry, headers, planes

SLICES = headers(3, tilted=False)
TWO_AXES = Metrics({"long_axis": Decimal("43.77"), "short_axis": Decimal("15.00")}, "mm", "patient")
PIXELS = Metrics({"length": Decimal("43.77")}, "px", "none")


def item(**changes: object) -> MeasurementItem:
    return MeasurementItem.model_validate(
        {"kind": "measurement", "oid": "DIAM", "label": "Diameter", **changes}
    )


@pytest.mark.parametrize(
    ("changes", "is_node", "value"),
    [
        ({}, False, "43.77"),
        ({"metric": "short_axis"}, False, "15.00"),
        ({"metric": "by_node"}, True, "15.00"),
        ({"metric": "by_node"}, False, "43.77"),
        ({"unit": "cm"}, False, "4.377"),
    ],
)
def test_a_mark_is_read_by_axis_and_unit(
    changes: dict[str, object], is_node: bool, value: str
) -> None:
    assert str(measured_value(item(**changes), TWO_AXES, is_node=is_node)) == value


def test_pixels_are_no_millimetres_and_a_line_has_no_area() -> None:
    assert measured_value(item(), PIXELS, is_node=False) is None
    with pytest.raises(GeometryRefused, match="no area"):
        measured_value(item(metric="area", unit="mm2"), TWO_AXES, is_node=False)
    with pytest.raises(GeometryRefused, match="another unit"):
        measured_value(item(unit="mL"), TWO_AXES, is_node=False)


def test_a_measurement_asked_for_on_axial_slices_is_refused_on_others() -> None:
    axial = [one for each in planes(SLICES).values() for one in each]

    check_plane(item(plane="axial"), axial)
    with pytest.raises(GeometryRefused, match="not coronal"):
        check_plane(item(plane="coronal"), axial)


FORM = FormDefinition.model_validate(
    {
        "oid": "F",
        "version": "1.0.0",
        "title": "F",
        "groups": [
            {
                "oid": "LESIONS",
                "label": "Lesions",
                "repeats": True,
                "items": [
                    {"oid": "node", "label": "Node", "kind": "boolean"},
                    {"oid": "DIAM", "label": "Diameter", "kind": "measurement",
                     "metric": "by_node"},
                ],
            }
        ],
    }
)  # fmt: skip
KEY, NODE = ItemKey("LESIONS", "1", "DIAM"), ItemKey("LESIONS", "1", "node")


def bound() -> Annotation:
    drawn = geometry("bidirectional", SLICES, [(0, 0), (0, 10), (0, 5), (6, 5)])
    return replace(annotation(drawn, SLICES), item=KEY)


def test_what_turns_out_to_be_a_node_is_measured_by_its_short_axis() -> None:
    mark = bound()
    before = drawn_answers(FORM, {}, [mark], sent={}, by_hand=())

    node = {**before.answers, NODE: Answer("true")}
    after = drawn_answers(FORM, node, [mark], sent={NODE: Answer("true")}, by_hand=())

    assert before.answers[KEY] == Answer("7.00")
    assert after.answers[KEY] == Answer("3.00")


def test_a_value_typed_for_a_reason_stands_beside_its_mark() -> None:
    typed = {KEY: Answer("8")}

    kept = drawn_answers(FORM, typed, [bound()], sent={KEY: Answer("8")}, by_hand=(KEY,))
    refused = drawn_answers(FORM, typed, [bound()], sent={KEY: Answer("8")}, by_hand=())

    assert kept.answers[KEY] == Answer("8")
    assert "the mark measures 7.00" in refused.problems[0].message


def test_a_marked_item_cannot_be_missing_as_well() -> None:
    missing = {KEY: Answer(missing="not_evaluable")}

    found = drawn_answers(FORM, missing, [bound()], sent={}, by_hand=())

    assert "remove it" in found.problems[0].message


def test_two_marks_of_one_measurement_are_refused() -> None:
    found = drawn_answers(FORM, {}, [bound(), bound()], sent={}, by_hand=())

    assert "a measurement has one" in found.problems[0].message
