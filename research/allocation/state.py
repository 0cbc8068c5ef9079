"""What earlier batches left behind: who there is, where each stands, and how much they have."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from research.allocation.design import Design, Reader
from research.allocation.keyed import Keyed
from research.allocation.units import Batch, Unit


class Place(NamedTuple):
    """A read that a design asks for, before it has a row and an order."""

    reader: str
    unit: Unit
    position: str
    block: str
    arm: str
    session: int


@dataclass
class State:
    """Everything dealt so far. Batches only ever add to it."""

    design: Design
    keyed: Keyed
    readers: dict[str, Reader] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    excluded: set[tuple[str, str]] = field(default_factory=set)
    groups: dict[str, int] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)
    load: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    seats: dict[tuple[str, ...], str] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    anchors: tuple[str, ...] = ()

    def enter(self, batch: Batch) -> None:
        """Let the readers and units of a batch in; those of one batch come in no order."""
        self.excluded |= batch.excluded
        self.readers |= {reader.code: reader for reader in batch.readers}
        self.units |= {unit.name: unit for unit in batch.units}

    def in_order(self, units: Iterable[Unit]) -> list[Unit]:
        """Return units as the mode has them: by their codes, or as their hashes fall."""
        if self.design.mode == "sequential":
            return sorted(units, key=lambda unit: unit.rank)
        return sorted(units, key=lambda unit: self.keyed.place("unit", unit.name))

    def join_groups(self, readers: Sequence[Reader], count: int) -> None:
        """Put readers into groups in balanced blocks: the smallest group first."""
        held = Counter(self.groups.values())
        for reader in sorted(readers, key=lambda one: self.keyed.place("reader", one.code)):
            group = min(
                range(count),
                key=lambda each: (held[each], self.keyed.place("group", reader.code, each)),
            )
            self.groups[reader.code] = group
            held[group] += 1

    def join_blocks(self, units: Iterable[Unit], count: int) -> None:
        """Put units into blocks of one size, each stratum spread evenly over them."""
        by = self.design.stratify_by
        total = Counter(self.blocks.values())
        held = Counter((self.units[name].stratum(by), block) for name, block in self.blocks.items())
        ordered = sorted(
            units, key=lambda unit: (unit.stratum(by), self.keyed.place("block", unit.name))
        )
        for unit in ordered:
            stratum = unit.stratum(by)
            block = min(
                range(count),
                key=lambda each: (
                    held[stratum, each],
                    total[each],
                    self.keyed.place("blocks", *stratum, each),
                ),
            )
            self.blocks[unit.name] = block
            held[stratum, block] += 1
            total[block] += 1

    def may_read(self, reader: str, subject: str) -> bool:
        """Tell whether nothing excludes the reader from the subject."""
        return (reader, subject) not in self.excluded
