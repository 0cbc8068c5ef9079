"""Subjects of a project and their visits."""

from fastapi import APIRouter, status

from api.schemas.subjects import SubjectNew, SubjectView
from api.work import SignedIn
from research.boards import subject_board
from research.ids import ProjectId
from research.scheduling import create_subject as create
from research.subjects import NewSubject

router = APIRouter(prefix="/api/projects/{project_id}/subjects", tags=["subjects"])


@router.get("")
def list_subjects(project_id: str, work: SignedIn) -> list[SubjectView]:
    """List subjects with their visits and where each visit stands."""
    with work.looking() as act:
        return [
            SubjectView.model_validate(each) for each in subject_board(act, ProjectId(project_id))
        ]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_subject(project_id: str, body: SubjectNew, work: SignedIn) -> SubjectView:
    """Create a subject with the visits and tasks of the live workflow."""
    with work.changing() as act:
        created = create(act, ProjectId(project_id), NewSubject(**body.model_dump()))
        board = subject_board(act, ProjectId(project_id))
        return SubjectView.model_validate(next(each for each in board if each.id == created))
