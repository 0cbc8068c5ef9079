"""A PACS for the demo: pushes the DICOM files inside the pydicom package over the network."""

import warnings
from collections.abc import Callable
from pathlib import Path

import pydicom.data
from pydicom import FileDataset, dcmread
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID
from pynetdicom import AE, _config
from pynetdicom.presentation import PresentationContext, build_context

from readout.errors import ServiceFailed

MOST_CONTEXTS = 128
IDENTITY = ["SOPClassUID", "SOPInstanceUID"]


def public_files() -> list[Path]:
    """Return the package's files that a PACS would send: one per SOP Instance UID, whole."""
    folder = Path(pydicom.data.__file__).parent / "test_files"
    chosen: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or "truncated" in path.name:
            continue
        try:
            header = _identity(path)
        except (InvalidDicomError, OSError):
            continue  # The folder holds other kinds of files too.
        syntax = getattr(header.file_meta, "TransferSyntaxUID", None)
        if syntax and header.get("SOPClassUID") and header.get("SOPInstanceUID"):
            chosen.setdefault(header.SOPInstanceUID, path)
    return sorted(chosen.values())


def push(
    files: list[Path], *, host: str, port: int, called_ae: str, sent: Callable[[], None]
) -> dict[int, int]:
    """Send files by C-STORE and return how many got each status; `sent` is told of each file."""
    groups: dict[tuple[UID, UID], list[Path]] = {}
    for path in files:
        header = _identity(path)
        kind = (header.SOPClassUID, header.file_meta.TransferSyntaxUID)
        groups.setdefault(kind, []).append(path)
    # The bytes go out as they stand in the file: some of these files cannot be encoded anew.
    _config.STORE_SEND_CHUNKED_DATASET = True
    entity = AE(ae_title="DEMO_PACS")
    entity.requested_contexts = _contexts(list(groups))
    association = entity.associate(host, port, ae_title=called_ae)
    if not association.is_established:
        raise ServiceFailed(f"the gateway at {host}:{port} did not accept the demo's association")
    statuses: dict[int, int] = {}
    try:
        for paths in groups.values():
            for path in paths:
                answer = association.send_c_store(path)
                status = int(answer.get("Status", -1))
                statuses[status] = statuses.get(status, 0) + 1
                sent()
    finally:
        association.release()
    return statuses


def _identity(path: Path) -> FileDataset:
    """Read what a sender must know; that some of these files are odd is why they are here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return dcmread(path, stop_before_pixels=True, specific_tags=IDENTITY)


def _contexts(kinds: list[tuple[UID, UID]]) -> list[PresentationContext]:
    contexts = [build_context(sop_class, syntax) for sop_class, syntax in kinds]
    if len(contexts) > MOST_CONTEXTS:
        raise ServiceFailed(f"{len(contexts)} kinds of files are more than one association takes")
    return contexts
