"""Writing one file so that a crash at any moment leaves the old one or the new one, never half."""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from lake.location import Lake


def write_once(lake: Lake, target: str, chunks: Iterable[bytes]) -> None:
    """Put a whole file in place at once; a target that exists is replaced by equal right."""
    if lake.is_remote:
        # An S3 object appears when its last part is acknowledged, and not before.
        with lake.filesystem().open(target, "wb") as remote:
            for chunk in chunks:
                remote.write(chunk)
        return
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with unfinished.open("xb") as local:
            for chunk in chunks:
                local.write(chunk)
            local.flush()
            os.fsync(local.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folders(path.parent, top=Path(lake.uri))


def _sync_folders(folder: Path, *, top: Path) -> None:
    """Make the names durable too: a file is lost if the folder that names it was not written."""
    for place in (folder, *folder.parents):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if place == top:
            return
