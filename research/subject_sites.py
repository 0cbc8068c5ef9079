"""What is said of a subject that exists: its sites, cohort, sex and year of birth, edited."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.acts import Act, Reason
from accounts.authorize import sites_within
from accounts.digests import row_digest, rows_named
from accounts.ledger.entries import JsonValue
from accounts.ledger.replay import RowDigest
from research.errors import Invalid
from research.ids import ProjectId
from research.projects import open_project
from research.row_versions import next_version
from research.sites import ProjectSiteRow
from research.subjects import SubjectRow, SubjectSiteRow, hidden_subject, is_at

SEXES = ("F", "M", "O")


@dataclass(frozen=True)
class SubjectChanges:
    """What shall change about a subject; what is None stays."""

    site_id: str | None = None
    further_sites: tuple[str, ...] | None = None
    cohort: str | None = None
    sex: str | None = None
    year_of_birth: int | None = None


def edit_subject(
    act: Act,
    project_id: ProjectId,
    subject_id: str,
    changes: SubjectChanges,
    *,
    row_version: int,
    reason: Reason,
) -> None:
    """Change what is said of a subject; code and kind stay as they were made."""
    within = sites_within(act, "edit", "subject", project_id)
    open_project(act.session, project_id)
    row = act.session.get(SubjectRow, subject_id, with_for_update=True)
    if row is None or row.project_id != project_id or not is_at(act.session, row.id, within):
        raise hidden_subject(subject_id)
    for site in (changes.site_id, *(changes.further_sites or ())):
        if site is not None and act.session.get(ProjectSiteRow, (project_id, site)) is None:
            raise Invalid(f"the project has no site {site}")
    row.row_version = next_version(row.id, current=row.row_version, expected=row_version)
    before = _said(act, row)
    if changes.site_id is not None:
        row.site_id = changes.site_id
    if changes.cohort is not None:
        row.cohort = changes.cohort
    if changes.sex is not None:
        row.sex = _checked_sex(changes.sex)
    if changes.year_of_birth is not None:
        row.year_of_birth = changes.year_of_birth
    rows: dict[str, dict[str, str | None]] = rows_named(row)
    if changes.further_sites is not None:
        of_subject = SubjectSiteRow.subject_id == row.id
        gone: dict[str, str | None] = {
            _key(each): None
            for each in act.session.scalars(select(SubjectSiteRow).where(of_subject))
        }
        act.session.execute(delete(SubjectSiteRow).where(of_subject))
        further = further_sites(row, changes.further_sites)
        put_at_sites(act, row, further)
        rows[SubjectSiteRow.__tablename__] = gone | _digests(further)
    row.ledger_sequence = act.record(
        project_id,
        "subject_changed",
        "subject",
        row.id,
        before=before,
        after=_said(act, row),
        reason=reason,
        rows=rows,
    )
    act.session.flush()


def further_sites(subject: SubjectRow, sites: Collection[str]) -> tuple[SubjectSiteRow, ...]:
    """Return the rows of a subject's further sites, not yet stored."""
    return tuple(
        SubjectSiteRow(subject_id=subject.id, site_id=site, project_id=subject.project_id)
        for site in sorted(set(sites) - {subject.site_id})
    )


def further_sites_named(rows: Iterable[SubjectSiteRow]) -> dict[str, dict[str, str | None]]:
    """Return the rows as an entry names them."""
    named = _digests(rows)
    return {SubjectSiteRow.__tablename__: named} if named else {}


def put_at_sites(act: Act, subject: SubjectRow, rows: Iterable[SubjectSiteRow]) -> None:
    """Store the further sites of a subject; the caller's entry names them."""
    for row in rows:
        row.ledger_sequence = subject.ledger_sequence
        act.session.add(row)
    act.session.flush()


def subject_site_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (subject and site, digest) of each further site of a project's subjects."""
    query = select(SubjectSiteRow).where(SubjectSiteRow.project_id == log)
    for row in session.scalars(query.execution_options(yield_per=2000)):
        yield _key(row), row_digest(row)


def _key(row: SubjectSiteRow) -> str:
    return f"{row.subject_id}/{row.site_id}"


def _digests(rows: Iterable[SubjectSiteRow]) -> dict[str, str | None]:
    return {_key(row): row_digest(row) for row in rows}


def _said(act: Act, row: SubjectRow) -> dict[str, JsonValue]:
    further = select(SubjectSiteRow.site_id).where(SubjectSiteRow.subject_id == row.id)
    return {
        "site": row.site_id,
        "further_sites": sorted(act.session.scalars(further)),
        "cohort": row.cohort,
        "sex": row.sex,
        "year_of_birth": row.year_of_birth,
    }


def _checked_sex(sex: str) -> str:
    if sex not in SEXES:
        raise Invalid(f"sex is one of {', '.join(SEXES)}, as DICOM has it")
    return sex
