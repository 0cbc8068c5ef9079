"""Studies as people browse them: which series came for which visit, with counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from research.ids import ProjectId
from research.images import InstanceRow, SeriesRow, StudyRow
from research.subjects import SubjectRow
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
    authorize(act, "view", "image", project_id)
    query = (
        select(InstanceRow)
        .where(InstanceRow.project_id == project_id)
        .order_by(InstanceRow.ledger_sequence)
    )
    found = studies_of_instances(act.session, tuple(act.session.scalars(query)), blinded=False)
    return found[::-1]


def studies_of_instances(
    session: Session, instances: Sequence[InstanceRow], *, blinded: bool
) -> tuple[StudyView, ...]:
    """Return the studies that some instances make up; free text is left out for the blinded."""
    by_series: dict[str, list[InstanceRow]] = defaultdict(list)
    for instance in instances:
        by_series[instance.series_id].append(instance)
    by_study: dict[str, list[SeriesRow]] = defaultdict(list)
    for series_id in by_series:
        series = session.get(SeriesRow, series_id)
        assert series is not None
        by_study[series.study_id].append(series)
    return tuple(
        _study(session, study_id, series, by_series, blinded=blinded)
        for study_id, series in by_study.items()
    )


def _study(
    session: Session,
    study_id: str,
    series: Sequence[SeriesRow],
    instances: dict[str, list[InstanceRow]],
    *,
    blinded: bool,
) -> StudyView:
    study = session.get(StudyRow, study_id)
    assert study is not None
    subject = session.get(SubjectRow, study.subject_id)
    visit = session.get(VisitRow, study.visit_id)
    assert subject is not None
    assert visit is not None
    ordered = sorted(series, key=lambda row: (row.number is None, row.number or 0, row.series_uid))
    views = tuple(_series(row, instances[row.id], blinded=blinded) for row in ordered)
    if blinded:
        return StudyView(study.study_uid, "", None, None, None, None, views)
    return StudyView(
        study_uid=study.study_uid,
        description=study.description,
        received_at=study.received_at,
        subject_code=subject.code,
        visit_code=visit.code,
        visit_label=visit.label,
        series=views,
    )


def _series(row: SeriesRow, instances: Sequence[InstanceRow], *, blinded: bool) -> SeriesView:
    return SeriesView(
        series_uid=row.series_uid,
        modality=row.modality,
        description="" if blinded else row.description,
        number=row.number,
        body_part="" if blinded else row.body_part,
        instances=len(instances),
        frames=sum(instance.frames for instance in instances),
        displayable=any(instance.rows and instance.columns for instance in instances),
    )
