"""The demo's people, projects, forms and workflows, made by the commands that anybody would use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from pydantic import JsonValue
from sqlalchemy import func, select

from accounts.acts import Act, Actor
from accounts.database import Database
from accounts.identity import verify_identity
from accounts.ids import PersonId
from accounts.machine_keys import create_machine_key
from accounts.memberships import add_member
from accounts.people import PersonRow, create_person
from accounts.sign_in_rules import SignInRules, set_rules
from accounts.signatures import grant_signature
from accounts.statements import accept_statement, present_statement
from readout.demo.definitions import (
    IMAGE_QC,
    LIDC_NODULES,
    NODULE_READ,
    recist_workflow,
    workflow,
)
from readout.demo.lidc import CITATION
from readout.hand import Hand
from readout.platform import GATEWAY_KEY, GATEWAY_PROJECT
from research.approvals import approve_workflow
from research.ecrf.ready import ready_forms
from research.forms import forms, parse_form, save_form, sign_form
from research.ids import ProjectId, RepositoryId
from research.organizations import create_organization, create_repository
from research.projects import ProjectOptions, create_project
from research.sites import create_site
from research.workflows import parse_charter, save_workflow

PASSPHRASE = "open data lake"
MARK = "demo"


@dataclass(frozen=True)
class Account:
    """A demo account: its roles are held in every demo repository."""

    login: str
    printed_name: str
    roles: tuple[str, ...]


ADMIN = Account("admin@demo.local", "Demo Administrator", ("Admin", "Editor"))
MANAGER = Account("manager@demo.local", "Demo Data Manager", ("Editor",))
QC = Account("qc@demo.local", "Demo Quality Controller", ("QC",))
READERS = (
    Account("reader1@demo.local", "Demo Reader 1", ("Reader",)),
    Account("reader2@demo.local", "Demo Reader 2", ("Reader",)),
)
STATISTICIAN = Account("statistician@demo.local", "Demo Statistician", ("Statistician",))
INSPECTOR = Account("inspector@demo.local", "Demo Inspector", ("Inspector",))
ACCOUNTS = (ADMIN, MANAGER, QC, *READERS, STATISTICIAN, INSPECTOR)


@dataclass(frozen=True)
class Study:
    """A demo project: its forms and its workflow."""

    code: str
    title: str
    description: str
    forms: tuple[JsonValue, ...]
    workflow: JsonValue


PACS = Study(
    "PACS",
    "Public DICOM files through the gateway",
    "The real DICOM files inside the pydicom package, pushed over the network and de-identified.",
    (IMAGE_QC, NODULE_READ),
    workflow("NODULE_READ", ("SCAN", "Scan"), positions=("R1",)),
)
LIDC = Study(
    "LIDC",
    "LIDC-IDRI: four radiologists, 1,018 chest CTs",
    f"Published readings, imported; the readers of a scan are anonymous. {CITATION}.",
    (IMAGE_QC, LIDC_NODULES),
    workflow("LIDC_NODULES", ("CT", "Chest CT"), positions=("R1", "R2", "R3", "R4")),
)
PHANTOM = Study(
    "PHANTOM",
    "Lung nodules on synthetic phantoms",
    "A two-reader study to try for oneself. Every image is synthetic.",
    (IMAGE_QC, NODULE_READ),
    workflow("NODULE_READ", ("BL", "Baseline"), positions=("R1", "R2")),
)
RECIST = Study(
    "RECIST",
    "Response of two spheres, RECIST 1.1",
    "Four visits of one synthetic subject: the next read shows sum, nadir and computed response.",
    (IMAGE_QC, *(cast("JsonValue", one.definition.to_json()) for one in ready_forms())),
    recist_workflow(),
)
STUDIES = (PACS, LIDC, PHANTOM, RECIST)


def grant(act: Act, *, kind: str, id: str, digest: str, meaning: str, log: str) -> str:
    """Give the demo's passphrase for a signature, as a person would in the browser."""
    return grant_signature(
        act,
        password=PASSPHRASE,
        record_kind=kind,
        record_id=id,
        record_digest=digest,
        meaning=meaning,
        log=log,
    ).token


def is_empty(database: Database) -> bool:
    """Say whether nobody has an account yet: only then is the demo loaded."""
    with database.reading() as session:
        return not session.scalar(select(func.count()).select_from(PersonRow))


def set_up(database: Database, data: Path, *, now: Callable[[], datetime]) -> None:
    """Make the demo's accounts, projects, forms, workflows and the gateway's key."""
    hand = Hand(database, now)
    with database.transaction() as session:
        act = hand.act(session)
        organization = create_organization(act, code="DEMO", name="Readout demo")
        # The demo's one passphrase is printed on the sign-in page: a second factor guards nothing.
        set_rules(act, organization, SignInRules(second_factor_required=False))
        repository = create_repository(act, organization, code="DEMO", name="Demo repository")
        people = {
            account.login: create_person(
                act,
                login=account.login,
                printed_name=account.printed_name,
                password=PASSPHRASE,
                organization_id=organization,
            )
            for account in ACCOUNTS
        }
        for account in ACCOUNTS:
            for role in account.roles:
                add_member(act, repository, people[account.login], role)
            _let_sign(act, people[account.login])
    admin = hand.of(people[ADMIN.login])
    readers = [people[reader.login] for reader in READERS]
    for study in STUDIES:
        project = _project(hand, repository, study, readers)
        _approve(admin, project, study)
        if study is PACS:
            _gateway_key(hand, project, data)
    (data / MARK).touch()


def _let_sign(act: Act, person: PersonId) -> None:
    """Do for a demo account what comes before a first signature."""
    verify_identity(act, person, method="institution")
    words = present_statement()
    accept_statement(act.by(Actor("person", person)), version=words.version, digest=words.digest)


def _project(
    hand: Hand, repository: RepositoryId, study: Study, readers: list[PersonId]
) -> ProjectId:
    seats = {f"R{number}": reader for number, reader in enumerate(readers, start=1)}
    with hand.database.transaction() as session:
        act = hand.act(session)
        project = create_project(
            act,
            repository,
            code=study.code,
            title=study.title,
            description=study.description,
            options=ProjectOptions(
                readers={} if study is LIDC else seats, on_unknown_subject="create"
            ),
        )
        create_site(act, project, code=f"{study.code}-01", name="Demo site")
    return project


def _approve(admin: Hand, project: ProjectId, study: Study) -> None:
    """Sign the forms that are new to the repository and the workflow, as the administrator."""
    with admin.database.transaction() as session:
        act = admin.act(session)
        known = {form.digest for form in forms(act, project)}
        for definition in map(parse_form, study.forms):
            if definition.digest in known:
                continue
            form_id = save_form(act, project, definition)
            token = grant(
                act,
                kind="form",
                id=form_id,
                digest=definition.digest,
                meaning="approval",
                log=project,
            )
            sign_form(act, form_id, grant=token)
        charter = parse_charter(study.workflow)
        workflow_id = save_workflow(act, project, charter)
        token = grant(
            act,
            kind="workflow",
            id=workflow_id,
            digest=charter.digest,
            meaning="approval",
            log=project,
        )
        approve_workflow(act, workflow_id, grant=token)


def _gateway_key(hand: Hand, project: ProjectId, data: Path) -> None:
    with hand.database.transaction() as session:
        key = create_machine_key(hand.act(session), project, name="Demo gateway")
    secrets = data / "secrets"
    secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    (secrets / GATEWAY_PROJECT).write_text(project)
    (secrets / GATEWAY_KEY).touch(0o600)
    (secrets / GATEWAY_KEY).write_text(key)
