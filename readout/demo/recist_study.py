"""The demo's response study: two growing and shrinking spheres, four visits, read by RECIST 1.1.

Reader 1 has read all visits but the last, so that the next read shows the lesions carried forward,
the sum, its changes, and the computed response beside the stated one. Every image is synthetic.
"""

from collections.abc import Callable

from ingest.receive import receive
from lake.location import Lake
from readout.demo.phantom_study import open_tasks, person_of, sign_answers
from readout.demo.phantoms import Nodule, Phantom, instances
from readout.demo.setup import QC, READERS
from readout.errors import ServiceFailed
from readout.hand import Hand
from research.answers import AnswerChange
from research.ids import ProjectId

SUBJECT = "R-01"
BY_HAND = "typed for the demo: the spheres' known diameters"
# Visit, day, diameters of the two spheres in millimetres, stated response.
VISITS = (
    ("BL", "20260105", ("50", "38"), ""),
    ("W6", "20260223", ("37", "27"), "SD"),
    ("W12", "20260407", ("31", "24"), "PR"),
    ("W18", "20260517", ("40", "29"), ""),
)
READ = 3


def phantoms() -> tuple[Phantom, ...]:
    """Return the subject's phantom at each visit."""
    return tuple(
        Phantom(
            SUBJECT,
            (Nodule(75, 0, 0, float(right)), Nodule(-75, 0, 0, float(left))),
            seed=number,
            timepoint=visit,
            day=day,
        )
        for number, (visit, day, (right, left), _) in enumerate(VISITS, start=1)
    )


def load(hand: Hand, lake: Lake, project: ProjectId, *, done: Callable[[], None]) -> None:
    """Take in every visit, approve it, and read all but the last."""
    quality, reader = person_of(hand, QC.login), person_of(hand, READERS[0].login)
    for phantom, (visit, _, sizes, stated) in zip(phantoms(), VISITS, strict=True):
        with hand.database.transaction() as session:
            receipt = receive(
                hand.act(session), lake, project=project, files=instances(phantom),
                source="demo phantoms",
            )  # fmt: skip
        if len(receipt.of("stored")) != phantom.slices:
            raise ServiceFailed(f"phantom {phantom.subject} {visit} was not stored whole")
        checked = {"COVERAGE": "YES", "QUALITY": "GOOD", "DECISION": "approve"}
        approval = [AnswerChange("QUALITY", "", item, value) for item, value in checked.items()]
        sign_answers(quality, project, open_tasks(quality, project)[SUBJECT], approval)
        if visit in [code for code, *_ in VISITS[:READ]]:
            answers = _answers(sizes, stated, is_baseline=visit == "BL")
            sign_answers(reader, project, open_tasks(reader, project)[SUBJECT], answers)
        done()


def _answers(sizes: tuple[str, ...], stated: str, *, is_baseline: bool) -> list[AnswerChange]:
    answers: list[AnswerChange] = []
    for row, size in enumerate(sizes, start=1):
        given = {"organ": "lung", "node": "false"} if is_baseline else {}
        answers += [
            AnswerChange("TARGETS", str(row), item, value)
            for item, value in (given | {"status": "present"}).items()
        ]
        answers.append(AnswerChange("TARGETS", str(row), "DIAM", size, by_hand=BY_HAND))
    if is_baseline:
        answers.append(AnswerChange("IMAGES", "", "SLICE_MM", "3"))
    else:
        answers.append(AnswerChange("RESPONSE", "", "OVERALL", stated))
    return answers
