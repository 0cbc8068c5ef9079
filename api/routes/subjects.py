"""Subjects of a project and their visits."""

from fastapi import APIRouter, Response, status

from accounts.acts import Act
from api.row_versions import IfMatch, expected, tag
from api.schemas.subjects import SubjectEdit, SubjectNew, SubjectView
from api.work import SignedIn
from research.boards import subject_board
from research.ids import ProjectId
from research.scheduling import create_subject as create
from research.subject_sites import SubjectChanges
from research.subject_sites import edit_subject as edit
from research.subjects import NewSubject, hidden_subject

router = APIRouter(prefix="/api/projects/{project_id}/subjects", tags=["subjects"])


@router.get("")
def list_subjects(project_id: str, work: SignedIn) -> list[SubjectView]:
    """List subjects with their visits and where each visit stands."""
    with work.looking() as act:
        return [
            SubjectView.model_validate(each) for each in subject_board(act, ProjectId(project_id))
        ]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_subject(
    project_id: str, body: SubjectNew, response: Response, work: SignedIn
) -> SubjectView:
    """Create a subject with the visits and tasks of the live workflow."""
    with work.changing() as act:
        created = create(act, ProjectId(project_id), NewSubject(**body.model_dump()))
        found = _shown(act, project_id, created)
    tag(response, found.row_version)
    return found


@router.get("/{subject_id}")
def get_subject(
    project_id: str, subject_id: str, response: Response, work: SignedIn
) -> SubjectView:
    """Show one subject with its visits."""
    with work.looking() as act:
        found = _shown(act, project_id, subject_id)
    tag(response, found.row_version)
    return found


@router.patch("/{subject_id}")
def edit_subject(
    project_id: str,
    subject_id: str,
    body: SubjectEdit,
    if_match: IfMatch,
    response: Response,
    work: SignedIn,
) -> SubjectView:
    """Change sites, cohort, sex or year of birth; 412 when the subject changed meanwhile."""
    changes = SubjectChanges(
        body.site_id, body.further_sites, body.cohort, body.sex, body.year_of_birth
    )
    with work.changing() as act:
        edit(
            act,
            ProjectId(project_id),
            subject_id,
            changes,
            row_version=expected(if_match),
            reason=body.reason.as_reason(),
        )
        found = _shown(act, project_id, subject_id)
    tag(response, found.row_version)
    return found


def _shown(act: Act, project_id: str, subject_id: str) -> SubjectView:
    board = subject_board(act, ProjectId(project_id))
    found = next((each for each in board if each.id == subject_id), None)
    if found is None:
        raise hidden_subject(subject_id)
    return SubjectView.model_validate(found)
