"""Forms given away as CDISC ODM, read from ODM and REDCap, compared, and their JSON Schema."""

from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import JsonValue

from api.errors import BodyTooLarge
from api.schemas.form_exchange import FormChange, FormRead
from api.work import SignedIn
from research.ecrf.exchange.odm_read import MAX_BYTES
from research.ecrf.exchange.schema import form_schema
from research.errors import Invalid
from research.form_exchange import Source, compare_forms, export_form, read_forms
from research.forms import checked_form
from research.ids import ProjectId

router = APIRouter(prefix="/api", tags=["forms"])
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in ("application/xml", "text/csv")
        },
    }
}
XML: dict[int | str, dict[str, object]] = {
    200: {"description": "ODM", "content": {"application/xml": {"schema": {"type": "string"}}}}
}


@router.get("/form-schema")
def get_form_schema(work: SignedIn) -> dict[str, JsonValue]:
    """Return the JSON Schema that every form's definition fits."""
    return form_schema()


@router.get("/projects/{project_id}/forms/{form_id}/odm", response_class=Response, responses=XML)
def download_form(
    project_id: str, form_id: str, work: SignedIn, version: Literal["2.0", "1.3.2"] = "2.0"
) -> Response:
    """Give a form as CDISC ODM metadata; the export is an entry."""
    with work.changing() as act:
        document = export_form(act, ProjectId(project_id), form_id, version=version)
    return Response(document, media_type="application/xml")


@router.get("/projects/{project_id}/forms/{form_id}/changes")
def get_form_changes(
    project_id: str,
    form_id: str,
    work: SignedIn,
    since: Annotated[str, Query(max_length=36, description="id of the older form")],
) -> list[FormChange]:
    """Say what changed from an older form to this one, by OID, with old and new."""
    with work.looking() as act:
        changes = compare_forms(act, ProjectId(project_id), old_id=since, new_id=form_id)
    return [FormChange.model_validate(vars(change)) for change in changes]


@router.post("/projects/{project_id}/forms/read/{source}", openapi_extra=BODY)
async def read_form_document(
    project_id: str, source: Source, request: Request, work: SignedIn
) -> list[FormRead]:
    """Read the forms of an ODM document or a REDCap data dictionary; nothing is saved."""
    document = bytearray()
    async for part in request.stream():
        document += part
        if len(document) > MAX_BYTES:
            raise BodyTooLarge(f"the document is larger than {MAX_BYTES} bytes")
    return await to_thread.run_sync(_read, work, project_id, source, bytes(document))


def _read(work: SignedIn, project_id: str, source: Source, document: bytes) -> list[FormRead]:
    with work.looking() as act:
        found = read_forms(act, ProjectId(project_id), source, document)
    read = []
    for form in found:
        problems: tuple[str, ...] = ()
        try:
            checked_form(dict(form.definition))
        except Invalid as refused:
            problems = tuple(f"{one.where}: {one.message}" for one in refused.problems)
        read.append(FormRead(definition=form.definition, notes=form.notes, problems=problems))
    return read
