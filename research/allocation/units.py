"""Units, readers and exclusions as the generator takes them: codes alone, no ids."""

from dataclasses import dataclass
from functools import cached_property

from research.allocation.design import Reader


@dataclass(frozen=True)
class Unit:
    """What is read at once: one visit of one subject, by code, with what designs look at."""

    subject: str
    visit: str
    site: str = ""
    cohort: str = ""
    modality: str = ""
    # Where the visit stands among those of its subject.
    ordinal: int = 0

    @cached_property
    def name(self) -> str:
        """The unit's own name; neither code has a slash."""
        return f"{self.subject}/{self.visit}"

    @property
    def rank(self) -> tuple[str, int, str]:
        """Where it stands when nothing is drawn."""
        return self.subject, self.ordinal, self.visit

    def stratum(self, by: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the blocks are balanced over."""
        return tuple(str(getattr(self, name)) for name in by)


@dataclass(frozen=True)
class Batch:
    """What arrived together: the readers and units that an earlier table did not have.

    `excluded` are pairs of reader and subject that may not meet.
    """

    readers: tuple[Reader, ...] = ()
    units: tuple[Unit, ...] = ()
    excluded: frozenset[tuple[str, str]] = frozenset()
    version: int = 1
