"""LIDC's readings as imported reads: four per scan, one row of ratings per marked nodule."""

from collections import Counter
from collections.abc import Iterator

from readout.demo.lidc import CITATION, RATINGS, READERS, Scan, database_path, read_scans
from readout.hand import Hand
from research.answers import AnswerChange
from research.ids import ProjectId
from research.imports import ImportedRead, ImportResult, import_reads

NODULE = "NODULE"


def load(hand: Hand, project: ProjectId) -> ImportResult:
    """Import every reading of LIDC-IDRI into a project."""
    with hand.database.transaction() as session:
        reads = imported_reads(read_scans(database_path()))
        return import_reads(hand.act(session), project, reads, source=CITATION)


def imported_reads(scans: list[Scan]) -> Iterator[ImportedRead]:
    """Yield four reads per scan; a reader who outlined nothing has read it all the same."""
    scans_of: Counter[str] = Counter()
    for scan in scans:
        scans_of[scan.patient] += 1
        # Eight patients were scanned twice; each scan was read on its own.
        number = scans_of[scan.patient]
        subject = scan.patient if number == 1 else f"{scan.patient}-{number}"
        for reader in range(1, READERS + 1):
            yield ImportedRead(
                subject_code=subject,
                visit_code="CT",
                step_code="READ",
                position=f"R{reader}",
                reader_label=f"LIDC reader {reader}",
                form_oid="LIDC_NODULES",
                form_version="1.0.0",
                answers=tuple(_answers(scan, reader)),
            )


def _answers(scan: Scan, reader: int) -> Iterator[AnswerChange]:
    for mark in scan.marks:
        if mark.reader != reader:
            continue
        row = str(mark.nodule)
        for name, (_, codes) in RATINGS.items():
            rating = mark.ratings[name]
            # One published rating stands outside its own code list.
            known = 1 <= rating <= len(codes)
            yield AnswerChange(
                group=NODULE,
                repeat=row,
                item=name.upper(),
                value=str(rating) if known else None,
                missing=None if known else "not_evaluable",
            )
        diameter = f"{mark.diameter_mm:.1f}"
        yield AnswerChange(group=NODULE, repeat=row, item="DIAMETER", value=diameter)
