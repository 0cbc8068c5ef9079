"""STOW-RS: storing instances (PS3.18 10.5)."""

import tempfile

from fastapi import APIRouter, Request, Response, status
from starlette.concurrency import run_in_threadpool

from accounts.authorize import authorize
from api.dicomweb.accept import choose
from api.dicomweb.addresses import DICOM_JSON, Answers, Uid
from api.dicomweb.dicom_json import JsonElement, attribute, dumps
from api.dicomweb.multipart import Part, RelatedReader
from api.errors import BodyTooLarge
from api.schemas.receipts import RefusedInstance, StoredInstance, UploadReceipt
from api.work import SignedIn, Work
from ingest.prepare import prepare
from ingest.receive import Line, Receipt, record
from research.ids import ProjectId

router = APIRouter(prefix="/api/projects/{project_id}/dicomweb", tags=["dicomweb"])
RECEIPT = "application/vnd.readout.receipt+json"
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            'multipart/related; type="application/dicom"': {
                "schema": {"type": "string", "format": "binary"}
            }
        },
    }
}
ANSWERS: Answers = {
    200: {"model": UploadReceipt, "description": "Every instance is stored"},
    202: {"model": UploadReceipt, "description": "Some instances were refused"},
    409: {"description": "No instance was stored, said in DICOM JSON"},
}


@router.post("/studies", responses=ANSWERS, openapi_extra=BODY, response_class=Response)
async def store_instances(project_id: str, request: Request, work: SignedIn) -> Response:
    """Store instances; each gets a line in the answer, and sending one twice is no error.

    `Accept: application/vnd.readout.receipt+json` gives our receipt with digests, otherwise the
    answer is the DICOM JSON of PS3.18 10.5.3.
    """
    return await _store(request, work, ProjectId(project_id), None)


@router.post("/studies/{study}", responses=ANSWERS, openapi_extra=BODY, response_class=Response)
async def store_study_instances(
    project_id: str, study: Uid, request: Request, work: SignedIn
) -> Response:
    """Store instances of one study."""
    return await _store(request, work, ProjectId(project_id), study)


async def _store(request: Request, work: Work, project: ProjectId, study: str | None) -> Response:
    """Spool the body in bounded memory, then take its parts in."""
    media_type = choose(request.headers.get("accept"), (DICOM_JSON, RECEIPT))
    await run_in_threadpool(_may_store, work, project)
    limit = work.platform.settings.max_upload_mb << 20
    if int(request.headers.get("content-length") or 0) > limit:
        raise BodyTooLarge(f"the request is larger than {limit} bytes: send less at once")
    with tempfile.TemporaryFile(dir=work.platform.settings.spool_folder) as spool:
        reader = RelatedReader(request.headers.get("content-type", ""), spool, max_bytes=limit)
        async for chunk in request.stream():
            await run_in_threadpool(reader.feed, chunk)
        parts = reader.close()
        receipt = await run_in_threadpool(_take_in, work, project, reader, parts, study)
    refused = len(receipt.of("refused"))
    if media_type == RECEIPT:
        # A receipt says line by line what became of each; the request as a whole was in order.
        code = status.HTTP_202_ACCEPTED if refused else status.HTTP_200_OK
        return Response(our_receipt(receipt).model_dump_json(), code, media_type=RECEIPT)
    code = status.HTTP_409_CONFLICT if refused == len(receipt.lines) else status.HTTP_202_ACCEPTED
    base = str(request.url_for("store_instances", project_id=project))
    content = dumps(dicom_receipt(receipt, base=base))
    return Response(content, code if refused else status.HTTP_200_OK, media_type=DICOM_JSON)


def _may_store(work: Work, project: ProjectId) -> None:
    """Ask before gigabytes are read for somebody who may not store them."""
    with work.looking() as act:
        authorize(act, "create", "image", project, reach="site")


def _take_in(
    work: Work,
    project: ProjectId,
    reader: RelatedReader,
    parts: tuple[Part, ...],
    study: str | None,
) -> Receipt:
    """Store the objects first, then all rows in one short transaction."""
    platform = work.platform
    prepared = prepare(
        platform.lake,
        project,
        (reader.read(part) for part in parts),
        max_bytes=platform.settings.max_instance_mb << 20,
        study_uid=study,
    )
    with work.changing() as act:
        return record(act, prepared, project=project, source="stow")


def our_receipt(receipt: Receipt) -> UploadReceipt:
    """Return the receipt with digests, by which an uploader knows what it may delete."""
    return UploadReceipt(
        stored=tuple(
            StoredInstance(
                sop_instance_uid=line.sop_instance_uid or "",
                sha256=line.sha256 or "",
                status=line.status,
                reason=line.reason or None,
            )
            for line in receipt.lines
            if line.status != "refused"
        ),
        failed=tuple(
            RefusedInstance(
                sop_instance_uid=line.sop_instance_uid,
                type=line.reason,
                reason=line.detail,
                code=line.dicom_code,
                part=line.part,
            )
            for line in receipt.of("refused")
        ),
    )


def dicom_receipt(receipt: Receipt, *, base: str) -> dict[str, JsonElement]:
    """Return the Store Instances Response (PS3.18 10.5.3.2) as DICOM JSON."""
    answer: dict[str, JsonElement] = {}
    stored = [_stored(line, base) for line in receipt.lines if line.status != "refused"]
    failed = [_failed(line) for line in receipt.of("refused")]
    if stored:
        answer["00081199"] = {"vr": "SQ", "Value": list(stored)}
    if failed:
        answer["00081198"] = {"vr": "SQ", "Value": list(failed)}
    return answer


def _stored(line: Line, base: str) -> JsonElement:
    link = f"{base}/{line.study_uid}"
    return {
        "00081150": attribute("UI", line.sop_class_uid),
        "00081155": attribute("UI", line.sop_instance_uid),
        "00081190": attribute("UR", link),
    }


def _failed(line: Line) -> JsonElement:
    return {
        "00081150": attribute("UI", line.sop_class_uid),
        "00081155": attribute("UI", line.sop_instance_uid),
        "00081197": attribute("US", line.dicom_code),
    }
