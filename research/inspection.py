"""What an inspector takes along or looks for: signed records, a subject's entries, the bundle."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import CompoundSelect, literal, select, union_all
from sqlalchemy.orm import Session

from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import checkpoint_line
from accounts.ledger.copies import Copy, Sight, as_csv, as_json, lines
from accounts.ledger.export import Opened, SignedRecord, write_bundle
from accounts.ledger.paper import as_pdf
from accounts.ledger.signers import SignerKey
from accounts.ledger.time_stamps import time_stamps
from accounts.machine_keys import MachineKeyRow
from accounts.people import PersonRow
from accounts.vault import erased_by, openings
from research.answers import answers_of
from research.forms import FormRow, definition_of
from research.images import InstanceRow, SeriesRow, StudyRow
from research.locks import LockRow
from research.projects import ProjectRow
from research.read_records import ReadRow, record_content
from research.replay import TABLES
from research.tasks import TaskRow
from research.visits import VisitRow

CopyFormat = Literal["csv", "json", "pdf"]


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is exported of a project's ledger, and what its copies say of themselves."""

    project: str
    code: str
    note: str
    clock: str
    made_at: datetime
    build: str

    def copy(self, size: int) -> Copy:
        """Return what a copy of that many entries is."""
        return Copy(
            log=self.project,
            title=self.code,
            size=size,
            checkpoint=checkpoint_line(self.note),
            clock=self.clock,
            made_at=self.made_at,
            build=self.build,
        )


def sight_of(session: Session, *, is_open: bool = True) -> Sight:
    """Return what a reader of the ledger sees: values that can be opened, and names."""

    def opened(commitments: Sequence[str]) -> Mapping[str, str]:
        found = openings(session, commitments) if is_open else {}
        return {commitment: one.value for commitment, one in found.items()}

    return Sight(opened, lambda ids: names_of(session, ids))


def names_of(session: Session, ids: set[str]) -> dict[str, str]:
    """Return what people and machines are called: the entries hold their ids alone."""
    people = select(PersonRow.id, PersonRow.printed_name).where(PersonRow.id.in_(ids))
    machines = select(MachineKeyRow.id, MachineKeyRow.name).where(MachineKeyRow.id.in_(ids))
    return {id: name for query in (people, machines) for id, name in session.execute(query)}


def copied(
    session: Session, export: Export, size: int, format: CopyFormat, *, is_open: bool = True
) -> Iterator[bytes]:
    """Yield a copy of the first `size` entries of a project's ledger."""
    copy = export.copy(size)
    entries = lines(session, copy, sight_of(session, is_open=is_open))
    match format:
        case "csv":
            yield from as_csv(copy, entries)
        case "json":
            yield from as_json(copy, entries)
        case "pdf":
            yield as_pdf(copy, entries)


def write_project_bundle(
    session: Session,
    folder: Path,
    export: Export,
    *,
    keys: Sequence[SignerKey],
    manifests: Iterable[tuple[str, bytes]] = (),
    verifier: Path | None = None,
    is_open: bool = True,
) -> None:
    """Write all that the standalone verifier reads of one project, and copies for people."""
    project = export.project
    write_bundle(
        session,
        folder,
        now=export.made_at,
        keys=keys,
        tables=TABLES,
        logs=[project],
        records=signed_records(session, project),
        time_stamps=time_stamps(session, [project]),
        openings=known_openings(session, project, is_open=is_open),
        manifests=manifests,
        clock=export.clock,
    )
    size = ledger_log.size(session, project)
    readable = folder / "readable"
    readable.mkdir()
    for format in ("csv", "json", "pdf"):
        with (readable / f"ledger.{format}").open("wb") as out:
            out.writelines(copied(session, export, size, format, is_open=is_open))
    (readable / "checkpoint.txt").write_text(f"{checkpoint_line(export.note)}\n")
    if verifier is not None:
        (folder / verifier.name).write_bytes(verifier.read_bytes())


def zip_folder(folder: Path, file: Path) -> None:
    """Put a folder's files into one archive, in order."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                archive.write(one, one.relative_to(folder))


def known_openings(
    session: Session, log: str, *, is_open: bool = True
) -> Callable[[Sequence[str]], Iterable[Opened]]:
    """Return who answers what is known of commitments of one log."""

    def ask(commitments: Sequence[str]) -> Iterator[Opened]:
        erased = erased_by(session, commitments)
        for commitment, (where, sequence) in erased.items():
            if where == log:
                yield Opened(commitment=commitment, erased=sequence)
        found = openings(session, commitments) if is_open else {}
        for commitment, one in found.items():
            if commitment not in erased:
                yield Opened(commitment=commitment, salt=one.salt, value=one.value)

    return ask


def signed_records(session: Session, project: str) -> Iterator[SignedRecord]:
    """Yield every signed revision of every read of a project, whole."""
    query = (
        select(ReadRow)
        .where(ReadRow.project_id == project, ReadRow.signature_id.is_not(None))
        .order_by(ReadRow.id)
    )
    for read in session.scalars(query):
        yield SignedRecord(
            log=project,
            kind="read",
            id=read.id,
            revision=read.revision,
            content=record_content(read, answers_of(session, read.id)),
        )


def objects_of_subject(project: str, subject: str) -> CompoundSelect[tuple[str]]:
    """Return the ids under which entries speak of a subject and of what belongs to it."""
    studies = select(StudyRow.id).where(
        StudyRow.project_id == project, StudyRow.subject_id == subject
    )
    series = select(SeriesRow.id).where(SeriesRow.study_id.in_(studies))
    return union_all(
        select(literal(subject)),
        select(VisitRow.id).where(VisitRow.project_id == project, VisitRow.subject_id == subject),
        select(ReadRow.id).where(ReadRow.project_id == project, ReadRow.subject_id == subject),
        select(TaskRow.id).where(TaskRow.project_id == project, TaskRow.subject_id == subject),
        select(StudyRow.study_uid).where(StudyRow.id.in_(studies)),
        select(SeriesRow.series_uid).where(SeriesRow.id.in_(series)),
        select(InstanceRow.sop_instance_uid).where(InstanceRow.series_id.in_(series)),
    )


def critical_items(session: Session, project: str) -> frozenset[str]:
    """Return the oids of the items that a project's forms call critical."""
    repository = select(ProjectRow.repository_id).where(ProjectRow.id == project)
    forms = session.scalars(
        select(FormRow).where(FormRow.repository_id == repository.scalar_subquery())
    )
    return frozenset(
        item.oid
        for form in forms
        for _, item in definition_of(form).items_by_key.values()
        if item.critical
    )


def locked_manifests(session: Session, project: str) -> tuple[str, ...]:
    """Return the digests of the manifests that a project's locks name."""
    query = select(LockRow.manifest_digest).where(LockRow.project_id == project).distinct()
    return tuple(sorted(session.scalars(query)))
