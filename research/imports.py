"""Reads that were made elsewhere: taken in bulk, checked by the form, never signed by us."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from accounts.acts import Act, Identifying
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists
from accounts.vault_keys import NOBODY
from research.answers import AnswerChange, AnswerRow, answers_digest, changed
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.errors import Invalid
from research.forms import FormRow, definition_of, signed_form
from research.ids import ProjectId
from research.projects import open_project
from research.read_records import ReadRow, record_digest
from research.scheduling import subject_row
from research.subjects import NewSubject, SubjectRow
from research.visits import VisitRow, planned_visit
from research.workflows import WorkflowRow, charter_of, live_workflow


@dataclass(frozen=True, kw_only=True)
class ImportedRead:
    """One read made elsewhere: who read what, where its answers belong, and the answers."""

    subject_code: str
    visit_code: str
    step_code: str
    reader_label: str
    form_oid: str
    form_version: str
    answers: tuple[AnswerChange, ...]
    reader_kind: str = "human"
    position: str = ""
    arm: str = ""
    session: int = 1
    repeat: int = 0
    read_at: datetime | None = None


@dataclass(frozen=True)
class ImportResult:
    """How much was taken in, and the last entry that tells of it."""

    subjects: int
    reads: int
    answers: int
    ledger_sequence: int


ReadKey = tuple[str, str, str, str, int, int]


def import_reads(
    act: Act, project_id: ProjectId, reads: Iterable[ImportedRead], *, source: str
) -> ImportResult:
    """Take in reads, all or none; subjects and planned visits that are missing are made."""
    authorize(act, "create", "read", project_id)
    open_project(act.session, project_id)
    by_subject: dict[str, list[ImportedRead]] = defaultdict(list)
    for read in reads:
        by_subject[read.subject_code].append(read)
    if not by_subject:
        raise Invalid("there are no reads to import")
    batch = _Batch(act, project_id, source)
    for code, subject_reads in by_subject.items():
        batch.add_subject(code, subject_reads)
    return batch.write()


class _Batch:
    """The rows of one import: collected subject by subject, written table by table."""

    def __init__(self, act: Act, project_id: ProjectId, source: str) -> None:
        live = live_workflow(act.session, project_id)
        if live is None:
            raise Invalid(f"project {project_id} has no live workflow: approve one first")
        self.act = act
        self.project_id = project_id
        self.source = source
        self.workflow: WorkflowRow = live
        self.repository_id = open_project(act.session, project_id).repository_id
        self.forms: dict[tuple[str, str], tuple[FormRow, FormDefinition]] = {}
        self.readers = self._known_readers()
        self.keys = self._known_keys()
        self.new: dict[type[Base], list[dict[str, object]]] = {
            model: [] for model in (SubjectRow, VisitRow, ReadRow, AnswerRow)
        }
        self.sequence = -1

    def add_subject(self, code: str, reads: Sequence[ImportedRead]) -> None:
        """Check the reads of one subject and enter them."""
        subject, is_new = self._subject(code)
        visits, new_visits = self._visits(subject, {read.visit_code for read in reads})
        rows, digests, n_answers = [], {}, 0
        for read in reads:
            row, answers = self._read(subject, visits[read.visit_code], read)
            digests[row.id] = answers_digest(row.salt, answers)
            rows.append(row)
            n_answers += len(answers)
        made = (*((subject,) if is_new else ()), *new_visits)
        self.sequence = self.act.record(
            self.project_id,
            "reads_imported",
            "subject",
            subject.id,
            after={
                "source": Identifying(self.source, repeated=True),
                "reads": len(rows),
                "answers": n_answers,
            },
            about=NOBODY,
            rows={**rows_named(*made, *rows), "answers": digests},
        )
        for made_row in (*made, *rows):
            values = _values(made_row)
            self.new[type(made_row)].append({**values, "ledger_sequence": self.sequence})

    def write(self) -> ImportResult:
        """Insert everything, parents first."""
        for model, rows in self.new.items():
            if rows:
                self.act.session.execute(insert(model), rows)
        self.act.session.flush()
        return ImportResult(
            subjects=len({row["subject_id"] for row in self.new[ReadRow]}),
            reads=len(self.new[ReadRow]),
            answers=len(self.new[AnswerRow]),
            ledger_sequence=self.sequence,
        )

    def _subject(self, code: str) -> tuple[SubjectRow, bool]:
        query = select(SubjectRow).where(
            SubjectRow.project_id == self.project_id, SubjectRow.code == code
        )
        known = self.act.session.scalar(query)
        if known is not None:
            return known, False
        row = subject_row(self.act, self.project_id, NewSubject(code=code))
        row.workflow_id = self.workflow.id
        return row, True

    def _visits(
        self, subject: SubjectRow, codes: set[str]
    ) -> tuple[dict[str, VisitRow], list[VisitRow]]:
        query = select(VisitRow).where(VisitRow.subject_id == subject.id)
        visits = {row.code: row for row in self.act.session.scalars(query)}
        new = []
        for position, plan in enumerate(charter_of(self.workflow).visits):
            if plan.code in codes and plan.code not in visits:
                visits[plan.code] = planned_visit(self.act, subject, plan, position=position)
                new.append(visits[plan.code])
        strangers = sorted(codes - visits.keys())
        if strangers:
            raise Invalid(f"subject {subject.code} has no visit {', '.join(strangers)}")
        return visits, new

    def _read(
        self, subject: SubjectRow, visit: VisitRow, read: ImportedRead
    ) -> tuple[ReadRow, dict[ItemKey, Answer]]:
        if all(read.step_code != step.code for step in charter_of(self.workflow).steps):
            raise Invalid(f"the live workflow has no step {read.step_code}")
        form, definition = self._form(read)
        reader = (read.reader_kind, read.reader_label)
        reader_id = self.readers.setdefault(reader, self.act.new_id())
        key = (visit.id, read.step_code, reader_id, read.arm, read.session, read.repeat)
        if key in self.keys:
            raise AlreadyExists(
                f"the read of {subject.code} {visit.code} by {read.reader_label} is there already"
            )
        self.keys.add(key)
        row = ReadRow(
            id=self.act.new_id(),
            project_id=self.project_id,
            task_id=None,
            subject_id=subject.id,
            visit_id=visit.id,
            step_code=read.step_code,
            workflow_number=self.workflow.number,
            position=read.position,
            reader_id=reader_id,
            reader_kind=read.reader_kind,
            reader_label=read.reader_label,
            arm=read.arm,
            session=read.session,
            repeat=read.repeat,
            revision=1,
            status="imported",
            draft=0,
            form_id=form.id,
            form_oid=form.oid,
            form_version=form.version,
            form_digest=form.digest,
            image_set_digest=visit.image_set_digest,
            salt=secrets.token_hex(32),
            signed_at=read.read_at,
            source=self.source,
        )
        return row, self._answers(row, definition, read)

    def _answers(
        self, row: ReadRow, form: FormDefinition, read: ImportedRead
    ) -> dict[ItemKey, Answer]:
        answers = changed(form, {}, read.answers)
        if len(answers) < len(read.answers):
            raise Invalid(
                f"the read of {read.subject_code} by {read.reader_label} answers an item twice, "
                "or with nothing"
            )
        row.record_digest = record_digest(row, answers)
        self.new[AnswerRow].extend(
            {
                "read_id": row.id,
                "group_oid": key.group,
                "repeat_key": key.repeat,
                "item_oid": key.item,
                "kind": form.items_by_key[key.group, key.item][1].kind,
                "value": answer.value,
                "missing": answer.missing,
            }
            for key, answer in answers.items()
        )
        return answers

    def _form(self, read: ImportedRead) -> tuple[FormRow, FormDefinition]:
        name = (read.form_oid, read.form_version)
        if name not in self.forms:
            row = signed_form(
                self.act.session, self.repository_id, oid=read.form_oid, version=read.form_version
            )
            if row is None:
                raise Invalid(f"there is no signed form {read.form_oid} {read.form_version}")
            self.forms[name] = row, definition_of(row)
        return self.forms[name]

    def _known_readers(self) -> dict[tuple[str, str], str]:
        query = select(ReadRow.reader_kind, ReadRow.reader_label, ReadRow.reader_id).where(
            ReadRow.project_id == self.project_id, ReadRow.status == "imported"
        )
        found = self.act.session.execute(query.distinct())
        return {(kind, label): id for kind, label, id in found}

    def _known_keys(self) -> set[ReadKey]:
        query = select(
            ReadRow.visit_id, ReadRow.step_code, ReadRow.reader_id, ReadRow.arm, ReadRow.session,
            ReadRow.repeat,
        ).where(ReadRow.project_id == self.project_id)  # fmt: skip
        return {
            (visit, step, reader, arm, session, repeat)
            for visit, step, reader, arm, session, repeat in self.act.session.execute(query)
        }


def _values(row: Base) -> dict[str, object]:
    """Return the columns of a row that is not in any session yet."""
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
