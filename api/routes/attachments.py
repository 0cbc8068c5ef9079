"""Files attached to a draft's answers: taken, and given back to who may see them."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from api.schemas.attachments import Attachment
from api.work import SignedIn
from lake.objects import put_object, read_object
from research.attached_files import attached_file
from research.attachments import accept_file
from research.ecrf.answer import ItemKey

router = APIRouter(prefix="/api", tags=["attachments"])
Oid = Annotated[str, Query(max_length=64)]
Data = Annotated[bytes, Body(media_type="application/octet-stream", description="the file")]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.post("/tasks/{task_id}/attachments", status_code=201)
def attach_file(
    task_id: str, group: Oid, item: Oid, data: Data, work: SignedIn, repeat: Oid = ""
) -> Attachment:
    """Take a file for an item of one's own open draft; the answer is then its digest."""
    with work.changing() as act:
        taken = accept_file(act, task_id, ItemKey(group, repeat, item), data)
        # Stored before the entry is: an entry never names bytes that are not there.
        put_object(work.platform.lake, taken.project, data)
    return Attachment(sha256=taken.sha256, size=len(data), media_type=taken.media_type)


@router.get("/tasks/{task_id}/attachments/{sha256}", response_class=Response)
def get_attachment(task_id: str, sha256: Digest, work: SignedIn) -> Response:
    """Give an attached file to who may see the answer that names it; it is never shown inline."""
    with work.looking() as act:
        project = attached_file(act, task_id, sha256)
    return Response(
        read_object(work.platform.lake, project, sha256),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{sha256[:16]}"'},
    )
