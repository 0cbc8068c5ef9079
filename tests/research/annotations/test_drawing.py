"""Drawing as a record: under the ledger, signed with the answers, amended and never edited."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.database import Database
from accounts.ledger import log
from research.amendments import amend_read
from research.annotations.drafts import Drawing
from research.annotations.drawing import Sheet
from research.annotations.geometry import Geometry, Part, point
from research.annotations.planes import ImagePlane
from research.annotations.rows import AnnotationRow, annotations_of
from research.answers import AnswerChange
from research.drafts import save_draft
from research.ecrf.answer import ItemKey
from research.errors import Invalid
from research.export import annotation_rows, head_sequence
from research.images import InstanceRow
from research.read_records import read_of_task
from research.reads import open_task, sign_read, submit_read
from tests.examples.trials import Trial, make_trial
from tests.research.test_replay import mismatches

FRAME_OF_REFERENCE = "1.2.840.1"
SIZE = ItemKey("MARKED", "", "SIZE")
PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
PLANE = ImagePlane(
    rows=64,
    columns=64,
    spacing=(Decimal("0.5"), Decimal("0.5")),
    calibration="patient",
    frame_of_reference_uid=FRAME_OF_REFERENCE,
    position=(0.0, 0.0, 0.0),
    row_direction=(1.0, 0.0, 0.0),
    column_direction=(0.0, 1.0, 0.0),
)


@pytest.fixture
def trial(database: Database) -> Trial:
    return make_trial(database)


def image(trial: Trial) -> str:
    with trial.looking() as by:
        return by.session.query(InstanceRow.sop_instance_uid).order_by(InstanceRow.id).first()[0]


def line(trial: Trial, length: float, *, id: str, item: ItemKey | None = SIZE) -> Drawing:
    points = (point((1, 1, 0)), point((1 + length, 1, 0)))
    part = Part(image(trial), 1, points=points)
    return Drawing(
        id=id,
        geometry=Geometry("length", "patient", FRAME_OF_REFERENCE, (part,)),
        item=item,
        label="Seen by Quillfeather",
        viewer_build="0.1.0",
    )


def draw(
    trial: Trial, task: str, draft: int, drawings: Sequence[Drawing], *changes: AnswerChange
) -> int:
    sheet = Sheet(tuple(drawings), lambda _: (PLANE,))
    with trial.acting("reader1") as by:
        return save_draft(by, task, draft=draft, changes=changes, sheet=sheet).draft


def opened(trial: Trial) -> str:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    with trial.acting("reader1") as by:
        open_task(by, task)
    return task


def signed(trial: Trial, task: str, draft: int) -> None:
    with trial.acting("reader1") as by:
        digest = submit_read(by, task, draft=draft).record_digest
    grant = trial.grant("reader1", task, digest)
    with trial.acting("reader1") as by:
        sign_read(by, task, grant=grant)


def test_a_save_that_draws_is_one_entry_which_tells_no_words(trial: Trial) -> None:
    task, id = opened(trial), str(uuid4())

    draw(trial, task, 0, [line(trial, 5, id=id)], PRESENT)

    with trial.looking() as by:
        entries = log.entries(by.session, trial.project, action="draft_saved")
    entry = max(entries, key=lambda one: one.sequence)
    assert entry.after is not None
    assert entry.after[f"annotation/{id}"]["kind"] == "length"
    assert entry.after["MARKED//SIZE"] == {"value": "5.00"}
    assert "Quillfeather" not in str(entry)


def test_a_signed_drawing_replays_and_a_changed_point_is_found(trial: Trial) -> None:
    task = opened(trial)
    draft = draw(trial, task, 0, [line(trial, 5, id=str(uuid4()))], PRESENT)
    signed(trial, task, draft)
    before = mismatches(trial)

    with trial.acting() as by:
        (row,) = by.session.query(AnnotationRow)
        row.label = "another lesion"

    assert before == []
    assert [one.table for one in mismatches(trial)] == ["drawn"]


def test_an_amendment_begins_with_what_was_drawn_and_leaves_the_signed_one_alone(
    trial: Trial,
) -> None:
    task, id = opened(trial), str(uuid4())
    draft = draw(trial, task, 0, [line(trial, 5, id=id)], PRESENT)
    signed(trial, task, draft)
    with trial.looking() as by:
        first = read_of_task(by.session, task)
        assert first is not None
    with trial.acting("reader1") as by:
        amend_read(by, task, code="measurement", text="drawn on the wrong edge")
    with trial.looking() as by:
        second = read_of_task(by.session, task)
        assert second is not None

    moved = draw(trial, task, second.draft, [line(trial, 7, id=id)])
    signed(trial, task, moved)

    with trial.looking() as by:
        (old,) = annotations_of(by.session, first.id)
        (new,) = annotations_of(by.session, second.id)
    assert (old.id, str(old.metrics.values["length"])) == (id, "5.00")
    assert (new.id, str(new.metrics.values["length"])) == (id, "7.00")
    assert new.revision == old.revision + 1
    assert mismatches(trial) == []


def test_the_same_drawing_again_changes_nothing(trial: Trial) -> None:
    task, id = opened(trial), str(uuid4())
    drawing = line(trial, 5, id=id)
    first = draw(trial, task, 0, [drawing])

    assert draw(trial, task, first, [drawing]) == first


def test_more_annotations_than_a_read_takes_are_refused(trial: Trial) -> None:
    task = opened(trial)
    many = [line(trial, 5, id=str(uuid4()), item=None) for _ in range(5_001)]

    with pytest.raises(Invalid, match="too many"):
        draw(trial, task, 0, many)
    with pytest.raises(Invalid, match="named twice"):
        draw(trial, task, 0, [many[0], many[0]])


def test_signed_marks_leave_for_the_lake_without_their_words(trial: Trial) -> None:
    task = opened(trial)
    draft = draw(trial, task, 0, [line(trial, 5, id=str(uuid4()))], PRESENT)
    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        none = list(annotation_rows(by.session, trial.project, after_sequence=-1, up_to=head))
    signed(trial, task, draft)

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        (one,) = annotation_rows(by.session, trial.project, after_sequence=-1, up_to=head)

    assert none == []
    assert (one.item_oid, dict(one.metrics), one.unit) == ("SIZE", {"length": "5.00"}, "mm")
    assert "Quillfeather" not in str(one)
