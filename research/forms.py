"""Forms of a repository: draft, then signed and immutable, then retired; named by their digest."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue, ValidationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.ledger.entries import canonical
from accounts.signatures import Signature, SignaturePayload, sign
from research.criteria import CRITERIA
from research.ecrf.definition import FormDefinition
from research.ecrf.logic import RulesRefused, logic_of
from research.ecrf.ucum import unit_problem
from research.errors import IllegalTransition, Invalid, Problem, ReasonRequired, StaleRevision
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
    draft: int
    signature_id: str | None
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
    problems = [
        Problem(f"{group}.{oid}", words)
        for (group, oid), (_, item) in form.items_by_key.items()
        if (words := unit_problem(item.unit)) is not None
    ]
    if form.criteria and form.criteria not in known:
        problems.append(Problem("criteria", f"is none of {', '.join(sorted(known))}"))
    if problems:
        raise Invalid("the form is not acceptable", tuple(problems))
    try:
        logic_of(form)
    except RulesRefused as refused:
        found = tuple(_rule_problem(words) for words in refused.problems)
        raise Invalid("the form's rules are not acceptable", found) from refused
    return form


def _rule_problem(words: str) -> Problem:
    """Say where a rule is wrong: the item or check stands before the first colon or comma."""
    return Problem(re.split(r"[:,]", words, maxsplit=1)[0], words)


def save_form(
    act: Act,
    project_id: ProjectId,
    definition: JsonValue | FormDefinition,
    *,
    onto: int | None = None,
) -> FormId:
    """Save a draft form for the project's repository; a draft of the same version is replaced.

    `onto` is the number of the draft that the change was made to, 0 where there was none; without
    it whatever is there is replaced.
    """
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
    _same_draft(row, parsed, onto)
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
    former = _older(act.session, row)
    for other in former:
        other.state = "superseded"
    _enter(act, row, "form_signed", *former)
    return signature


def retire_form(act: Act, form_id: FormId, *, reason: Reason) -> None:
    """Retire a form: nothing new uses it, and what uses it goes on to its end.

    A draft is retired too: nothing that was saved is deleted.
    """
    row = act.session.get(FormRow, form_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no form {form_id}")
    authorize(act, "retire", "form", row.project_id)
    open_project(act.session, row.project_id)
    if not reason.code or not reason.text.strip():
        raise ReasonRequired(f"say why form {row.oid} {row.version} is retired: a code and words")
    if row.state == "retired":
        raise IllegalTransition(f"form {row.oid} {row.version} is retired already")
    row.state = "retired"
    _enter(act, row, "form_retired", reason=reason)


def check_draft(act: Act, project_id: ProjectId, definition: JsonValue) -> FormDefinition:
    """Check a definition as a save would, or raise `Invalid`; for who may save forms."""
    authorize(act, "create", "form", project_id)
    return checked_form(definition)


def find_form(act: Act, project_id: ProjectId, form_id: str) -> Form:
    """Return a form of the project's repository."""
    authorize(act, "view", "form", project_id)
    row = act.session.get(FormRow, form_id)
    if row is None or row.repository_id != find_project(act.session, project_id).repository_id:
        raise NotFound(f"project {project_id} has no form {form_id}")
    return form_of(row)


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
    """Return the signed form of that name, if there is one; a superseded one may be used still."""
    return _named(session, repository_id, oid, version, states=("signed", "superseded"))


def pinned_form(session: Session, repository_id: str, *, oid: str, version: str) -> FormRow | None:
    """Return the form that something live was built on, whatever became of it since."""
    states = ("signed", "superseded", "retired")
    return _named(session, repository_id, oid, version, states=states)


def _named(
    session: Session, repository_id: str, oid: str, version: str, *, states: tuple[str, ...]
) -> FormRow | None:
    return session.scalar(
        select(FormRow).where(
            FormRow.repository_id == repository_id,
            FormRow.oid == oid,
            FormRow.version == version,
            FormRow.state.in_(states),
            or_(FormRow.state != "retired", FormRow.signature_id.is_not(None)),
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
        draft=row.ledger_sequence,
        signature_id=row.signature_id,
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


def _same_draft(row: FormRow | None, form: FormDefinition, onto: int | None) -> None:
    """Refuse a change that was made to another draft than the newest."""
    current = row.ledger_sequence if row is not None else 0
    if onto is not None and onto != current:
        raise StaleRevision(
            f"draft {onto} of form {form.oid} {form.version} is not the newest, {current} is: "
            "look at both and save again",
            current=current,
        )


def _older(session: Session, row: FormRow) -> list[FormRow]:
    """Return the signed forms of the same oid whose version is lower."""
    query = select(FormRow).where(
        FormRow.repository_id == row.repository_id,
        FormRow.oid == row.oid,
        FormRow.state == "signed",
        FormRow.id != row.id,
    )
    own = _numbers(row.version)
    return [other for other in session.scalars(query) if _numbers(other.version) < own]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _enter(
    act: Act, row: FormRow, action: str, *others: FormRow, reason: Reason | None = None
) -> None:
    after = {"oid": row.oid, "version": row.version, "digest": row.digest, "state": row.state}
    row.ledger_sequence = act.record(
        row.project_id, action, "form", row.id, after=after, reason=reason,
        rows=rows_named(row, *(one for one in others if one.project_id == row.project_id)),
    )  # fmt: skip
    for other in others:
        other.ledger_sequence = row.ledger_sequence
    act.session.add(row)
    act.session.flush()
