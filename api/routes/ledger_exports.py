"""The project's ledger to take along: copies for people, and the bundle that proves itself.

An export is an entry; it waits until a checkpoint covers that entry, and carries it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from accounts.authorize import authorize
from accounts.clock_source import clock_source
from accounts.ledger import log as ledger_log
from accounts.ledger.verify import trusted_keys
from api.covering import checkpoint_header, covering_note
from api.errors import BadQuery
from api.keys import public_keys
from api.work import SignedIn, Work
from lake.errors import LockMissing
from lake.location import Lake
from lake.locks import manifest_bytes
from research.inspection import (
    Export,
    copied,
    locked_manifests,
    write_project_bundle,
    zip_folder,
)
from research.projects import find_project

router = APIRouter(prefix="/api/projects/{project_id}/ledger", tags=["ledger"])
Format = Literal["csv", "json", "pdf", "bundle"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "bundle": "application/zip",
}
VERIFIER = Path(__file__).parents[2] / "deploy" / "verify_ledger.py"
BLOCK = 1 << 16


@router.get("/export", response_class=StreamingResponse)
def export_ledger(
    project_id: str,
    work: SignedIn,
    format: Annotated[Format, Query(description="a copy for people, or the whole bundle")],
    size: Annotated[
        int | None, Query(ge=1, le=2**53, description="only so many entries; copies alone")
    ] = None,
    openings: Annotated[
        bool, Query(description="whether values that can be opened are written out")
    ] = True,
) -> StreamingResponse:
    """Export the ledger; the answer begins when its checkpoint is signed."""
    if size is not None and format == "bundle":
        raise BadQuery("a bundle holds the whole ledger: leave the size out")
    with work.changing() as act:
        authorize(act, "export", "ledger", project_id)
        present = ledger_log.size(act.session, project_id)
        if size is not None and size > present:
            raise BadQuery(f"the ledger has {present} entries: ask for no more")
        code = find_project(act.session, project_id).code
        after = {"format": format, "size": size, "openings": openings}
        sequence = act.record(project_id, "exported", "ledger", project_id, after=after)
    note = covering_note(work, project_id, sequence)
    export = Export(
        project=project_id,
        code=code,
        note=note,
        clock=str(clock_source()),
        made_at=work.platform.clock(),
        build=work.platform.build,
    )
    folder = Path(tempfile.mkdtemp(dir=work.platform.settings.spool_folder))
    try:
        file, entries = _written(work, export, folder, format, size, is_open=openings)
    except BaseException:
        shutil.rmtree(folder)
        raise
    extension = "zip" if format == "bundle" else format
    headers = {
        "Content-Disposition": f'attachment; filename="{code}-ledger-{entries}.{extension}"',
        "Content-Length": str(file.stat().st_size),
        **checkpoint_header(note),
        "X-Readout-Entries": str(entries),
    }
    return StreamingResponse(_blocks(file), media_type=MEDIA_TYPES[format], headers=headers)


def _written(
    work: Work, export: Export, folder: Path, format: Format, size: int | None, *, is_open: bool
) -> tuple[Path, int]:
    """Write what is asked for into a folder; return the file and its number of entries."""
    file = folder / f"export.{format}"
    with work.looking() as act:
        present = ledger_log.size(act.session, export.project)
        if format != "bundle":
            with file.open("wb") as out:
                out.writelines(
                    copied(act.session, export, size or present, format, is_open=is_open)
                )
            return file, size or present
        keys = trusted_keys(act.session, public_keys(work.platform.settings.ledger_keys))
        locked = locked_manifests(act.session, export.project)
        manifests = _manifests(work.platform.lake, export.project, locked)
        write_project_bundle(
            act.session,
            folder / "bundle",
            export,
            keys=keys,
            manifests=manifests,
            verifier=VERIFIER if VERIFIER.exists() else None,
            is_open=is_open,
        )
    zip_folder(folder / "bundle", file)
    return file, present


def _manifests(lake: Lake, project: str, digests: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for digest in digests:
        try:
            yield digest, manifest_bytes(lake, project, digest)
        except LockMissing:
            continue  # the verifier says of it that it is not covered


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as source:
            while block := source.read(BLOCK):
                yield block
    finally:
        shutil.rmtree(file.parent)
