"""The one seam to the trial's database: what research exports, read at one moment each."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.database import Database
from research import export


@dataclass(frozen=True)
class Exports:
    """The rows that a stretch of a project's ledger made or changed."""

    database: Database

    def projects(self) -> tuple[export.ProjectExport, ...]:
        """Return every project."""
        with self.database.reading() as session:
            return export.project_rows(session)

    def head(self, project: str) -> int:
        """Return the sequence of the newest entry, -1 when there is none."""
        with self.database.reading() as session:
            return export.head_sequence(session, project)

    def project_code(self, project: str) -> str:
        """Return the code of a project."""
        with self.database.reading() as session:
            return export.project_code(session, project)

    def instances(self, project: str, *, after: int, up_to: int) -> Iterator[export.InstanceExport]:
        """Yield the instances received in the stretch."""
        with self.database.reading() as session:
            yield from export.instance_rows(session, project, after_sequence=after, up_to=up_to)

    def answers(self, project: str, *, after: int, up_to: int) -> Iterator[export.AnswerExport]:
        """Yield the answers signed or imported in the stretch."""
        with self.database.reading() as session:
            yield from export.answer_rows(session, project, after_sequence=after, up_to=up_to)

    def annotations(
        self, project: str, *, after: int, up_to: int
    ) -> Iterator[export.AnnotationExport]:
        """Yield the marks of the reads signed or imported in the stretch."""
        with self.database.reading() as session:
            yield from export.annotation_rows(session, project, after_sequence=after, up_to=up_to)

    def entries(self, project: str, *, after: int, up_to: int) -> Iterator[export.LedgerExport]:
        """Yield the ledger entries of the stretch."""
        with self.database.reading() as session:
            yield from export.ledger_rows(session, project, after_sequence=after, up_to=up_to)

    def subjects(self, project: str, *, after: int, up_to: int) -> Iterator[export.SubjectExport]:
        """Yield the subjects made or changed in the stretch, as they stand now."""
        with self.database.reading() as session:
            yield from export.subject_rows(session, project, after_sequence=after, up_to=up_to)
