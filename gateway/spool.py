"""The durable spool: an object is acknowledged only when it would survive a power failure.

Folders: `incoming` (being received, worth nothing), `received` (originals, identifying),
`outgoing` (de-identified, can be made again), `quarantine` (originals a person must look at).
File names are random ids: nothing a sender says becomes part of a path.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.errors import InstanceTooLarge, SpoolFull

INCOMING, RECEIVED, OUTGOING, QUARANTINE = "incoming", "received", "outgoing", "quarantine"
KEPT: Final = (RECEIVED, OUTGOING, QUARANTINE)
SUFFIX: Final = ".dcm"
SHARDS: Final = tuple(f"{number:02x}" for number in range(256))


@dataclass(frozen=True)
class Spool:
    """A spool folder with its limits."""

    folder: Path
    min_free_bytes: int
    max_instance_bytes: int

    def prepare(self) -> None:
        """Make the folders, readable by their owner alone."""
        for name in (INCOMING, *(f"{kept}/{shard}" for kept in KEPT for shard in SHARDS)):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def path(self, name: str, instance: str) -> Path:
        """Return where a file of an instance is."""
        return self.folder / name / instance[:2] / (instance + SUFFIX)

    def free_bytes(self) -> int:
        """Return the free space of the disk."""
        return shutil.disk_usage(self.folder).free

    def check_room(self, size: int) -> None:
        """Refuse an object that is too large or that leaves too little room."""
        self.check_size(size)
        if self.free_bytes() < self.min_free_bytes:
            raise SpoolFull("the free space of the spool is below its watermark")

    def check_size(self, size: int) -> None:
        """Refuse an object that is too large."""
        if size > self.max_instance_bytes:
            raise InstanceTooLarge(f"an object of {size} bytes is above the limit")

    def accept(self, incoming: Path, instance: str) -> None:
        """Make a received file durable, its data, then its name: only then is it acknowledged."""
        sync_data(incoming)
        self.keep(incoming, instance)

    def keep(self, incoming: Path, instance: str) -> None:
        """Give a file whose data is on the disk its name there."""
        target = self.path(RECEIVED, instance)
        incoming.rename(target)
        sync_folder(target.parent)

    def quarantine(self, instance: str) -> None:
        """Move an original to where a person looks; done again it changes nothing."""
        source = self.path(RECEIVED, instance)
        target = self.path(QUARANTINE, instance)
        if source.exists():
            source.rename(target)
            sync_folder(target.parent)
            sync_folder(source.parent)
        self.path(OUTGOING, instance).unlink(missing_ok=True)

    def forget(self, instance: str) -> None:
        """Delete an instance's files, after the platform's receipt and nothing less."""
        self.path(OUTGOING, instance).unlink(missing_ok=True)
        self.path(RECEIVED, instance).unlink(missing_ok=True)

    def instances(self, name: str) -> Iterator[tuple[str, int, float]]:
        """Yield id, size and time of the files of a folder, one shard after the other."""
        for shard in SHARDS:
            with os.scandir(self.folder / name / shard) as entries:
                for entry in entries:
                    facts = entry.stat()
                    yield entry.name.removesuffix(SUFFIX), facts.st_size, facts.st_mtime

    def discard_incoming(self, before: datetime | None = None) -> int:
        """Delete what was begun and not completed (before a moment): it was never acknowledged."""
        limit = before.timestamp() if before else float("inf")
        with os.scandir(self.folder / INCOMING) as entries:
            abandoned = [entry.path for entry in entries if _changed_at(entry) < limit]
        for path in abandoned:
            os.unlink(path)
        return len(abandoned)


def _changed_at(entry: "os.DirEntry[str]") -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:
        # It has just been completed and moved.
        return float("inf")


def sync_data(path: Path) -> None:
    """Write a file's data to the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        sync_descriptor(descriptor)
    finally:
        os.close(descriptor)


def sync_descriptor(descriptor: int) -> None:
    """Write an open file's data to the disk."""
    os.fdatasync(descriptor) if hasattr(os, "fdatasync") else os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Write a folder's names to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
