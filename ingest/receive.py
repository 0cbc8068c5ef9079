"""One path for every image that comes in: check, store, match, record; every file gets a line.

Nothing is said to be stored before its object is on the disk and its rows are committed with
their ledger entry, which the caller's transaction does when it ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from sqlalchemy import select

from accounts.acts import Act
from accounts.authorize import authorize, sites_within
from ingest.check import DEFAULT_MAX_BYTES
from ingest.errors import UidCollision
from ingest.match import Held, match_visit
from ingest.own_sites import refuse_other_sites
from ingest.prepare import Deidentify, NotTaken, Prepared, Source, prepare
from lake.location import Lake
from research.arrivals import record_images
from research.held_items import hold_item
from research.ids import ProjectId
from research.images import SeriesRow, StudyRow, known_instances
from research.projects import find_project, open_project

Status = Literal["stored", "already_present", "held", "refused"]


@dataclass(frozen=True)
class Line:
    """What became of one file; `sha256` is the digest of the bytes as they were received."""

    part: int
    status: Status
    sop_instance_uid: str | None = None
    sop_class_uid: str | None = None
    study_uid: str | None = None
    sha256: str | None = None
    reason: str = ""
    detail: str = ""
    dicom_code: int = 0


@dataclass(frozen=True)
class Receipt:
    """One line for each file, in the order they came."""

    lines: tuple[Line, ...]

    def of(self, status: Status) -> tuple[Line, ...]:
        """Return the lines of one status."""
        return tuple(line for line in self.lines if line.status == status)


def receive(
    act: Act,
    lake: Lake,
    *,
    project: ProjectId,
    files: Iterable[Source],
    source: str,
    deidentify: Deidentify | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> Receipt:
    """Take in files: objects into the lake, rows and ledger entries into the act's transaction."""
    authorize(act, "create", "image", project, reach="site")
    find_project(act.session, project)
    prepared = prepare(lake, project, files, deidentify=deidentify, max_bytes=max_bytes)
    return record(act, prepared, project=project, source=source)


def record(
    act: Act, items: Sequence[Prepared | NotTaken], *, project: ProjectId, source: str
) -> Receipt:
    """Record what was prepared; the caller may have prepared it before its transaction began."""
    authorize(act, "create", "image", project, reach="site")
    within = sites_within(act, "create", "image", project)
    # The project's row is locked first: of two uploads of the same study one waits for the other.
    open_project(act.session, project)
    if within is not None:
        whose = [item for item in items if isinstance(item, Prepared)]
        refuse_other_sites(act, project, whose, within=within)
    lines = [_refused(item) for item in items if isinstance(item, NotTaken)]
    fresh: list[Prepared] = []
    for item, line in _judged(act, project, [i for i in items if isinstance(i, Prepared)]):
        if line is None:
            fresh.append(item)
            continue
        lines.append(line)
        if line.status == "refused":
            # The other bytes are kept aside for a person to look at; the stored object stays.
            _hold(act, project, item, Held(line.reason, line.detail), source)
    fresh.sort(key=lambda item: item.instance.study_uid)
    for _, study in groupby(fresh, key=lambda item: item.instance.study_uid):
        lines.extend(
            _record_study(act, project, list(study), source, planned_only=within is not None)
        )
    return Receipt(tuple(sorted(lines, key=lambda line: line.part)))


def _judged(
    act: Act, project: ProjectId, items: list[Prepared]
) -> list[tuple[Prepared, Line | None]]:
    """Tell the new instances from those that are present already or collide with them."""
    uids = [item.instance.sop_instance_uid for item in items]
    digests = {
        uid: {row.sha256, row.original_digest}
        for uid, row in known_instances(act.session, project, uids).items()
    }
    homes = _series_homes(act, project, {item.instance.series_uid for item in items})
    judged: list[tuple[Prepared, Line | None]] = []
    for item in items:
        instance = item.instance
        there = digests.get(instance.sop_instance_uid)
        home = homes.setdefault(instance.series_uid, instance.study_uid)
        if there is not None and there & {item.received_sha256, instance.sha256}:
            judged.append((item, _line(item, "already_present")))
        elif there is not None:
            judged.append((item, _collision(item, "other bytes are stored under this SOP UID")))
        elif home != instance.study_uid:
            judged.append((item, _collision(item, "its series is stored in another study")))
        else:
            digests[instance.sop_instance_uid] = {item.received_sha256, instance.sha256}
            judged.append((item, None))
    return judged


def _series_homes(act: Act, project: ProjectId, series_uids: set[str]) -> dict[str, str]:
    """Return the study that each known series belongs to."""
    query = (
        select(SeriesRow.series_uid, StudyRow.study_uid)
        .join(StudyRow, StudyRow.id == SeriesRow.study_id)
        .where(SeriesRow.project_id == project, SeriesRow.series_uid.in_(series_uids))
    )
    return {row.series_uid: row.study_uid for row in act.session.execute(query)}


def _record_study(
    act: Act, project: ProjectId, study: list[Prepared], source: str, *, planned_only: bool
) -> list[Line]:
    """Link one study's new instances to its visit, or hold them for a person."""
    found = match_visit(act, project, study, planned_only=planned_only)
    if isinstance(found, Held):
        for item in study:
            _hold(act, project, item, found, source)
        return [_line(item, "held", reason=found.reason, detail=found.detail) for item in study]
    record_images(act, project, found.id, [item.instance for item in study], source=source)
    return [_line(item, "stored") for item in study]


def _hold(act: Act, project: ProjectId, item: Prepared, held: Held, source: str) -> None:
    """Keep an instance aside; who it is said to show stays in its object, not in the database."""
    instance = item.instance
    hold_item(
        act,
        project,
        reason=held.reason,
        sha256=instance.sha256,
        size=instance.size,
        source=source,
        sop_instance_uid=instance.sop_instance_uid,
        details={
            "detail": held.detail,
            "study_uid": instance.study_uid,
            "series_uid": instance.series_uid,
            "modality": instance.modality,
            "received_sha256": item.received_sha256,
        },
    )


def _line(item: Prepared, status: Status, *, reason: str = "", detail: str = "") -> Line:
    return Line(
        part=item.part,
        status=status,
        sop_instance_uid=item.instance.sop_instance_uid,
        sop_class_uid=item.instance.sop_class_uid,
        study_uid=item.instance.study_uid,
        sha256=item.received_sha256,
        reason=reason,
        detail=detail,
    )


def _collision(item: Prepared, detail: str) -> Line:
    return replace(
        _line(item, "refused", reason=UidCollision.reason, detail=detail),
        dicom_code=UidCollision.dicom_code,
    )


def _refused(item: NotTaken) -> Line:
    return Line(
        part=item.part,
        status="refused",
        sop_instance_uid=item.sop_instance_uid or None,
        sop_class_uid=item.sop_class_uid or None,
        reason=item.error.reason,
        detail=str(item.error),
        dicom_code=item.error.dicom_code,
    )
