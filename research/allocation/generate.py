"""The generator: batches of readers and units in, the allocation table out; pure and exact."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from research.allocation.crossing import crossover, fully_crossed, split_plot
from research.allocation.dealing import anchor_rotating, dealt, pool
from research.allocation.design import Design, Kind
from research.allocation.keyed import ALGORITHM, Keyed, commitment
from research.allocation.opening import opens_rule
from research.allocation.state import Place, State
from research.allocation.table import Row, sealed, table_digest, to_csv
from research.allocation.units import Batch
from research.codes import checked_code
from research.errors import Invalid

DESIGNS: dict[Kind, Callable[[State, Batch], list[Place]]] = {
    "single": dealt,
    "double": dealt,
    "fully_crossed": fully_crossed,
    "split_plot": split_plot,
    "anchor_rotating": anchor_rotating,
    "crossover": crossover,
    "pool": pool,
}


@dataclass(frozen=True)
class Table:
    """An allocation: its rows, and the pairs of reader and unit that were left out."""

    rows: tuple[Row, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def csv(self) -> bytes:
        """The canonical bytes."""
        return to_csv(self.rows)

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical bytes."""
        return table_digest(self.rows)


def generate(
    design: Design, seed: str, batches: Sequence[Batch], *, algorithm: str = ALGORITHM
) -> Table:
    """Return the table of these batches; that of the first ones is always its beginning."""
    if algorithm != ALGORITHM:
        raise Invalid(f"there is no allocation algorithm {algorithm}; this is {ALGORITHM}")
    state = State(design, Keyed(seed, algorithm))
    rows: list[Row] = []
    previous = ""
    for number, batch in enumerate(batches, start=1):
        _check(state, batch, number)
        state.enter(batch)
        places = DESIGNS[design.kind](state, batch)
        fresh = _numbered(state, rows, places, _Head(batch.version, number, commitment(seed)))
        done = sealed(fresh, design_digest=design.digest, previous=previous)
        previous = done[-1].digest if done else previous
        rows += done
    _refuse_shares(design, rows)
    return Table(tuple(rows), tuple(sorted(set(state.left_out))))


@dataclass(frozen=True)
class _Head:
    version: int
    batch: int
    seed_commitment: str


def _check(state: State, batch: Batch, number: int) -> None:
    """Refuse what could not be told apart later."""
    for unit in batch.units:
        # A slash or a comma in a code would make two units, or two columns, look like one.
        checked_code(unit.subject)
        checked_code(unit.visit)
    codes = [reader.code for reader in batch.readers]
    names = [unit.name for unit in batch.units]
    again = {*codes} & {*state.readers} or {*names} & {*state.units}
    if len(set(codes)) < len(codes) or len(set(names)) < len(names) or again:
        raise Invalid(f"batch {number} names a reader or unit that is in the table already")
    if not codes and not names:
        raise Invalid(f"batch {number} adds neither a reader nor a unit")
    known = {*state.readers, *codes}
    if state.design.kind != "pool" and not known:
        raise Invalid("an allocation needs a reader")
    if not names and not state.units:
        raise Invalid("an allocation needs a unit")
    strangers = sorted({one for rule in state.design.rules for one in rule.readers} - known)
    if strangers:
        raise Invalid(f"a rule names {', '.join(strangers)}, who is no reader of this allocation")


def _numbered(state: State, before: Sequence[Row], places: list[Place], head: _Head) -> list[Row]:
    """Give the places of one batch their order and row, then draw what is read again."""
    orders = Counter((row.reader, row.session) for row in before)
    earlier: dict[tuple[str, str, str, int], int] = {}
    rows = []
    for number, place in enumerate(_sorted(state, places), start=len(before) + 1):
        orders[place.reader, place.session] += 1
        key = (place.reader, place.unit.name, place.position)
        earlier[(*key, place.session)] = number
        rows.append(
            _row(
                state,
                place,
                head,
                number,
                order=orders[place.reader, place.session],
                opens=_washout(state.design, earlier.get((*key, place.session - 1))),
            )
        )
    return rows + _repeats(state, before, rows, orders)


def _sorted(state: State, places: list[Place]) -> list[Place]:
    """Sort by reader, session and the order within it: the keyed hash, or the units' codes."""
    design, key = state.design, state.keyed.place

    def where(place: Place) -> tuple[object, ...]:
        if design.mode == "sequential":
            return place.reader, place.session, place.unit.rank, place.position
        unit = place.unit
        name = unit.subject if design.unit == "subject" else unit.name
        drawn = key("order", place.reader, name, place.session)
        return place.reader, place.session, drawn, unit.ordinal, unit.visit, place.position

    return sorted(places, key=where)


def _row(state: State, place: Place, head: _Head, number: int, *, order: int, opens: str) -> Row:
    unit = place.unit
    return Row(
        allocation_version=head.version,
        batch=head.batch,
        row=number,
        unit=unit.subject if state.design.unit == "subject" else unit.name,
        subject=unit.subject,
        visit=unit.visit,
        reader=place.reader,
        position=place.position,
        block=place.block,
        arm=place.arm,
        session=place.session,
        order=order,
        repeat_of=None,
        opens_rule=opens,
        algorithm=ALGORITHM,
        seed_commitment=head.seed_commitment,
    )


def _washout(design: Design, earlier: int | None) -> str:
    return opens_rule(earlier, design.washout_days) if earlier and design.washout_days else ""


def _repeats(
    state: State, before: Sequence[Row], rows: Sequence[Row], orders: Counter[tuple[str, int]]
) -> list[Row]:
    """Draw for each reader the reads that come back; the share holds over all batches."""
    asked = state.design.repeats
    if asked is None:
        return []
    key = state.keyed.place
    reads = Counter(row.reader for row in (*before, *rows) if row.repeat_of is None)
    have = Counter(row.reader for row in before if row.repeat_of is not None)
    mine: dict[str, list[Row]] = {}
    for row in rows:
        mine.setdefault(row.reader, []).append(row)
    again: list[Row] = []
    for reader, own in sorted(mine.items()):
        # Half up, in whole numbers: the same everywhere.
        wanted = (2 * reads[reader] * asked.per_mille + 1000) // 2000 - have[reader]
        drawn = sorted(own, key=lambda row: key("repeat", row.reader, row.unit, row.visit,
                       row.position, row.session))[: max(0, wanted)]  # fmt: skip
        drawn.sort(key=lambda row: (row.session, key("again", row.reader, row.unit, row.visit,
                   row.position, row.session)))  # fmt: skip
        for row in drawn:
            orders[row.reader, row.session] += 1
            again.append(
                row._replace(
                    row=len(before) + len(rows) + len(again) + 1,
                    order=orders[row.reader, row.session],
                    repeat_of=row.row,
                    opens_rule=opens_rule(row.row, asked.after_days),
                )
            )
    return again


def _refuse_shares(design: Design, rows: Sequence[Row]) -> None:
    percent = design.limits.share_percent
    if percent is None:
        return
    for reader, reads in sorted(Counter(row.reader for row in rows).items()):
        if reader and reads * 100 > percent * len(rows):
            raise Invalid(
                f"reader {reader} would have {reads} of {len(rows)} reads, "
                f"more than the {percent} per cent that the design allows"
            )
