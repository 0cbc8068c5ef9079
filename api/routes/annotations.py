"""Annotations: those of the caller's own draft, their DICOM objects, and what a model delivers."""

import io
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import pydicom
from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from accounts.authorize import authorize
from api.dicomweb.addresses import Answers
from api.dicomweb.roots import Root, of_task
from api.errors import BodyTooLarge, UnsupportedMediaType
from api.planes import planes_in
from api.schemas.annotations import (
    AnnotationsDelivered,
    AnnotationsView,
    ByHandView,
    annotation_view,
)
from api.work import SignedIn, Work
from research.annotations.deliveries import deliver_annotations, visit_of
from research.annotations.dicom.document import (
    Document,
    NotRead,
    NotWritten,
    Observer,
    reader_pseudonym,
)
from research.annotations.dicom.read_back import annotations_in
from research.annotations.dicom.report import report
from research.annotations.dicom.segments import segmentation, series_of
from research.annotations.dicom.structures import structure_set
from research.annotations.pages import Drawings, drawings_of
from research.annotations.planes import planes_of
from research.annotations.uids import AS_STORED
from research.errors import Invalid
from research.ids import ProjectId
from research.image_roots import ImageRoot
from research.imports import ImportedRead

router = APIRouter(prefix="/api", tags=["annotations"])
DICOM, ZIP = "application/dicom", "application/zip"
OBJECTS: Answers = {200: {"description": "DICOM", "content": {DICOM: {}, ZIP: {}}}}
Form = Literal["sr", "seg", "rtstruct"]
FIRST_SERIES_NUMBER = 9001


@router.get("/tasks/{task_id}/annotations")
def list_annotations(task_id: str, work: SignedIn) -> AnnotationsView:
    """List what the task's read has drawn, with the server's own numbers."""
    with work.looking() as act:
        drawn = drawings_of(act, task_id)
        return AnnotationsView(
            draft=drawn.read.draft,
            annotations=tuple(annotation_view(one, AS_STORED) for one in drawn.annotations),
            by_hand=tuple(
                ByHandView(group=key.group, repeat=key.repeat, item=key.item, reason=reason)
                for key, reason in sorted(drawn.by_hand.items())
            ),
        )


@router.get(
    "/tasks/{task_id}/annotations/{form}",
    response_class=Response,
    responses=OBJECTS,
    dependencies=[Depends(of_task)],
)
def download_annotations(task_id: str, form: Form, request: Request, work: SignedIn) -> Response:
    """Give a read's annotations as a DICOM report, segmentation or structure set.

    Several objects (a segmentation for each series) come as one zip; names hold the task's label
    and a running number alone.
    """
    root: Root = request.state.root
    with work.looking() as act:
        drawn = drawings_of(act, task_id)
        document = _document(work, root, drawn)
    try:
        objects = _objects(document, form, lambda: _uid(work.platform.new_id()))
    except NotWritten as refusal:
        raise Invalid(f"there is no {form} of this read: {refusal}") from refusal
    root.enter("file_downloaded", "read", drawn.read.id)
    return _attachment(objects, f"{root.images.label or 'read'}-{form}")


@router.post(
    "/projects/{project_id}/annotations",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {DICOM: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def deliver(
    project_id: str,
    request: Request,
    work: SignedIn,
    subject: Annotated[str, Query(max_length=64, description="subject code")],
    visit: Annotated[str, Query(max_length=64, description="visit code")],
    step: Annotated[str, Query(max_length=64, description="step code")],
    form: Annotated[str, Query(max_length=64, description="oid of the form")],
    form_version: Annotated[str, Query(max_length=32)],
    model: Annotated[str, Query(min_length=1, max_length=200, description="name and version")],
) -> AnnotationsDelivered:
    """Take in a model's SR, SEG or RTSTRUCT as a read of the model's own."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != DICOM:
        raise UnsupportedMediaType(f"send one object as {DICOM}")
    body = await request.body()
    if len(body) > work.platform.settings.max_instance_mb << 20:
        raise BodyTooLarge("the object is larger than the platform takes")
    read = ImportedRead(
        subject_code=subject,
        visit_code=visit,
        step_code=step,
        reader_label=model,
        reader_kind="ai",
        form_oid=form,
        form_version=form_version,
        answers=(),
    )
    return await to_thread.run_sync(_delivered, work, ProjectId(project_id), read, body)


def _delivered(
    work: Work, project_id: ProjectId, read: ImportedRead, body: bytes
) -> AnnotationsDelivered:
    with work.changing() as act:
        authorize(act, "create", "read", project_id)
        visit_id = visit_of(
            act, project_id, subject_code=read.subject_code, visit_code=read.visit_code
        )
        # A visit that is not there has no images, and so nothing can lie on them.
        root = ImageRoot(project_id, visit_id=visit_id or "")
        planes = planes_in(work, act.session, root)
        try:
            found = annotations_in(pydicom.dcmread(io.BytesIO(body)), planes)
        except (NotRead, InvalidDicomError, EOFError, ValueError) as refusal:
            words = str(refusal) if isinstance(refusal, NotRead) else "it is no whole DICOM object"
            raise Invalid(f"nothing was taken in: {words}") from refusal
        read_id, count = deliver_annotations(
            act, project_id, read, found, planes=planes, source=read.reader_label
        )
    return AnnotationsDelivered(read=read_id, annotations=count)


def _document(work: Work, root: Root, drawn: Drawings) -> Document:
    """Gather the images that were drawn on, as this caller may see them."""
    used = {part.sop_instance_uid for one in drawn.annotations for part in one.geometry.parts}
    headers: dict[str, Dataset] = {}
    for uid in sorted(used):
        (instance,) = root.find(instance=uid)
        headers[uid] = root.header(instance)
    read = drawn.read
    is_ai = read.reader_kind == "ai"
    return Document(
        annotations=drawn.annotations,
        headers=headers,
        planes={uid: planes_of(header) for uid, header in headers.items()},
        observer=Observer(
            kind="ai" if is_ai else "human",
            name=read.reader_label if is_ai else reader_pseudonym(read.salt, read.reader_id),
            uid=_uid(read.id),
        ),
        series_uid=_uid(work.platform.new_id()),
        instance_uid=_uid(work.platform.new_id()),
        series_number=FIRST_SERIES_NUMBER,
        made_at=work.platform.clock(),
        build=work.platform.build,
    )


def _objects(document: Document, form: Form, new_uid: Callable[[], str]) -> list[Dataset]:
    if form == "sr":
        return [report(document)]
    if form == "rtstruct":
        return [structure_set(document)]
    every = series_of(document)
    if not every:
        raise NotWritten("there is no mask and no outline on images that have a place")
    return [
        segmentation(replace(document, series_uid=new_uid(), instance_uid=new_uid()), series)
        for series in every
    ]


def _attachment(objects: Sequence[Dataset], name: str) -> Response:
    if len(objects) == 1:
        headers = {"Content-Disposition": f'attachment; filename="{name}.dcm"'}
        return Response(_bytes(objects[0]), headers=headers, media_type=DICOM)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, one in enumerate(objects, 1):
            archive.writestr(f"{name}-{number}.dcm", _bytes(one))
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(packed.getvalue(), headers=headers, media_type=ZIP)


def _bytes(whole: Dataset) -> bytes:
    written = io.BytesIO()
    whole.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _uid(id: str) -> str:
    return f"2.25.{uuid.UUID(id).int}"
