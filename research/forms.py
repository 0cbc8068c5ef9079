"""Forms of a repository: draft, then signed and immutable, then retired; named by their digest."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue, ValidationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.ledger.entries import canonical
from accounts.signatures import Signature, SignaturePayload, sign
from research.criteria import CRITERIA
from research.ecrf.definition import FormDefinition
from research.ecrf.logic import RulesRefused, logic_of
from research.errors import IllegalTransition, Invalid, Problem
from research.ids import FormId, ProjectId
from research.projects import find_project, open_project


class FormRow(Base):
    """A form as stored; `project_id` is the project whose log tells its story."""

    __tablename__ = "forms"
    __table_args__ = (UniqueConstraint("repository_id", "oid", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    repository_id: Mapped[str] = mapped_column(ForeignKey("repositories.id"))
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    oid: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    title: Mapped[str]
    definition: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Form:
    """One version of a form."""

    id: FormId
    oid: str
    version: str
    title: str
    digest: str
    state: str
    definition: FormDefinition


def parse_form(definition: JsonValue) -> FormDefinition:
    """Read a definition, or raise `Invalid` naming what is wrong and where."""
    try:
        return FormDefinition.model_validate(definition)
    except ValidationError as problem:
        raise Invalid("the form is not acceptable", problems_of(problem)) from problem


def checked_form(definition: JsonValue | FormDefinition) -> FormDefinition:
    """Read a definition and compile its rules, or raise `Invalid` with all that is wrong."""
    form = definition if isinstance(definition, FormDefinition) else parse_form(definition)
    known = {criteria.name for criteria in CRITERIA}
    if form.criteria and form.criteria not in known:
        message = f"is none of {', '.join(sorted(known))}"
        raise Invalid("the form is not acceptable", (Problem("criteria", message),))
    try:
        logic_of(form)
    except RulesRefused as refused:
        problems = tuple(_rule_problem(words) for words in refused.problems)
        raise Invalid("the form's rules are not acceptable", problems) from refused
    return form


def _rule_problem(words: str) -> Problem:
    """Say where a rule is wrong: the item or check stands before the first colon or comma."""
    return Problem(re.split(r"[:,]", words, maxsplit=1)[0], words)


def save_form(act: Act, project_id: ProjectId, definition: JsonValue | FormDefinition) -> FormId:
    """Save a draft form for the project's repository; a draft of the same version is replaced."""
    authorize(act, "create", "form", project_id)
    project = open_project(act.session, project_id)
    parsed = checked_form(definition)
    row = act.session.scalar(
        select(FormRow).where(
            FormRow.repository_id == project.repository_id,
            FormRow.oid == parsed.oid,
            FormRow.version == parsed.version,
        )
    )
    if row is not None and row.state != "draft":
        raise AlreadyExists(
            f"form {parsed.oid} {parsed.version} is {row.state}: give the change a new version"
        )
    if row is None:
        row = FormRow(
            id=act.new_id(),
            repository_id=project.repository_id,
            project_id=project_id,
            oid=parsed.oid,
            version=parsed.version,
            state="draft",
            signature_id=None,
        )
    row.title = parsed.title
    row.definition = canonical(parsed.to_json()).decode()
    row.digest = parsed.digest
    _enter(act, row, "form_saved")
    return FormId(row.id)


def sign_form(act: Act, form_id: FormId, *, grant: str) -> Signature:
    """Sign a draft form: from then on it is used and never changed. Meaning: approval."""
    row = act.session.get(FormRow, form_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no form {form_id}")
    authorize(act, "approve", "form", row.project_id)
    open_project(act.session, row.project_id)
    if row.state != "draft":
        raise IllegalTransition(f"form {row.oid} {row.version} is {row.state}, not a draft")
    payload = SignaturePayload(
        log=row.project_id,
        record_kind="form",
        record_id=row.id,
        revision=1,
        record_digest=row.digest,
        meaning="approval",
        form_oid=row.oid,
        form_version=row.version,
        form_digest=row.digest,
    )
    signature = sign(act, grant, payload)
    row.state = "signed"
    row.signature_id = signature.id
    _enter(act, row, "form_signed")
    return signature


def forms(act: Act, project_id: ProjectId) -> tuple[Form, ...]:
    """Return the forms of the project's repository."""
    authorize(act, "view", "form", project_id)
    repository_id = find_project(act.session, project_id).repository_id
    query = (
        select(FormRow)
        .where(FormRow.repository_id == repository_id)
        .order_by(FormRow.oid, FormRow.version)
    )
    return tuple(form_of(row) for row in act.session.scalars(query))


def signed_form(session: Session, repository_id: str, *, oid: str, version: str) -> FormRow | None:
    """Return the signed form of that name, if there is one."""
    return session.scalar(
        select(FormRow).where(
            FormRow.repository_id == repository_id,
            FormRow.oid == oid,
            FormRow.version == version,
            FormRow.state == "signed",
        )
    )


def form_of(row: FormRow) -> Form:
    """Return the view of a stored form."""
    return Form(
        id=FormId(row.id),
        oid=row.oid,
        version=row.version,
        title=row.title,
        digest=row.digest,
        state=row.state,
        definition=definition_of(row),
    )


def definition_of(row: FormRow) -> FormDefinition:
    """Return the parsed definition of a stored form; parsed once per content."""
    return _parsed(row.definition)


@lru_cache(maxsize=256)
def _parsed(text: str) -> FormDefinition:
    return FormDefinition.model_validate_json(text)


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Say what pydantic found, without the value that was given."""
    return tuple(
        Problem("/".join(str(part) for part in found["loc"]), found["msg"])
        for found in error.errors(include_url=False, include_input=False)
    )


def _enter(act: Act, row: FormRow, action: str) -> None:
    after = {"oid": row.oid, "version": row.version, "digest": row.digest, "state": row.state}
    row.ledger_sequence = act.record(
        row.project_id, action, "form", row.id, after=after, rows=rows_named(row)
    )
    act.session.add(row)
    act.session.flush()
