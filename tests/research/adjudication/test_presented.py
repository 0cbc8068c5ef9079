"""The order of A and B is the seed's, not the readers'."""

from research.adjudication.presented import drawn, presented

SEED = b"a seed that is kept secret until the final lock"


def test_the_order_is_repeated_from_the_seed_whatever_order_the_rule_names() -> None:
    units = [f"subject-{number}" for number in range(400)]

    firsts = [presented(["R1", "R2"], seed=SEED, unit=unit)[0] for unit in units]
    again = [presented(["R2", "R1"], seed=SEED, unit=unit)[0] for unit in units]

    assert firsts == again
    assert 140 < firsts.count("R1") < 260
    assert firsts != [presented(["R1", "R2"], seed=b"another", unit=unit)[0] for unit in units]


def test_the_record_drawn_where_nothing_differs_tells_nothing_of_the_order() -> None:
    units = [f"subject-{number}" for number in range(400)]

    same = sum(
        drawn(["R1", "R2"], seed=SEED, unit=unit)
        == presented(["R1", "R2"], seed=SEED, unit=unit)[0]
        for unit in units
    )

    assert 140 < same < 260
