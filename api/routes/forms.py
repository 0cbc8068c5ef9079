"""Forms of a repository's library: drafted, checked, signed, superseded, retired."""

from typing import Annotated

from fastapi import APIRouter, Body, Header
from pydantic import JsonValue
from sqlalchemy.orm import Session

from accounts.acts import Reason
from accounts.signatures import Signature, find_signature
from api.schemas.forms import (
    FormLine,
    FormProblem,
    FormValidity,
    FormView,
    RetireForm,
    SignForm,
)
from api.schemas.tasks import SignatureView
from api.work import SignedIn
from research.errors import Invalid
from research.forms import (
    Form,
    check_draft,
    find_form,
    forms,
    retire_form,
    save_form,
    sign_form,
)
from research.ids import FormId, ProjectId

router = APIRouter(prefix="/api", tags=["forms"])
Definition = Annotated[JsonValue, Body(description="the form, as JSON of the form schema")]
Onto = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern=r'^"?[0-9]{1,15}"?$',
        description='the draft that was changed, as "12"; "0" for a form that is not there yet',
    ),
]


@router.get("/projects/{project_id}/forms")
def list_forms(project_id: str, work: SignedIn) -> list[FormLine]:
    """List the forms of the project's repository, every version."""
    with work.looking() as act:
        return [FormLine(**_line(form)) for form in forms(act, ProjectId(project_id))]


@router.get("/projects/{project_id}/forms/{form_id}")
def get_form(project_id: str, form_id: str, work: SignedIn) -> FormView:
    """Show one version of a form with its definition and its signature."""
    with work.looking() as act:
        return _view(act.session, find_form(act, ProjectId(project_id), form_id))


@router.put("/projects/{project_id}/forms")
def put_form(project_id: str, definition: Definition, if_match: Onto, work: SignedIn) -> FormView:
    """Save a draft of the version that the definition names; 412 when the draft moved on."""
    project = ProjectId(project_id)
    with work.changing() as act:
        form_id = save_form(act, project, definition, onto=int(if_match.strip('"')))
        return _view(act.session, find_form(act, project, form_id))


@router.post("/projects/{project_id}/forms/validate")
def validate_form(project_id: str, definition: Definition, work: SignedIn) -> FormValidity:
    """Say everything that is wrong with a definition, by item; nothing is saved."""
    with work.looking() as act:
        try:
            form = check_draft(act, ProjectId(project_id), definition)
        except Invalid as problem:
            found = tuple(
                FormProblem(where=one.where, message=one.message) for one in problem.problems
            )
            return FormValidity(valid=False, digest=None, problems=found)
    return FormValidity(valid=True, digest=form.digest, problems=())


@router.post("/forms/{form_id}/sign")
def sign_one_form(form_id: str, body: SignForm, work: SignedIn) -> SignatureView:
    """Sign a draft with a fresh grant; it is immutable then, and older versions are superseded."""
    with work.changing() as act:
        return _signature(sign_form(act, FormId(form_id), grant=body.grant))


@router.post("/forms/{form_id}/retire", status_code=204)
def retire_one_form(form_id: str, body: RetireForm, work: SignedIn) -> None:
    """Retire a form with a reason: nothing new uses it; reads that are pinned to it go on."""
    with work.changing() as act:
        reason = Reason(code=body.reason_code, text=body.reason_text)
        retire_form(act, FormId(form_id), reason=reason)


def _line(form: Form) -> dict[str, object]:
    return {
        "id": form.id,
        "oid": form.oid,
        "version": form.version,
        "title": form.title,
        "state": form.state,
        "digest": form.digest,
        "draft": form.draft,
        "items": sum(item.takes_answers for _, item in form.definition.items_by_key.values()),
    }


def _view(session: Session, form: Form) -> FormView:
    signature = find_signature(session, form.signature_id) if form.signature_id else None
    return FormView(
        **_line(form),
        definition=form.definition,
        signature=_signature(signature) if signature else None,
    )


def _signature(signature: Signature) -> SignatureView:
    return SignatureView(
        id=signature.id,
        printed_name=signature.printed_name,
        signed_at=signature.signed_at,
        meaning=signature.meaning,
        record_digest=signature.record_digest,
        ledger_sequence=signature.ledger_sequence,
    )
