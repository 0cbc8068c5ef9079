"""The demo's synthetic study: phantoms taken in, checked, and partly read by the demo readers."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from accounts.people import find_login
from ingest.receive import receive
from lake.location import Lake
from readout.demo.phantoms import Nodule, Phantom, instances
from readout.demo.setup import QC, READERS, grant
from readout.errors import ServiceFailed
from readout.hand import Hand
from research.answers import AnswerChange
from research.drafts import save_draft
from research.ids import ProjectId
from research.reads import open_task, submit_read
from research.reads import sign_read as sign
from research.subjects import SubjectRow
from research.task_lists import my_tasks
from research.tasks import TaskRow

# The first three are read already, the last one waits for its quality control.
PHANTOMS = (
    Phantom("P-001", (Nodule(70, 10, 0, 18),), seed=1),
    Phantom("P-002", (), seed=2),
    Phantom("P-003", (Nodule(-80, -25, 12, 9),), seed=3),
    Phantom("P-004", (Nodule(62, 40, -21, 12), Nodule(-70, 5, 18, 7)), seed=4),
    Phantom("P-005", (), seed=5),
    Phantom("P-006", (Nodule(-60, 30, -6, 24),), seed=6),
    Phantom("P-007", (Nodule(88, -15, 27, 6),), seed=7),
    Phantom("P-008", (Nodule(74, 20, 9, 15),), seed=8),
)
WAITING_FOR_QC = 1

# Per reader and phantom: confidence and stated diameter, as a person might have answered.
ANSWERS: tuple[Mapping[str, tuple[str, str]], ...] = (
    {"P-001": ("95", "17.8"), "P-002": ("10", ""), "P-003": ("70", "8.7")},
    {"P-001": ("100", "18.4"), "P-002": ("5", ""), "P-003": ("40", "")},
)


def load(hand: Hand, lake: Lake, project: ProjectId, *, done: Callable[[], None]) -> None:
    """Take in every phantom, check all but the last, and read the first ones."""
    for phantom in PHANTOMS:
        with hand.database.transaction() as session:
            act = hand.act(session)
            receipt = receive(
                act, lake, project=project, files=instances(phantom), source="demo phantoms"
            )
            if len(receipt.of("stored")) != phantom.slices:
                raise ServiceFailed(f"phantom {phantom.subject} was not stored whole")
        done()
    quality = person_of(hand, QC.login)
    tasks = open_tasks(quality, project)
    decision = {"COVERAGE": "YES", "QUALITY": "GOOD", "DECISION": "approve"}
    for phantom in PHANTOMS[:-WAITING_FOR_QC]:
        checked = [("QUALITY", item, value) for item, value in decision.items()]
        _answer_and_sign(quality, project, tasks[phantom.subject], checked)
    for account, stated in zip(READERS, ANSWERS, strict=True):
        reader = person_of(hand, account.login)
        tasks = open_tasks(reader, project)
        for subject, (confidence, diameter) in stated.items():
            answers = _read_answers(confidence, diameter)
            _answer_and_sign(reader, project, tasks[subject], answers)
            done()


def _read_answers(confidence: str, diameter: str) -> list[tuple[str, str, str]]:
    found = int(confidence) >= 50
    answers = [
        ("FINDING", "NODULE", "YES" if found else "NO"),
        ("FINDING", "CONFIDENCE", confidence),
        ("READ", "QUALITY", "GOOD"),
    ]
    if diameter:
        answers.append(("FINDING", "DIAMETER", diameter))
    return answers


def person_of(hand: Hand, login: str) -> Hand:
    """Return the hand of a demo account."""
    with hand.database.reading() as session:
        person = find_login(session, login)
    assert person is not None, f"the demo account {login} is missing"
    return hand.of(person.id)


def open_tasks(hand: Hand, project: ProjectId) -> dict[str, str]:
    """Return the hand's ready tasks by subject, which a blinded reader's own list does not tell."""
    with hand.database.reading() as session:
        mine = {
            task.id for task in my_tasks(hand.act(session), project_id=project, states={"ready"})
        }
        rows = session.execute(
            select(SubjectRow.code, TaskRow.id)
            .join(SubjectRow, SubjectRow.id == TaskRow.subject_id)
            .where(TaskRow.project_id == project)
        )
        return {code: task for code, task in rows if task in mine}


def _answer_and_sign(
    hand: Hand, project: ProjectId, task: str, answers: list[tuple[str, str, str]]
) -> None:
    changes = [
        AnswerChange(group=group, repeat="", item=item, value=value)
        for group, item, value in answers
    ]
    sign_answers(hand, project, task, changes)


def sign_answers(
    hand: Hand, project: ProjectId, task: str, changes: Sequence[AnswerChange]
) -> None:
    """Open a task, answer it, submit it and sign it, as a person would."""
    with hand.database.transaction() as session:
        act = hand.act(session)
        read = open_task(act, task)
        saved = save_draft(act, task, draft=0, changes=changes)
        submitted = submit_read(act, task, draft=saved.draft)
        token = grant(
            act,
            kind="read",
            id=read,
            digest=submitted.record_digest,
            meaning=submitted.meaning,
            log=project,
        )
        sign(act, task, grant=token)
