"""Studies as people browse them: which series came for which visit, with counts."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize, sites_within
from research.ids import ProjectId
from research.images import InstanceRow, SeriesRow, StudyRow
from research.subjects import SubjectRow, at_sites
from research.visits import VisitRow


@dataclass(frozen=True)
class SeriesView:
    """One series with its counts."""

    series_uid: str
    modality: str
    description: str
    number: int | None
    body_part: str
    instances: int
    frames: int
    displayable: bool


@dataclass(frozen=True)
class StudyView:
    """One study; to a blinded reader only its series and their counts."""

    study_uid: str
    description: str
    received_at: datetime | None
    subject_code: str | None
    visit_code: str | None
    visit_label: str | None
    series: tuple[SeriesView, ...]


def studies(act: Act, project_id: ProjectId) -> tuple[StudyView, ...]:
    """Return the studies of a project, the newest first."""
    authorize(act, "view", "image", project_id, reach="site")
    within = sites_within(act, "view", "image", project_id)
    of_project = InstanceRow.project_id == project_id
    return studies_where(act.session, of_project, at_sites(within), blinded=False)


def studies_where(
    session: Session, *conditions: ColumnElement[bool], blinded: bool
) -> tuple[StudyView, ...]:
    """Return the studies that some instances make up, counted by the database.

    Free text and whatever names the subject is left out for the blinded.
    """
    query = (
        select(
            StudyRow,
            SeriesRow,
            SubjectRow.code,
            VisitRow.code,
            VisitRow.label,
            func.count(InstanceRow.id),
            func.sum(InstanceRow.frames),
            func.max(InstanceRow.rows),
        )
        .join(SeriesRow, SeriesRow.study_id == StudyRow.id)
        .join(InstanceRow, InstanceRow.series_id == SeriesRow.id)
        .join(SubjectRow, SubjectRow.id == StudyRow.subject_id)
        .join(VisitRow, VisitRow.id == StudyRow.visit_id)
        .where(*conditions)
        .group_by(StudyRow.id, SeriesRow.id, SubjectRow.code, VisitRow.code, VisitRow.label)
        .order_by(
            StudyRow.ledger_sequence.desc(), StudyRow.id, SeriesRow.number, SeriesRow.series_uid
        )
    )
    found: dict[str, StudyView] = {}
    for study, series, subject, visit, label, instances, frames, rows in session.execute(query):
        view = found.get(study.id)
        if view is None:
            view = (
                StudyView(study.study_uid, "", None, None, None, None, ())
                if blinded
                else StudyView(
                    study.study_uid, study.description, study.received_at, subject, visit, label, ()
                )
            )
        one = SeriesView(
            series_uid=series.series_uid,
            modality=series.modality,
            description="" if blinded else series.description,
            number=series.number,
            body_part="" if blinded else series.body_part,
            instances=instances,
            frames=int(frames),
            displayable=rows is not None,
        )
        found[study.id] = replace(view, series=(*view.series, one))
    return tuple(found.values())
