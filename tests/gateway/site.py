"""The parts of a gateway without its processes: a spool, its states, a clock that can be set."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.spool import INCOMING, Spool
from gateway.states import States


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Site:
    """A spool, its states and its clock."""

    folder: Path
    clock: Clock
    spool: Spool
    states: States

    def receive(self, instance: str, content: bytes = b"original") -> None:
        """Make an instance durable and enter it, as the listener and the recorder do."""
        self.spool_only(instance, content)
        self.states.add([(instance, len(content))])

    def spool_only(self, instance: str, content: bytes = b"original") -> None:
        """Make an instance durable without entering it, as a kill would leave it."""
        incoming = self.spool.folder / INCOMING / "tmp.dcm"
        incoming.write_bytes(content)
        self.spool.accept(incoming, instance)

    def files(self, name: str) -> set[str]:
        """Return the instances that have a file in a folder of the spool."""
        return {instance for instance, _, _ in self.spool.instances(name)}


def make_site(folder: Path) -> Site:
    """Return a new site."""
    spool = Spool(folder / "spool", min_free_bytes=0, max_instance_bytes=1 << 30)
    spool.prepare()
    clock = Clock()
    return Site(folder, clock, spool, States(folder / "state.db", clock))
