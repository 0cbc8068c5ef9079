"""Forms of a repository's library."""

from typing import Literal

from pydantic import Field

from api.schemas.tasks import SignatureView
from api.schemas.wire import Wire
from research.ecrf.definition import FormDefinition

FormState = Literal["draft", "signed", "superseded", "retired"]


class FormLine(Wire):
    """One version of a form, as the library lists it."""

    id: str
    oid: str
    version: str
    title: str
    state: FormState
    digest: str = Field(description="SHA-256 of the canonical bytes; reads are pinned by it")
    draft: int = Field(description="number of the latest change; the If-Match of the next save")
    items: int


class FormView(FormLine):
    """One version of a form, in full."""

    definition: FormDefinition
    signature: SignatureView | None


class FormProblem(Wire):
    """One thing that is wrong with a definition: where, and what to do about it."""

    where: str
    message: str


class FormValidity(Wire):
    """Whether a definition could be saved and signed, and everything that stands against it."""

    valid: bool
    digest: str | None
    problems: tuple[FormProblem, ...]


class SignForm(Wire):
    """The grant got by re-authentication."""

    grant: str = Field(min_length=1, max_length=500)


class RetireForm(Wire):
    """Why a form is retired."""

    reason_code: str = Field(default="", max_length=64)
    reason_text: str = Field(default="", max_length=2000)
