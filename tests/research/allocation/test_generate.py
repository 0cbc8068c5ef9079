"""The allocation table: balance, order independence, append-safety, and what is refused."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from research.allocation.design import Design, Limits, Reader, Repeats, Rule
from research.allocation.generate import generate
from research.allocation.units import Batch, Unit
from research.errors import Invalid

CROSSOVER = Design(
    step="read",
    kind="crossover",
    arms=("Unaided", "Aided"),
    washout_days=28,
    stratify_by=("cohort",),
)
SEED = "20260101"


def readers(count, start=1):
    return tuple(Reader(code=f"R{number}") for number in range(start, start + count))


def units(count, start=0, positives=60):
    return tuple(
        Unit(f"S{number:04}", "V1", cohort="positive" if number < positives else "negative")
        for number in range(start, start + count)
    )


def test_the_crossover_of_six_readers_and_120_units_has_its_exact_numbers():
    table = generate(CROSSOVER, SEED, [Batch(readers(6), units(120))])

    assert len(table.rows) == 1440
    assert set(Counter(row.reader for row in table.rows).values()) == {240}
    cells = Counter((row.reader, row.session, row.arm) for row in table.rows)
    assert len(cells) == 24
    assert set(cells.values()) == {60}
    assert Counter(row.arm for row in table.rows) == {"Unaided": 720, "Aided": 720}
    truth = {unit.name: unit.cohort for unit in units(120)}
    blocks = Counter((row.block, truth[row.unit]) for row in table.rows)
    assert set(blocks.values()) == {360}
    groups = Counter(
        frozenset(
            (r.block, r.arm) for r in table.rows if r.reader == reader.code and r.session == 1
        )
        for reader in readers(6)
    )
    assert sorted(groups.values()) == [3, 3]


def test_each_unit_is_read_once_in_each_arm_and_the_second_opens_after_the_washout():
    table = generate(CROSSOVER, SEED, [Batch(readers(6), units(120))])

    first = {(r.reader, r.unit): r for r in table.rows if r.session == 1}
    for row in table.rows:
        before = first[row.reader, row.unit]
        if row.session == 2:
            assert row.arm != before.arm
            assert row.opens_rule == f"row {before.row} signed + 28 d"
        else:
            assert row.opens_rule == ""


def test_another_order_of_what_arrives_gives_the_same_bytes():
    one = generate(CROSSOVER, SEED, [Batch(readers(6), units(120))])
    other = generate(CROSSOVER, SEED, [Batch(readers(6)[::-1], units(120)[::-1])])

    assert one.csv == other.csv


def test_a_seventh_reader_appends_240_rows_and_moves_none():
    first = Batch(readers(6), units(120))

    before = generate(CROSSOVER, SEED, [first])
    after = generate(CROSSOVER, SEED, [first, Batch(readers(1, start=7), version=2)])

    assert len(after.rows) == 1680
    assert after.csv.startswith(before.csv)
    assert {(r.reader, r.batch, r.allocation_version) for r in after.rows[1440:]} == {("R7", 2, 2)}


def test_another_seed_or_design_gives_another_digest_and_another_algorithm_is_refused():
    batch = Batch(readers(6), units(120))
    longer = CROSSOVER.model_copy(update={"washout_days": 30})

    digests = {
        generate(design, seed, [batch]).digest
        for design, seed in ((CROSSOVER, SEED), (CROSSOVER, "1"), (longer, SEED))
    }

    assert len(digests) == 3
    with pytest.raises(Invalid, match="no allocation algorithm"):
        generate(CROSSOVER, SEED, [batch], algorithm="other")


def test_the_seed_itself_stands_nowhere_in_the_table():
    assert SEED.encode() not in generate(CROSSOVER, SEED, [Batch(readers(2), units(4))]).csv


def test_a_reserve_reads_exactly_what_an_exclusion_takes_from_the_first_reader():
    design = Design(step="read", kind="double")
    people = (*readers(2), Reader(code="R3", reserve=True))
    subjects = tuple(
        Unit(f"{site}-{number}", "V1", site=site)
        for site in ("A-01", "A-02", "A-03")
        for number in range(4)
    )
    excluded = frozenset(("R1", unit.subject) for unit in subjects if unit.site == "A-03")

    table = generate(design, SEED, [Batch(people, subjects, excluded)])

    assert Counter(row.reader for row in table.rows) == {"R1": 8, "R2": 12, "R3": 4}
    assert not any(r.reader == "R1" and r.subject.startswith("A-03") for r in table.rows)


def test_a_reader_bound_to_the_subject_reads_all_its_visits_in_one_position():
    visits = tuple(Unit(f"S{n}", f"W{w}", ordinal=w) for n in range(10) for w in range(3))

    table = generate(Design(step="read", kind="double"), SEED, [Batch(readers(4), visits)])

    seats = {(row.subject, row.reader, row.position) for row in table.rows}
    assert len(seats) == 20
    assert Counter(Counter(r.reader for r in table.rows).values()) == {15: 4}


def test_a_reader_excluded_later_gets_no_further_visit_of_the_subject():
    design = Design(step="read", kind="single")
    first = Batch(readers(2), (Unit("S1", "W0"),))
    before = generate(design, SEED, [first]).rows[0].reader
    later = Batch((), (Unit("S1", "W1", ordinal=1),), frozenset({(before, "S1")}))

    after = generate(design, SEED, [first, later])

    assert {after.rows[0].reader, after.rows[1].reader} == {"R1", "R2"}


def test_two_readers_bound_to_visits_never_change_seats_within_a_subject():
    design = Design(step="read", kind="double", reader_binding="visit")
    visits = tuple(Unit(f"S{n}", f"W{w}", ordinal=w) for n in range(6) for w in range(3))

    table = generate(design, SEED, [Batch(readers(2), visits)])

    assert len({(row.subject, row.reader, row.position) for row in table.rows}) == 12


def test_hidden_repeats_are_the_asked_share_of_each_reader_and_follow_their_original():
    design = CROSSOVER.model_copy(update={"repeats": Repeats(per_mille=100, after_days=14)})

    table = generate(design, SEED, [Batch(readers(6), units(120))])

    again = [row for row in table.rows if row.repeat_of is not None]
    assert Counter(row.reader for row in again) == {f"R{n}": 24 for n in range(1, 7)}
    for row in again:
        original = table.rows[row.repeat_of - 1]
        assert (original.reader, original.unit, original.arm) == (row.reader, row.unit, row.arm)
        assert row.opens_rule == f"row {row.repeat_of} signed + 14 d"


def test_the_first_rule_that_fits_decides_and_a_unit_that_none_fits_is_named():
    rules = (Rule(readers=("R1",), cohort="positive"), Rule(readers=("R2",), cohort="negative"))
    design = Design(step="read", kind="single", mode="rules", rules=rules)

    table = generate(design, SEED, [Batch(readers(3), units(10, positives=7))])

    assert Counter(row.reader for row in table.rows) == {"R1": 7, "R2": 3}
    with pytest.raises(Invalid, match="no rule fits X/V1"):
        generate(design, SEED, [Batch(readers(3), (Unit("X", "V1"),))])


def test_a_pool_names_no_reader_and_a_sequential_list_follows_the_codes():
    pooled = generate(Design(step="read", kind="pool"), SEED, [Batch((), units(3))])
    single = Design(step="read", kind="single", mode="sequential")
    ordered = generate(single, SEED, [Batch(readers(1), units(5)[::-1])])

    assert {(row.reader, row.position) for row in pooled.rows} == {("", "R1"), ("", "R2")}
    assert [row.subject for row in ordered.rows] == [unit.subject for unit in units(5)]


def test_split_plot_readers_read_their_own_block_alone():
    design = Design(step="read", kind="split_plot", blocks=2, stratify_by=("cohort",))

    table = generate(design, SEED, [Batch(readers(6), units(120))])

    assert len(table.rows) == 360
    assert all(
        len({row.block for row in table.rows if row.reader == reader.code}) == 1
        for reader in readers(6)
    )


def test_a_share_that_nobody_can_keep_is_refused():
    design = Design(step="read", kind="single", limits=Limits(share_percent=40))

    with pytest.raises(Invalid, match="nobody may read"):
        generate(design, SEED, [Batch(readers(2), units(10))])


def test_more_readers_a_unit_than_readers_is_refused():
    design = Design(step="read", kind="anchor_rotating", readers_per_unit=3)

    with pytest.raises(Invalid, match="3 readers a unit"):
        generate(design, SEED, [Batch(readers(2), units(4))])


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "crossover", "arms": ("A",)},
        {"kind": "single", "arms": ("A", "B")},
        {"kind": "fully_crossed", "arms": ("A", "A")},
        {"kind": "fully_crossed", "arms": ("A,B", "C")},
        {"kind": "fully_crossed", "washout_days": 7},
        {"kind": "double", "positions": ("R1",)},
        {"kind": "double", "positions": ("R1", "R1")},
        {"kind": "single", "mode": "rules"},
        {"kind": "pool", "repeats": {"per_mille": 10, "after_days": 1}},
        {"kind": "unknown"},
    ],
)
def test_a_design_that_does_not_hold_together_is_refused(wrong):
    with pytest.raises(ValidationError):
        Design(step="read", **wrong)


@pytest.mark.parametrize("code", ["a,b", "a/b", "", "a\nb", "=1"])
def test_a_code_that_would_not_stand_alone_in_the_table_is_refused(code):
    with pytest.raises(Invalid, match="a code has"):
        generate(CROSSOVER, SEED, [Batch(readers(2), (Unit(code, "V1"),))])


def test_a_reader_or_unit_that_comes_twice_is_refused():
    first = Batch(readers(2), units(4))

    with pytest.raises(Invalid, match="already"):
        generate(CROSSOVER, SEED, [first, Batch(readers(1))])
    with pytest.raises(Invalid, match="neither"):
        generate(CROSSOVER, SEED, [first, Batch()])


@settings(max_examples=30, deadline=None)
@given(
    people=st.integers(2, 9),
    count=st.integers(0, 60),
    later=st.integers(1, 30),
    size=st.integers(1, 2),
    seed=st.text(max_size=5),
)
def test_rotation_is_level_over_readers_and_pairs_at_every_size(people, count, later, size, seed):
    design = Design(step="read", kind="anchor_rotating", anchor_units=2, readers_per_unit=size)
    batches = [Batch(readers(people), units(count + 2)), Batch((), units(later, start=100))]

    table = generate(design, seed, batches)

    rotating = [row for row in table.rows if row.block == "rotating"]
    loads = Counter({one.code: 0 for one in readers(people)})
    loads.update(row.reader for row in rotating)
    held = {}
    for row in rotating:
        held.setdefault(row.unit, set()).add(row.reader)
    pairs = Counter(dict.fromkeys(combinations(sorted(loads), 2), 0))
    pairs.update(pair for both in held.values() for pair in combinations(sorted(both), 2))
    assert max(loads.values()) - min(loads.values()) <= 1
    assert max(pairs.values()) - min(pairs.values()) <= 1
    anchors = Counter(row.unit for row in table.rows if row.block == "anchor")
    assert set(anchors.values()) == {people}


KINDS = [
    Design(step="read", kind="single"),
    Design(step="read", kind="double", repeats=Repeats(per_mille=150, after_days=7)),
    Design(step="read", kind="fully_crossed", arms=("A", "B"), washout_days=3),
    Design(step="read", kind="split_plot", blocks=3),
    Design(step="read", kind="anchor_rotating", anchor_units=2),
    CROSSOVER.model_copy(update={"repeats": Repeats(per_mille=50, after_days=7)}),
    Design(step="read", kind="pool"),
]


@settings(max_examples=40, deadline=None)
@given(
    design=st.sampled_from(KINDS),
    people=st.integers(2, 6),
    count=st.integers(1, 25),
    more_people=st.integers(0, 2),
    more_units=st.integers(1, 10),
    data=st.data(),
)
def test_what_arrives_later_appends_and_no_order_of_arrival_matters(
    design, people, count, more_people, more_units, data
):
    first = Batch(readers(people), units(count))
    second = Batch(readers(more_people, start=50), units(more_units, start=500))
    mixed = Batch(
        tuple(data.draw(st.permutations(first.readers))),
        tuple(data.draw(st.permutations(first.units))),
    )

    before = generate(design, SEED, [first])
    after = generate(design, SEED, [mixed, second])

    assert after.csv.startswith(before.csv)
    assert [row.row for row in after.rows] == list(range(1, len(after.rows) + 1))
