"""De-identify what was received: original in, de-identified file beside it, state written after."""

import mmap
from dataclasses import dataclass
from typing import Final

from deid.deidentify import deidentify_file
from deid.errors import DeidError
from deid.profile import Profile
from deid.pseudonyms import SiteKey
from gateway.log import say
from gateway.spool import OUTGOING, RECEIVED, Spool
from gateway.states import MAX_CRASHES, Cleaned, Instance, State, States

BATCH: Final = 32


@dataclass(frozen=True)
class Cleaning:
    """What de-identification needs to know."""

    spool: Spool
    states: States
    profile: Profile
    key: SiteKey

    def run_once(self) -> int:
        """De-identify the next instances; return how many were worked on."""
        taken = self.states.take_received(BATCH)
        cleaned: list[Cleaned] = []
        for instance in taken:
            try:
                cleaned.append(self._clean(instance))
            except DeidError as error:
                self._quarantine(instance, error.code)
            except FileNotFoundError:
                self._quarantine(instance, "original_missing")
        self.states.deidentified(cleaned)
        return len(taken)

    def _clean(self, instance: Instance) -> Cleaned:
        if instance.crashes >= MAX_CRASHES:
            raise WorkCrashed(f"the work ended {instance.crashes} times on instance {instance.id}")
        source = self.spool.path(RECEIVED, instance.id)
        target = self.spool.path(OUTGOING, instance.id)
        with source.open("rb") as file:
            # Not closed by hand: a refusal's traceback may still hold views of the mapping.
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        done = deidentify_file(memoryview(mapped), profile=self.profile, key=self.key)
        with target.open("wb") as output:
            output.writelines(done.chunks)
        return Cleaned(instance.id, done.sop_instance_uid, done.sha256, done.size)

    def _quarantine(self, instance: Instance, code: str) -> None:
        self.spool.quarantine(instance.id)
        self.states.move([instance.id], State.QUARANTINED, code=code)
        say("instance_quarantined", instance=instance.id, code=code)


class WorkCrashed(DeidError):
    """The process ended while it worked on this object, more than once."""

    code = "work_crashed"
