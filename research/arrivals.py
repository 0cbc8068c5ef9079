"""The arrival of images: rows and entry at once, and the visit's upload step follows by itself."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize, sites_within
from accounts.digests import rows_named
from accounts.errors import NotFound
from research.charter import Charter
from research.errors import Invalid
from research.freezing import refuse_frozen
from research.ids import ProjectId
from research.images import (
    InstanceRow,
    ReceivedInstance,
    SeriesRow,
    StudyRow,
    image_set_digest,
    study_by_uid,
    visit_instances,
)
from research.projects import open_project
from research.scheduling import charter_of_task, repeat_tasks, settle
from research.subjects import SubjectRow, is_at, refuse_withdrawn
from research.tasks import TaskRow, current_tasks, fire
from research.visits import VisitRow

# An entry holds a digest per row and at most 256 KiB.
MAX_PER_ENTRY = 1000


def record_images(
    act: Act,
    project_id: ProjectId,
    visit_id: str,
    received: Sequence[ReceivedInstance],
    *,
    source: str,
) -> int:
    """Link stored instances to a visit and let its upload step follow; return the last entry."""
    authorize(act, "create", "image", project_id, reach="site")
    within = sites_within(act, "create", "image", project_id)
    open_project(act.session, project_id)
    visit = act.session.get(VisitRow, visit_id)
    is_here = visit is not None and visit.project_id == project_id
    if visit is None or not is_here or not is_at(act.session, visit.subject_id, within):
        raise NotFound(f"there is no visit {visit_id} in project {project_id}")
    if not received:
        raise Invalid("no instances were given")
    subject = act.session.get(SubjectRow, visit.subject_id)
    assert subject is not None, f"subject {visit.subject_id} is gone"
    refuse_frozen(act.session, project_id, visit.subject_id, visit.id)
    refuse_withdrawn(subject)
    for start in range(0, len(received), MAX_PER_ENTRY):
        sequence = _record_some(act, visit, received[start : start + MAX_PER_ENTRY], source)
    follow_arrival(act, visit)
    return sequence


def fix_image_set(act: Act, visit: VisitRow) -> None:
    """Say that the images of a visit are those it has now; the caller's entry names the visit."""
    instances = visit_instances(act.session, visit.id)
    visit.image_set_digest = image_set_digest((i.sop_instance_uid, i.sha256) for i in instances)
    visit.image_set_sequence = max((i.ledger_sequence for i in instances), default=None)


def follow_arrival(act: Act, visit: VisitRow) -> None:
    """Do the visit's upload step; what was decided about fewer images is decided again."""
    tasks = [t for t in current_tasks(act.session, visit.subject_id) if t.visit_id == visit.id]
    uploads = [task for task in tasks if task.step_type == "upload"]
    if not uploads:
        return
    charter = charter_of_task(act.session, uploads[0])
    if _is_checked(charter, uploads[0]):
        decided = [task for task in tasks if task.step_type == "qc" and task.state == "done"]
        if decided:
            done = [task for task in uploads if task.state == "done"]
            repeat_tasks(act, (*done, *decided), because="images_received")
    else:
        _refix(act, visit, tasks)
    uploads = [
        task
        for task in current_tasks(act.session, visit.subject_id)
        if task.visit_id == visit.id and task.step_type == "upload" and task.state == "ready"
    ]
    for task in uploads:
        for event in ("open", "submit", "confirm"):
            fire(task, event)
    settle(act, visit.subject_id, moved=uploads)


def _is_checked(charter: Charter, upload: TaskRow) -> bool:
    """Tell whether a QC step stands behind the upload, so that it fixes the image set."""
    return any(charter.step(c).type == "qc" for c in charter.behind(upload.step_code))


def _refix(act: Act, visit: VisitRow, tasks: Sequence[TaskRow]) -> None:
    """Without QC each arrival fixes the set anew, and reads of the former set are stale."""
    fix_image_set(act, visit)
    stale = [task for task in tasks if task.step_type == "read" and task.state == "done"]
    for task in stale:
        fire(task, "input_changed")
    visit.ledger_sequence = act.record(
        visit.project_id,
        "image_set_fixed",
        "visit",
        visit.id,
        after={"image_set": visit.image_set_digest, "stale": [task.id for task in stale]},
        rows=rows_named(visit),
    )
    for task in stale:
        task.ledger_sequence = visit.ledger_sequence


def _record_some(
    act: Act, visit: VisitRow, received: Sequence[ReceivedInstance], source: str
) -> int:
    studies = {uid: study_by_uid(act.session, visit.project_id, uid) for uid in _studies(received)}
    series = _known_series(act.session, visit.project_id, {item.series_uid for item in received})
    new: list[StudyRow | SeriesRow | InstanceRow] = []
    for item in received:
        study = studies[item.study_uid]
        if study is None:
            study = studies[item.study_uid] = _study(act, visit, item)
            new.append(study)
        elif study.visit_id != visit.id:
            raise Invalid(f"study {item.study_uid} belongs to another visit than {visit.id}")
        if item.series_uid not in series:
            series[item.series_uid] = _series(act, study, item)
            new.append(series[item.series_uid])
        elif series[item.series_uid].study_id != study.id:
            raise Invalid(f"series {item.series_uid} belongs to another study")
        new.append(_instance(act, series[item.series_uid], item, source))
    objects = {item.sop_instance_uid: item.sha256 for item in received}
    sequence = act.record(
        visit.project_id,
        "images_received",
        "visit",
        visit.id,
        after={"source": source, "instances": len(objects), "studies": sorted(studies)},
        rows=rows_named(*new),
    )
    # Parents first: the mapper knows foreign keys between tables only through relationships.
    for kind in (StudyRow, SeriesRow, InstanceRow):
        for row in new:
            if isinstance(row, kind):
                row.ledger_sequence = sequence
                act.session.add(row)
        act.session.flush()
    return sequence


def _studies(received: Sequence[ReceivedInstance]) -> set[str]:
    return {item.study_uid for item in received}


def _known_series(session: Session, project_id: str, uids: set[str]) -> dict[str, SeriesRow]:
    query = select(SeriesRow).where(
        SeriesRow.project_id == project_id, SeriesRow.series_uid.in_(uids)
    )
    return {row.series_uid: row for row in session.scalars(query)}


def _study(act: Act, visit: VisitRow, item: ReceivedInstance) -> StudyRow:
    return StudyRow(
        id=act.new_id(),
        project_id=visit.project_id,
        subject_id=visit.subject_id,
        visit_id=visit.id,
        study_uid=item.study_uid,
        description=item.study_description,
        acquired_on=item.acquired_on,
        received_at=act.now,
    )


def _series(act: Act, study: StudyRow, item: ReceivedInstance) -> SeriesRow:
    return SeriesRow(
        id=act.new_id(),
        project_id=study.project_id,
        study_id=study.id,
        series_uid=item.series_uid,
        modality=item.modality,
        description=item.series_description,
        number=item.series_number,
        body_part=item.body_part,
    )


def _instance(act: Act, series: SeriesRow, item: ReceivedInstance, source: str) -> InstanceRow:
    return InstanceRow(
        id=act.new_id(),
        project_id=series.project_id,
        series_id=series.id,
        sop_instance_uid=item.sop_instance_uid,
        sop_class_uid=item.sop_class_uid,
        transfer_syntax=item.transfer_syntax,
        sha256=item.sha256,
        original_digest=item.original_digest,
        size=item.size,
        number=item.instance_number,
        rows=item.rows,
        columns=item.columns,
        frames=item.frames,
        frame_offsets=item.frame_offsets,
        source=source,
        received_at=act.now,
    )
