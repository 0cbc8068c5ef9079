"""Documents of an organisation: the letter to the authority and procedures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
from sqlalchemy.orm import Session

from accounts.documents import Document, add_document, document_content, documents
from accounts.people import find_person
from api.schemas.signing import DocumentView
from api.work import SignedIn

router = APIRouter(prefix="/api/organizations/{organization_id}/documents", tags=["documents"])
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in ("application/pdf", "text/plain")
        },
    }
}
Kind = Annotated[str, Query(pattern="^(certification_letter|procedure|policy)$")]
Title = Annotated[str, Query(min_length=1, max_length=200)]


@router.get("")
def list_documents(organization_id: str, work: SignedIn) -> list[DocumentView]:
    """List the documents of an organisation, newest first."""
    with work.looking() as act:
        return [_view(act.session, one) for one in documents(act, organization_id)]


@router.post("", status_code=status.HTTP_201_CREATED, openapi_extra=BODY)
async def keep_document(
    organization_id: str,
    request: Request,
    work: SignedIn,
    kind: Kind = "certification_letter",
    title: Title = "Letter of certification",
) -> DocumentView:
    """Keep a document; the body is its bytes."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    content = await request.body()
    with work.changing() as act:
        added = add_document(
            act, organization_id, kind=kind, title=title, media_type=media_type, content=content
        )
        return _view(act.session, added)


@router.get("/{document_id}", response_class=Response)
def get_document(organization_id: str, document_id: str, work: SignedIn) -> Response:
    """Give a document's bytes."""
    with work.looking() as act:
        document, content = document_content(act, organization_id, document_id)
    name = f"{document.kind}-{document.sha256[:12]}"
    return Response(
        content,
        media_type=document.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _view(session: Session, document: Document) -> DocumentView:
    fields = {name: getattr(document, name) for name in DocumentView.model_fields}
    return DocumentView(
        **{**fields, "added_by": find_person(session, document.added_by).printed_name}
    )
