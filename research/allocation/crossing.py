"""Designs in which every reader meets every unit of a block: crossed, split-plot, crossover."""

from collections.abc import Iterator

from research.allocation.design import Reader
from research.allocation.state import Place, State
from research.allocation.units import Batch, Unit


def fully_crossed(state: State, batch: Batch) -> list[Place]:
    """Every reader reads every unit, each arm in a session of its own."""
    return [
        place
        for reader, unit in _new_pairs(state, batch)
        for place in _in_arms(state, reader, unit, block="", shift=0)
    ]


def split_plot(state: State, batch: Batch) -> list[Place]:
    """Blocks of units, groups of readers: each group reads its own block (Obuchowski 2012)."""
    count = state.design.blocks
    state.join_groups(_mains(batch), count)
    state.join_blocks(batch.units, count)
    return [
        place
        for reader, unit in _new_pairs(state, batch)
        if state.groups[reader] == state.blocks[unit.name]
        for place in _in_arms(state, reader, unit, block=_letter(state, unit), shift=0)
    ]


def crossover(state: State, batch: Batch) -> list[Place]:
    """As many blocks and groups as arms; from session to session each pair moves one arm on."""
    count = len(state.design.arms)
    state.join_groups(_mains(batch), count)
    state.join_blocks(batch.units, count)
    return [
        place
        for reader, unit in _new_pairs(state, batch)
        for place in _in_arms(
            state,
            reader,
            unit,
            block=_letter(state, unit),
            shift=state.groups[reader] + state.blocks[unit.name],
        )
    ]


def _mains(batch: Batch) -> list[Reader]:
    return [reader for reader in batch.readers if not reader.reserve]


def _new_pairs(state: State, batch: Batch) -> Iterator[tuple[str, Unit]]:
    """Yield reader and unit where at least one is new; a pair that may not meet is left out."""
    arrived = {unit.name for unit in batch.units}
    new_readers = {reader.code for reader in batch.readers}
    for reader in state.readers.values():
        if reader.reserve:
            continue
        for name, unit in state.units.items():
            if reader.code not in new_readers and name not in arrived:
                continue
            if state.may_read(reader.code, unit.subject):
                yield reader.code, unit
            else:
                state.left_out.append((reader.code, name))


def _in_arms(state: State, reader: str, unit: Unit, *, block: str, shift: int) -> Iterator[Place]:
    arms = state.design.arms or ("",)
    for session in range(len(arms)):
        arm = arms[(session + shift) % len(arms)]
        yield Place(reader, unit, reader, block, arm, session + 1)


def _letter(state: State, unit: Unit) -> str:
    return chr(ord("A") + state.blocks[unit.name])
