"""Copies of signed records, for people and for programs."""

from typing import Literal

from fastapi import APIRouter, Query, Response

from api.record_copies import FORMATS
from api.work import SignedIn
from research.copies import copy_record

router = APIRouter(prefix="/api", tags=["copies"])


@router.get("/tasks/{task_id}/copy", response_class=Response)
def copy_task_record(
    task_id: str, work: SignedIn, format: Literal["pdf", "html", "json", "csv"] = Query("pdf")
) -> Response:
    """Give a copy of a task's signed record with its revisions and signatures; it is entered."""
    with work.changing() as act:
        copy = copy_record(act, task_id, format=format)
    media_type, write = FORMATS[format]
    name = f"record-{copy.read_id[:8]}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write(copy), media_type=media_type, headers=headers)
