"""Segmentation metrics: the reference masks, the three policies for empty masks, symmetries."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import stats.segmentation
from stats.errors import EmptyMaskError, InvalidArgumentError
from stats.segmentation import (
    average_surface_distance,
    dice,
    hausdorff,
    iou,
    normalized_surface_dice,
    surface_overlap,
    volume_error,
)
from stats.surface import element_areas, surfaces
from tests.shared import stats_json

NAN, INF = math.nan, math.inf
NAMES = [
    "two_points_2mm_2d",
    "two_squares_2d",
    "two_points_2mm_3d",
    "two_cubes_3d",
    "empty_pred_3d",
    "both_empty_3d",
    "ellipsoid_shift",
    "ellipsoid_plus_fp_island",
    "ellipse_2d",
]
MASKS = arrays(bool, (4, 3, 5))


def drawn(case, key):
    """Paint a reference case's boxes and ellipsoids."""
    mask = np.zeros(case["shape"], dtype=bool)
    index = np.indices(mask.shape)
    for item in case[key]:
        if item["type"] == "box":
            mask[tuple(map(slice, item["lo"], item["hi"]))] = True
        else:
            shape = zip(index, case["spacing_mm"], item["centre_mm"], item["radii_mm"], strict=True)
            mask |= sum(((i * s - c) / r) ** 2 for i, s, c, r in shape) <= 1
    return mask


def near(expected):
    """A reference number: null is NaN, "inf" is infinite, else to 1e-6."""
    value = NAN if expected is None else float(expected)
    return pytest.approx(value, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_masks_are_reproduced(name):
    cases = stats_json("segmentation_cases.json")["cases"]
    case = next(case for case in cases if case["name"] == name)
    masks = drawn(case, "gt"), drawn(case, "pred")
    options = {"spacing_mm": case["spacing_mm"], "empty": "surface_distance"}
    expected = case["expected"]

    distance = average_surface_distance(*masks, **options)
    found = {
        "dice": dice(*masks, empty="surface_distance"),
        "asd_gt_to_pred": distance.reference_to_prediction,
        "asd_pred_to_gt": distance.prediction_to_reference,
    }
    for percentile in (100, 95, 50):
        found[f"hd{percentile}"] = hausdorff(*masks, percentile=percentile, **options)
    for tolerance in (0.5, 1, 2, 3):
        key = f"{tolerance}mm"
        found[f"nsd_{key}"] = normalized_surface_dice(*masks, tolerance_mm=tolerance, **options)
        overlap = surface_overlap(*masks, tolerance_mm=tolerance, **options)
        found[f"overlap_{key}_gt"], found[f"overlap_{key}_pred"] = overlap

    assert {key: near(expected[key]) for key in found} == found


def test_two_points_two_millimetres_apart_have_the_published_distances():
    a, b = np.zeros((2, 8, 8), dtype=bool)
    a[3, 2], b[3, 4] = True, True
    options = {"spacing_mm": (2, 1), "empty": "undefined"}

    distance = average_surface_distance(a, b, **options)

    assert distance.reference_to_prediction == distance.prediction_to_reference == 1.5
    assert distance.symmetric == 1.5
    assert hausdorff(a, b, **options) == 2.0
    assert hausdorff(a, b, percentile=50, **options) == 1.0
    assert normalized_surface_dice(a, b, tolerance_mm=1, **options) == 0.5


def test_the_pieces_of_every_kind_of_cell_have_their_area():
    areas = element_areas((1.0, 1.0, 1.0))
    corner, triangle = math.sqrt(3) / 8, math.sqrt(3)

    assert areas[0] == areas[255] == 0
    assert areas[0b00000001] == pytest.approx(corner)
    assert areas[0b00000011] == pytest.approx(math.sqrt(0.5))
    assert areas[0b00000111] == pytest.approx(0.5 + 0.375 * triangle)
    assert areas[0b00001111] == pytest.approx(1)
    assert areas[0b00010111] == pytest.approx(0.75 * triangle)  # a corner and its neighbours
    assert areas[0b01101001] == pytest.approx(4 * corner)  # no two together
    assert areas[0b00011011] == pytest.approx(0.5 * triangle + math.sqrt(0.5))  # a chain
    assert np.allclose(areas, areas[::-1])  # inside and outside have the same surface


def test_a_contour_between_two_corners_runs_along_the_cell():
    areas = element_areas((2.0, 1.0))

    assert areas[0b0011] == 1.0  # both corners of the first row
    assert areas[0b0101] == 2.0
    assert sorted({round(float(area), 6) for area in areas}) == [
        0.0,
        1.0,
        round(math.hypot(1, 0.5), 6),
        2.0,
        round(2 * math.hypot(1, 0.5), 6),
    ]


def test_a_surface_is_infinitely_far_from_an_absent_one():
    found = surfaces(FULL, EMPTY, (1, 1))

    assert np.isinf(found.reference_distance).all()
    assert len(found.prediction_area) == 0


def test_two_absent_surfaces_have_no_element():
    assert len(surfaces(EMPTY, EMPTY, (1, 1)).reference_area) == 0


EMPTY, FULL = np.zeros((3, 3), dtype=bool), np.ones((3, 3), dtype=bool)


@pytest.mark.parametrize(
    ("policy", "a", "b", "agreement", "distance", "each_way", "pooled"),
    [
        ("surface_distance", EMPTY, EMPTY, NAN, INF, (NAN, NAN), NAN),
        ("surface_distance", FULL, EMPTY, 0, INF, (INF, NAN), INF),
        ("surface_distance", EMPTY, FULL, 0, INF, (NAN, INF), INF),
        ("undefined", EMPTY, EMPTY, NAN, NAN, (NAN, NAN), NAN),
        ("undefined", FULL, EMPTY, NAN, NAN, (NAN, NAN), NAN),
        ("undefined", EMPTY, FULL, NAN, NAN, (NAN, NAN), NAN),
        ("perfect", EMPTY, EMPTY, 1, 0, (0, 0), 0),
        ("perfect", FULL, EMPTY, 0, INF, (INF, NAN), INF),
        ("perfect", EMPTY, FULL, 0, INF, (NAN, INF), INF),
    ],
)
def test_an_empty_mask_follows_the_policy(policy, a, b, agreement, distance, each_way, pooled):
    options = {"spacing_mm": (1, 1), "empty": policy}

    average = average_surface_distance(a, b, **options)

    same = {"nan_ok": True}
    assert dice(a, b, empty=policy) == pytest.approx(agreement, **same)
    assert iou(a, b, empty=policy) == pytest.approx(agreement, **same)
    nsd = normalized_surface_dice(a, b, tolerance_mm=1, **options)
    assert nsd == pytest.approx(agreement, **same)
    assert hausdorff(a, b, **options) == pytest.approx(distance, **same)
    ways = (average.reference_to_prediction, average.prediction_to_reference)
    assert ways == pytest.approx(each_way, **same)
    assert average.symmetric == pytest.approx(pooled, **same)


@pytest.mark.parametrize(
    ("policy", "a", "b", "expected"),
    [
        ("surface_distance", EMPTY, EMPTY, (NAN, NAN)),
        ("surface_distance", FULL, EMPTY, (0, NAN)),
        ("surface_distance", EMPTY, FULL, (NAN, 0)),
        ("undefined", FULL, EMPTY, (NAN, NAN)),
        ("perfect", EMPTY, EMPTY, (1, 1)),
    ],
)
def test_an_absent_surface_has_no_overlap(policy, a, b, expected):
    found = surface_overlap(a, b, spacing_mm=(1, 1), tolerance_mm=1, empty=policy)

    assert tuple(found) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("policy", "a", "b", "relative", "expected"),
    [
        ("undefined", FULL, FULL, True, 0),
        ("undefined", FULL, EMPTY, True, NAN),
        ("surface_distance", FULL, EMPTY, True, -1),
        ("surface_distance", EMPTY, FULL, True, INF),
        ("surface_distance", EMPTY, EMPTY, True, NAN),
        ("perfect", EMPTY, EMPTY, True, 0),
        ("perfect", EMPTY, FULL, False, 9 * 0.75),
        ("surface_distance", FULL, EMPTY, False, -9 * 0.75),
    ],
)
def test_the_volume_error_is_signed_and_knows_the_spacing(policy, a, b, relative, expected):
    found = volume_error(a, b, empty=policy, spacing_mm=(1.5, 0.5), relative=relative)

    assert found == pytest.approx(expected, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(a=MASKS, b=MASKS)
def test_metrics_do_not_depend_on_order_axes_or_the_room_around(a, b):
    options = {"empty": "surface_distance"}
    spacing = (3.0, 0.5, 1.0)

    def metrics(one, other, sizes):
        overlap = surface_overlap(one, other, spacing_mm=sizes, tolerance_mm=1, **options)
        return [
            dice(one, other, **options),
            iou(one, other, **options),
            hausdorff(one, other, spacing_mm=sizes, **options),
            average_surface_distance(one, other, spacing_mm=sizes, **options).symmetric,
            sum(overlap),
            normalized_surface_dice(one, other, spacing_mm=sizes, tolerance_mm=1, **options),
        ]

    found = metrics(a, b, spacing)

    same = pytest.approx(found, rel=1e-9, nan_ok=True)
    assert metrics(b, a, spacing) == same
    assert metrics(a.transpose(2, 0, 1), b.transpose(2, 0, 1), (1.0, 3.0, 0.5)) == same
    assert metrics(np.pad(a, 2), np.pad(b, 2), spacing) == same
    assert all(0 <= share <= 1 for share in found[:2] if not math.isnan(share))


@settings(max_examples=40, deadline=None)
@given(mask=MASKS.filter(np.any), scale=st.floats(0.1, 10))
def test_a_mask_fits_itself_and_distances_scale_with_the_spacing(mask, scale):
    moved = np.roll(mask, 1, axis=2)
    options = {"percentile": 100, "empty": "undefined"}

    one = hausdorff(mask, moved, spacing_mm=(1, 1, 1), **options)

    assert hausdorff(mask, mask, spacing_mm=(1, 1, 1), **options) == 0
    scaled = hausdorff(mask, moved, spacing_mm=(scale,) * 3, **options)
    assert scaled == pytest.approx(one * scale)


@pytest.mark.parametrize(
    ("metric", "options", "error"),
    [
        (dice, {"empty": "zero"}, InvalidArgumentError),
        (hausdorff, {"empty": "perfect", "spacing_mm": (1,)}, InvalidArgumentError),
        (hausdorff, {"empty": "perfect", "spacing_mm": (1, 0)}, InvalidArgumentError),
        (hausdorff, {"empty": "perfect", "spacing_mm": (1, NAN)}, InvalidArgumentError),
        (
            hausdorff,
            {"empty": "perfect", "spacing_mm": (1, 1), "percentile": 0},
            InvalidArgumentError,
        ),
        (
            normalized_surface_dice,
            {"empty": "perfect", "spacing_mm": (1, 1), "tolerance_mm": -1},
            InvalidArgumentError,
        ),
        (volume_error, {"empty": "perfect", "relative": False}, InvalidArgumentError),
    ],
)
def test_options_out_of_range_are_refused(metric, options, error):
    with pytest.raises(error):
        metric(FULL, FULL, **options)


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        (np.ones((2, 2)), np.ones((2, 2)), InvalidArgumentError),
        (np.full((2, 2), 2), FULL[:2, :2], InvalidArgumentError),
        (FULL, FULL[:2], EmptyMaskError),
        (EMPTY[:0], EMPTY[:0], EmptyMaskError),
        (np.zeros(0, dtype=int), np.zeros(0, dtype=int), EmptyMaskError),
    ],
)
def test_arrays_that_are_no_pair_of_masks_are_refused(a, b, error):
    with pytest.raises(error):
        dice(a, b, empty="perfect")


def test_a_surface_needs_two_or_three_axes():
    with pytest.raises(InvalidArgumentError):
        hausdorff([True], [True], spacing_mm=(1,), empty="perfect")


def test_labels_of_zero_and_one_are_masks():
    assert dice([[1, 0]], [[1, 1]], empty="perfect") == pytest.approx(2 / 3)


def test_every_name_that_the_module_promises_is_there():
    assert all(hasattr(stats.segmentation, name) for name in stats.segmentation.__all__)
