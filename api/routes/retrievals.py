"""WADO-RS: objects, metadata, frames and bulk data of a root (PS3.18 10.4)."""

import gzip
import io
from collections.abc import Iterator
from typing import Annotated

import pydicom
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from api.dicomweb.accept import MediaRange, accepted, choose
from api.dicomweb.addresses import DICOM_JSON, INSTANCE, MATCHES, SERIES, STUDY, Answers, Uid
from api.dicomweb.blinding import PIXELS, blinded
from api.dicomweb.multipart import related_type, write_related
from api.dicomweb.pixels import OCTETS, StoredImage
from api.dicomweb.roots import AnyRoot, Root
from api.errors import NoSuchThing, NotAcceptable
from api.work import Work
from lake.objects import read_object
from research.image_roots import RootInstance

router = APIRouter(tags=["dicomweb"])
Frames = Annotated[str, Path(pattern=r"^[0-9]{1,9}(,[0-9]{1,9}){0,4999}$")]
Tag = Annotated[str, Path(pattern=r"^[0-9A-Fa-f]{8}$")]
DICOM, JSON = "application/dicom", "application/json"
EXPLICIT = "1.2.840.10008.1.2.1"
MULTIPART: Answers = {
    200: {"description": "multipart/related", "content": {"multipart/related": {}}}
}


@router.get(STUDY, response_class=Response, responses=MULTIPART)
def retrieve_study(study: Uid, root: AnyRoot, request: Request) -> Response:
    """Give the objects of a study."""
    return _objects(root, request, root.find(study=study), single=False)


@router.get(SERIES, response_class=Response, responses=MULTIPART)
def retrieve_series(study: Uid, series: Uid, root: AnyRoot, request: Request) -> Response:
    """Give the objects of a series."""
    return _objects(root, request, root.find(study=study, series=series), single=False)


@router.get(INSTANCE, response_class=Response, responses=MULTIPART)
def retrieve_instance(
    study: Uid, series: Uid, instance: Uid, root: AnyRoot, request: Request
) -> Response:
    """Give one object, alone where the Accept header asks for application/dicom."""
    found = root.find(study=study, series=series, instance=instance)
    return _objects(root, request, found, single=True)


@router.get(f"{STUDY}/metadata", response_class=Response, responses=MATCHES)
def retrieve_study_metadata(study: Uid, root: AnyRoot, request: Request) -> Response:
    """Give the headers of a study."""
    return _metadata(root, request, root.find(study=study), "study", study)


@router.get(f"{SERIES}/metadata", response_class=Response, responses=MATCHES)
def retrieve_series_metadata(study: Uid, series: Uid, root: AnyRoot, request: Request) -> Response:
    """Give the headers of a series."""
    return _metadata(root, request, root.find(study=study, series=series), "series", series)


@router.get(f"{INSTANCE}/metadata", response_class=Response, responses=MATCHES)
def retrieve_instance_metadata(
    study: Uid, series: Uid, instance: Uid, root: AnyRoot, request: Request
) -> Response:
    """Give the header of an instance."""
    found = root.find(study=study, series=series, instance=instance)
    return _metadata(root, request, found, "instance", instance)


@router.get(f"{INSTANCE}/frames/{{frames}}", response_class=Response, responses=MULTIPART)
def retrieve_frames(
    study: Uid, series: Uid, instance: Uid, frames: Frames, root: AnyRoot, request: Request
) -> Response:
    """Give frames by number, counted from 1: as stored where the client takes that."""
    (found,) = root.find(study=study, series=series, instance=instance)
    image = root.stored(found)
    numbers = [int(number) for number in frames.split(",")]
    count = image.frames.count if image.frames else 0
    if not all(1 <= number <= count for number in numbers):
        raise NoSuchThing("no such frame")
    wanted, native = _frame_form(image, request.headers.get("accept"))
    media_type = OCTETS if native else _part_type(image, wanted)
    syntax = EXPLICIT if native else image.client_syntax
    part_type = f"{media_type}; transfer-syntax={syntax}"
    read = image.native_frame if native else image.client_frame
    if not wanted.is_multipart and wanted.kind != "*/*" and len(numbers) == 1:
        return Response(read(numbers[0]), media_type=part_type)
    return _multipart(root.work, media_type, ((part_type, (read(number),)) for number in numbers))


@router.get(f"{INSTANCE}/bulkdata/{{tag}}", response_class=Response, responses=MULTIPART)
def retrieve_bulk_data(
    study: Uid, series: Uid, instance: Uid, tag: Tag, root: AnyRoot, request: Request
) -> Response:
    """Give the bytes of one large attribute that the metadata links to."""
    (found,) = root.find(study=study, series=series, instance=instance)
    image = root.stored(found)
    plain = any(not each.is_multipart for each in accepted(request.headers.get("accept")))
    if int(tag, 16) in PIXELS:
        count = image.frames.count if image.frames else 0
        parts = [image.client_frame(number) for number in range(1, count + 1)]
        body = (b"".join(parts),) if image.is_native else tuple(parts)
    else:
        header = root.header(found)
        if int(tag, 16) not in header or not isinstance(header[int(tag, 16)].value, bytes):
            raise NoSuchThing("no such bulk data")
        body = (header[int(tag, 16)].value,)
    if plain and len(body) == 1:
        return Response(body[0], media_type=OCTETS)
    return _multipart(root.work, OCTETS, ((OCTETS, (part,)) for part in body))


def _frame_form(image: StoredImage, accept: str | None) -> tuple[MediaRange, bool]:
    """Choose how frames are given, and whether they must be decoded for it (PS3.18 8.7.3).

    A plain octet-stream means uncompressed; `transfer-syntax=*`, which viewers send, means as
    stored.
    """
    for wanted in accepted(accept):
        asked = wanted.transfer_syntax
        as_stored = asked in ("*", image.client_syntax)
        if wanted.named in (OCTETS, "application/*"):
            if as_stored or asked in (None, EXPLICIT):
                return wanted, not (as_stored or image.is_native)
        elif wanted.allows(image.media_type) and (as_stored or asked is None):
            return wanted, False
    raise NotAcceptable(
        f"the frames are stored as {image.media_type} in transfer syntax {image.client_syntax}: "
        f"ask for that, or for {OCTETS} with transfer-syntax=* or {EXPLICIT}"
    )


def _part_type(image: StoredImage, wanted: MediaRange) -> str:
    """Name the parts as the client asked for them, else by what they are."""
    return OCTETS if wanted.named == OCTETS else image.media_type


def _objects(
    root: Root, request: Request, found: tuple[RootInstance, ...], *, single: bool
) -> Response:
    """Give whole objects; to a blinded caller with the allowed attributes alone."""
    ranges = accepted(request.headers.get("accept"))
    wanted = next((each for each in ranges if each.allows(DICOM)), None)
    if wanted is None:
        raise NotAcceptable(f"objects are given as {DICOM}")
    for instance in found:
        if wanted.transfer_syntax not in (None, "*", instance.transfer_syntax):
            raise NotAcceptable(
                f"the object is stored in transfer syntax {instance.transfer_syntax}: "
                "ask for that one, or for transfer-syntax=*"
            )
    root.enter("file_downloaded", "study", found[0].study_uid)
    if single and not wanted.is_multipart and wanted.kind == DICOM:
        name = found[0].sop_instance_uid
        headers = {"Content-Disposition": f'attachment; filename="{name}.dcm"'}
        return Response(_object(root, found[0]), headers=headers, media_type=DICOM)
    parts = (
        (f"{DICOM}; transfer-syntax={each.transfer_syntax}", (_object(root, each),))
        for each in found
    )
    return _multipart(root.work, DICOM, parts)


def _object(root: Root, instance: RootInstance) -> bytes:
    data = read_object(root.work.platform.lake, root.images.project_id, instance.sha256)
    if not root.images.is_blinded:
        return data
    whole = pydicom.dcmread(io.BytesIO(data))
    shown = blinded(whole, root.images.label, keep=PIXELS)
    written = io.BytesIO()
    shown.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _metadata(
    root: Root, request: Request, found: tuple[RootInstance, ...], kind: str, uid: str
) -> Response:
    """Give headers as DICOM JSON, compressed where the client takes it: they repeat themselves."""
    choose(request.headers.get("accept"), (DICOM_JSON, JSON))
    root.enter("images_viewed", kind, uid)
    body = b"[" + b",".join(root.metadata(instance) for instance in found) + b"]"
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", "") and len(body) > 1024:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=1)
    return Response(body, headers=headers, media_type=DICOM_JSON)


def _multipart(
    work: Work, part_type: str, parts: Iterator[tuple[str, tuple[bytes, ...]]]
) -> Response:
    boundary = work.platform.new_id().replace("-", "")
    return StreamingResponse(
        write_related(parts, boundary=boundary),
        media_type=related_type(part_type, boundary=boundary),
    )
