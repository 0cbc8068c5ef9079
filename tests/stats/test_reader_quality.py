"""Figures of readers: the scenario's numbers, the chart's limits, and what is refused."""

import pytest

from stats.errors import InvalidArgumentError
from stats.reader_quality import ReadUnit, p_chart, p_limits, reader_quality

BOTH = frozenset({"R1", "R2"})


def test_twenty_units_of_which_eight_were_adjudicated() -> None:
    units = [
        *[ReadUnit(BOTH)] * 12,
        *[ReadUnit(BOTH, decided=True, chosen="R1")] * 5,
        *[ReadUnit(BOTH, decided=True, chosen="R2")] * 3,
    ]

    found = reader_quality(units)

    assert found.adjudication_rate == 0.4
    assert [(one.reader, one.agreement, one.disagreement_index) for one in found.readers] == [
        ("R1", 0.625, 0.15), ("R2", 0.375, 0.25)
    ]  # fmt: skip


def test_all_units_of_a_reader_count_for_the_index_and_an_own_read_agrees_with_nobody() -> None:
    units = [ReadUnit(frozenset({"R1"})), ReadUnit(BOTH, decided=True)]

    found = reader_quality(units)

    assert (found.n_units, found.adjudication_rate) == (1, 1.0)
    assert [one.agreement for one in found.readers] == [0.0, 0.0]
    assert [one.disagreement_index for one in found.readers] == [0.5, 1.0]


def test_a_share_of_nothing_is_none() -> None:
    assert reader_quality([]).adjudication_rate is None
    assert reader_quality([ReadUnit(BOTH)]).readers[0].agreement is None


def test_who_did_not_read_cannot_be_chosen() -> None:
    with pytest.raises(InvalidArgumentError, match="unit 0 chose R3"):
        reader_quality([ReadUnit(BOTH, decided=True, chosen="R3")])
    with pytest.raises(InvalidArgumentError, match="unit 0 chose R1"):
        reader_quality([ReadUnit(BOTH, chosen="R1")])


def test_the_limits_are_three_standard_errors_cut_to_shares() -> None:
    assert [round(100 * one, 1) for one in p_limits(0.4, 20)] == [7.1, 72.9]
    assert p_limits(0.1, 20)[0] == 0.0
    assert p_limits(0.9, 20)[1] == 1.0
    assert p_limits(0.0, 5) == (0.0, 0.0)


@pytest.mark.parametrize(("mean", "n"), [(-0.1, 5), (1.1, 5), (float("nan"), 5), (0.5, 0)])
def test_limits_of_no_share_are_refused(mean: float, n: int) -> None:
    with pytest.raises(InvalidArgumentError):
        p_limits(mean, n)


def test_a_point_on_the_limit_is_within_and_one_beyond_is_a_signal() -> None:
    # p̄ = 45/90, n = 9: the limits are exactly 0 and 1.
    on = p_chart([9, *[4] * 9], [9] * 10)
    beyond = p_chart([10, 10, 1, 9, 0, 0], [10, 90, 90, 90, 90, 90])

    assert (on.mean, on.points[0].share, on.points[0].outside) == (0.5, 1.0, False)
    assert beyond.points[0].outside


def test_eight_in_a_row_on_one_side_are_a_signal_and_seven_are_not() -> None:
    eight = p_chart([4] * 8 + [6] * 7 + [8], [10] * 16)
    seven = p_chart([4] * 7 + [6] * 7, [10] * 14)
    broken = p_chart([4] * 4 + [5] + [4] * 4 + [6] * 4 + [5] + [6] * 4, [10] * 18)

    assert [point.in_run for point in eight.points[:8]] == [True] * 8
    assert not any(point.in_run for point in seven.points)
    assert not any(point.in_run for point in broken.points)


@pytest.mark.parametrize(("events", "n"), [([], []), ([1], [1, 2]), ([2], [1]), ([0], [0])])
def test_points_that_are_none_are_refused(events: list[int], n: list[int]) -> None:
    with pytest.raises(InvalidArgumentError):
        p_chart(events, n)
