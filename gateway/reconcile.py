"""After a start, files and states are made to agree, whatever moment the machine stopped at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from gateway.spool import OUTGOING, QUARANTINE, RECEIVED, Spool
from gateway.states import State, States

BATCH: Final = 500
# States in which the original must still be there, waiting for its next step.
OPEN: Final = frozenset({State.RECEIVED, State.DEIDENTIFIED, State.UPLOADING, State.FAILED})
File = tuple[str, int, float]


@dataclass(frozen=True)
class Reconciled:
    """What had to be mended."""

    discarded: int = 0
    entered: int = 0
    deleted: int = 0
    quarantined: int = 0


def reconcile(spool: Spool, states: States) -> Reconciled:
    """Make files and states agree: nothing acknowledged is lost, nothing is done twice."""
    discarded = spool.discard_incoming()
    states.recover()
    entered = deleted = quarantined = 0
    for files in _batches(spool.instances(RECEIVED)):
        known = states.known([file[0] for file in files])
        new = [(instance, size) for instance, size, _ in files if instance not in known]
        states.add(new)
        entered += len(new)
        for instance, state in known.items():
            if state is State.ACKNOWLEDGED:
                spool.forget(instance)
                deleted += 1
            elif state is State.QUARANTINED:
                spool.quarantine(instance)
                quarantined += 1
    quarantined += _enter_quarantined(spool, states)
    deleted += _drop_outgoing(spool, states)
    return Reconciled(discarded, entered, deleted, quarantined)


def _enter_quarantined(spool: Spool, states: States) -> int:
    """Enter originals that were moved aside before their state was written."""
    moved = 0
    for files in _batches(spool.instances(QUARANTINE)):
        known = states.known([file[0] for file in files])
        states.add([(instance, size) for instance, size, _ in files if instance not in known])
        late = [file[0] for file in files if known.get(file[0]) is not State.QUARANTINED]
        states.move(late, State.QUARANTINED, code="found_in_quarantine")
        moved += len(late)
    return moved


def _drop_outgoing(spool: Spool, states: States) -> int:
    """Delete de-identified files that no upload waits for; they can be made again."""
    dropped = 0
    wanted = OPEN - {State.RECEIVED}
    for files in _batches(spool.instances(OUTGOING)):
        known = states.known([file[0] for file in files])
        for instance, _, _ in files:
            if known.get(instance) not in wanted:
                spool.path(OUTGOING, instance).unlink()
                dropped += 1
    return dropped


def _batches(files: Iterable[File]) -> Iterator[list[File]]:
    iterator = iter(files)
    while batch := list(islice(iterator, BATCH)):
        yield batch
