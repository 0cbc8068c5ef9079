"""Image roots: exactly the images one address serves, to a project's members or for one task.

Everything a viewer fetches goes through here, so that what is outside a root does not exist in it.
"""

from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import sites_within
from accounts.errors import NotPermitted
from research.ids import ProjectId
from research.images import InstanceRow, SeriesRow, StudyRow
from research.subjects import SubjectRow, at_sites, is_at
from research.tasks import hidden_task, is_mine, shown_task
from research.visits import VisitRow

NOTHING = -1


@dataclass(frozen=True)
class ImageRoot:
    """What one address serves; `label` is what stands for the subject where it is blinded.

    `within` names the sites of whoever is limited to some.
    """

    project_id: ProjectId
    visit_id: str | None = None
    up_to: int | None = None
    within: frozenset[str] | None = None
    is_blinded: bool = False
    label: str = ""


@dataclass(frozen=True)
class RootInstance:
    """One instance of a root, with its series and study."""

    study_uid: str
    study_description: str
    series_uid: str
    modality: str
    series_description: str
    series_number: int | None
    body_part: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax: str
    sha256: str
    number: int | None
    rows: int | None
    columns: int | None
    frames: int
    frame_offsets: JsonValue
    subject_code: str
    received_at: datetime


def project_root(act: Act, project_id: ProjectId) -> ImageRoot:
    """Return the root of a whole project, for those whose role shows all of its images."""
    within = sites_within(act, "view", "image", project_id)
    if within is not None and not within:
        raise NotPermitted("your role here shows the images of your own tasks only")
    return ImageRoot(project_id, within=within)


def task_root(act: Act, task_id: str) -> ImageRoot:
    """Return the root of one task: the images that were fixed for it, and no others."""
    task = shown_task(act, task_id)
    if not is_mine(act, task):
        within = sites_within(act, "view", "image", task.project_id)
        if not is_at(act.session, task.subject_id, within):
            raise hidden_task(task_id)
    up_to = None
    if task.step_type == "read":
        visit = act.session.get(VisitRow, task.visit_id)
        fixed = visit.image_set_sequence if visit and task.state != "waiting" else None
        up_to = NOTHING if fixed is None else fixed
    return ImageRoot(
        project_id=ProjectId(task.project_id),
        visit_id=task.visit_id,
        up_to=up_to,
        is_blinded=task.is_blinded,
        label=task.read_code,
    )


def instances(
    session: Session,
    root: ImageRoot,
    *,
    study_uid: str | None = None,
    series_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> tuple[RootInstance, ...]:
    """Return the instances of a root, in the order of their series and numbers."""
    query = (
        select(InstanceRow, SeriesRow, StudyRow, SubjectRow.code)
        .join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
        .join(StudyRow, StudyRow.id == SeriesRow.study_id)
        .join(SubjectRow, SubjectRow.id == StudyRow.subject_id)
        .where(InstanceRow.project_id == root.project_id, at_sites(root.within))
        .order_by(
            StudyRow.ledger_sequence.desc(),
            SeriesRow.number,
            SeriesRow.series_uid,
            InstanceRow.number,
            InstanceRow.sop_instance_uid,
        )
    )
    for column, wanted in (
        (StudyRow.visit_id, root.visit_id),
        (StudyRow.study_uid, study_uid),
        (SeriesRow.series_uid, series_uid),
        (InstanceRow.sop_instance_uid, sop_instance_uid),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if root.up_to is not None:
        query = query.where(InstanceRow.ledger_sequence <= root.up_to)
    return tuple(_view(root, *row) for row in session.execute(query))


def _view(
    root: ImageRoot, instance: InstanceRow, series: SeriesRow, study: StudyRow, code: str
) -> RootInstance:
    blinded = root.is_blinded
    return RootInstance(
        study_uid=study.study_uid,
        study_description="" if blinded else study.description,
        series_uid=series.series_uid,
        modality=series.modality,
        series_description="" if blinded else series.description,
        series_number=series.number,
        body_part="" if blinded else series.body_part,
        sop_instance_uid=instance.sop_instance_uid,
        sop_class_uid=instance.sop_class_uid,
        transfer_syntax=instance.transfer_syntax,
        sha256=instance.sha256,
        number=instance.number,
        rows=instance.rows,
        columns=instance.columns,
        frames=instance.frames,
        frame_offsets=instance.frame_offsets,
        subject_code=root.label if blinded else code,
        received_at=instance.received_at,
    )
