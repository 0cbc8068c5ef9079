"""Designs in which each unit goes to few readers: single, double, pool, anchor with rotation."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from research.allocation.design import Reader, Rule
from research.allocation.state import Place, State
from research.allocation.units import Batch, Unit
from research.errors import Invalid


def pool(state: State, batch: Batch) -> list[Place]:
    """Every position of every unit is free to be claimed."""
    return [
        Place("", unit, position, "", "", 1)
        for unit in batch.units
        for position in state.design.positions
    ]


def dealt(state: State, batch: Batch) -> list[Place]:
    """Deal units to readers so that loads stay level; a reserve reads what nobody else may."""
    design = state.design
    positions = design.positions[:1] if design.kind == "single" else design.positions
    bound = design.reader_binding == "subject"
    together: dict[str, list[Unit]] = {}
    for unit in state.in_order(batch.units):
        together.setdefault(unit.subject if bound else unit.name, []).append(unit)
    most = _most(state, batch, len(positions))
    places = []
    for name, units in together.items():
        for position in positions:
            reader = state.seats.get((name, position))
            if reader is None or not state.may_read(reader, units[0].subject):
                reader = _chosen(state, units, position, most)
                state.seats[name, position] = reader
            state.seats[units[0].subject, position, reader] = reader
            state.load[reader] += len(units)
            places += [Place(reader, unit, position, "", "", 1) for unit in units]
        held = sorted(state.seats[name, position] for position in positions)
        for pair in combinations(held, 2):
            state.pairs[pair] += len(units)
    return places


def anchor_rotating(state: State, batch: Batch) -> list[Place]:
    """Everybody reads the anchor block; each other unit goes to k readers, in rotation.

    The rotation begins anew whenever a reader joins: it is level over what came since.
    """
    design, key = state.design, state.keyed.place
    readers = [reader.code for reader in state.readers.values() if not reader.reserve]
    readers.sort(key=lambda code: key("reader", code))
    new = {reader.code for reader in batch.readers}
    if new:
        state.load.clear()
        state.pairs.clear()
    ordered = state.in_order(batch.units)
    arrived = {unit.name for unit in ordered}
    if not state.anchors:
        state.anchors = tuple(unit.name for unit in ordered[: design.anchor_units])
    places = [
        Place(reader, state.units[name], reader, "anchor", "", 1)
        for name in state.anchors
        for reader in readers
        if (reader in new or name in arrived) and _meets(state, reader, state.units[name])
    ]
    rotating = [unit for unit in ordered if unit.name not in state.anchors]
    places += _rotated(state, readers, rotating)
    return places


def _rotated(state: State, readers: Sequence[str], units: Sequence[Unit]) -> list[Place]:
    size = state.design.readers_per_unit
    if size > len(readers):
        raise Invalid(f"{size} readers a unit are wanted and there are {len(readers)}")
    places = []
    count = len(readers)
    edges = list(_level_pairs(count)) if size == 2 else []
    begun = sum(state.load.values()) // size
    for number, unit in enumerate(units, start=begun):
        if size == 2:
            chosen = [readers[index] for index in edges[number % len(edges)]]
        else:
            chosen = _least_met(state, readers, size)
        for reader in chosen:
            state.load[reader] += 1
            if _meets(state, reader, unit):
                places.append(Place(reader, unit, reader, "rotating", "", 1))
        for pair in combinations(sorted(chosen), 2):
            state.pairs[pair] += 1
    _refuse_uneven(state, readers, size)
    return places


def _level_pairs(count: int) -> Iterator[tuple[int, int]]:
    """Yield every pair of readers once, so that at each point their counts differ by one at most.

    An even number: the rounds of a tournament, each reader once a round. An odd number: the
    Hamiltonian cycles of Walecki, each walked over its even edges and then its odd ones.
    """
    if count % 2 == 0:
        ring = count - 1
        for turn in range(ring):
            yield turn, ring
            for step in range(1, count // 2):
                yield (turn + step) % ring, (turn - step) % ring
        return
    ring = count - 1
    for turn in range(ring // 2):
        walk = [ring]
        for step in range(ring // 2):
            walk += [(turn - step) % ring, (turn + step + 1) % ring]
        edges = [(walk[at], walk[(at + 1) % count]) for at in range(count)]
        yield from edges[0::2]
        yield from edges[1::2]


def _least_met(state: State, readers: Sequence[str], size: int) -> list[str]:
    """Choose readers one by one: who has read least, then who has met the chosen least."""
    chosen: list[str] = []
    while len(chosen) < size:
        free = [reader for reader in readers if reader not in chosen]
        chosen.append(
            min(
                free,
                key=lambda one: (
                    max((_met(state, one, other) for other in chosen), default=0),
                    state.load[one],
                    sum(_met(state, one, other) for other in chosen),
                ),
            )
        )
    return chosen


def _met(state: State, one: str, other: str) -> int:
    return state.pairs[(one, other) if one < other else (other, one)]


def _refuse_uneven(state: State, readers: Sequence[str], size: int) -> None:
    loads = [state.load[reader] for reader in readers]
    pairs = [state.pairs[pair] for pair in combinations(sorted(readers), 2)] if size > 1 else [0]
    spread = max(max(loads) - min(loads), max(pairs, default=0) - min(pairs, default=0))
    if spread > 1:
        raise Invalid(
            f"with {size} of {len(readers)} readers a unit, reads per reader or per pair differ "
            f"by {spread}: take 1 or 2 readers a unit, or another number of units"
        )


def _meets(state: State, reader: str, unit: Unit) -> bool:
    if state.may_read(reader, unit.subject):
        return True
    state.left_out.append((reader, unit.name))
    return False


def _most(state: State, batch: Batch, positions: int) -> int | None:
    """Return how many rows one reader has at most, where a share is set."""
    percent = state.design.limits.share_percent
    if percent is None:
        return None
    return (sum(state.load.values()) + len(batch.units) * positions) * percent // 100


def _chosen(state: State, units: Sequence[Unit], position: str, most: int | None) -> str:
    """Return the reader with the least load who may read these units in this position."""
    subject = units[0].subject
    named = _named_by_rule(state, units[0])
    fits = [
        reader
        for reader in state.readers.values()
        if reader.position in (None, position)
        and (named is None or reader.code in named)
        and state.may_read(reader.code, subject)
        and not _sits_elsewhere(state, subject, position, reader.code)
        and (most is None or state.load[reader.code] + len(units) <= most)
    ]
    # A reserve reads only what nobody else may.
    able: list[Reader] = [reader for reader in fits if not reader.reserve] or fits
    if not able:
        raise Invalid(
            f"nobody may read {units[0].name} in position {position}: name a reserve reader, "
            "or change rules, exclusions or shares"
        )
    others = [state.seats.get((subject, each), "") for each in state.design.positions]
    return min(
        able,
        key=lambda reader: (
            state.load[reader.code],
            sum(_met(state, reader.code, other) for other in others),
            state.keyed.place("deal", reader.code, units[0].name, position),
        ),
    ).code


def _sits_elsewhere(state: State, subject: str, position: str, reader: str) -> bool:
    return any(
        (subject, other, reader) in state.seats
        for other in state.design.positions
        if other != position
    )


def _named_by_rule(state: State, unit: Unit) -> tuple[str, ...] | None:
    """Return the readers of the first rule that fits; None where there are no rules."""
    if not state.design.rules:
        return None
    for rule in state.design.rules:
        if _fits(rule, unit):
            return rule.readers
    raise Invalid(f"no rule fits {unit.name}: end the rules with one that fits every unit")


def _fits(rule: Rule, unit: Unit) -> bool:
    return all(
        wanted is None or wanted == has
        for wanted, has in (
            (rule.site, unit.site),
            (rule.cohort, unit.cohort),
            (rule.modality, unit.modality),
            (rule.visit, unit.visit),
        )
    )
