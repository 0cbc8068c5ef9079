"""An uploader of some sites: what is of a subject that shares none of them is not there."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from accounts.acts import Act
from accounts.errors import NotFound, Refusal
from ingest.prepare import Prepared
from research.images import InstanceRow, SeriesRow, StudyRow
from research.subjects import SubjectRow, at_sites


def refuse_other_sites(
    act: Act, project: str, items: Sequence[Prepared], *, within: Collection[str]
) -> None:
    """Raise the one refusal when anything of an upload belongs to a subject of another site.

    A code that nobody has is refused alike, and so is a UID that another site's image bears:
    an answer that told them apart would tell who is in the trial elsewhere.
    """
    ours = select(SubjectRow.id).where(SubjectRow.project_id == project, at_sites(within))
    codes = {item.patient_id for item in items}
    known = act.session.scalars(
        select(SubjectRow.code).where(SubjectRow.id.in_(ours), SubjectRow.code.in_(codes))
    )
    elsewhere = (
        select(StudyRow.id)
        .outerjoin(SeriesRow, SeriesRow.study_id == StudyRow.id)
        .outerjoin(InstanceRow, InstanceRow.series_id == SeriesRow.id)
        .where(
            StudyRow.project_id == project,
            StudyRow.subject_id.not_in(ours),
            or_(
                StudyRow.study_uid.in_({item.instance.study_uid for item in items}),
                SeriesRow.series_uid.in_({item.instance.series_uid for item in items}),
                InstanceRow.sop_instance_uid.in_(
                    {item.instance.sop_instance_uid for item in items}
                ),
            ),
        )
    )
    if codes - set(known) or act.session.scalars(elsewhere.limit(1)).first() is not None:
        raise NotFound(
            "there is no such subject for you: nothing of this upload was taken",
            Refusal(log=project, object_kind="subject"),
        )
