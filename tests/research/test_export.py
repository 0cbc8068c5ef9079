from research.answers import AnswerChange
from research.drafts import save_draft
from research.export import (
    answer_rows,
    head_sequence,
    instance_rows,
    ledger_rows,
    subject_rows,
    task_rows,
)
from research.reads import open_task
from research.scheduling import create_subject
from research.subjects import NewSubject
from tests.examples.trials import Trial

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
DIAMETER = AnswerChange("LESION", "1", "DIAMETER", "30.10")
COMMENT = AnswerChange("OVERALL", "", "COMMENT", None, "not_applicable", reason="healthy")


def test_a_signed_read_is_exported_with_its_whole_key(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    signature = trial.sign(
        "reader1", trial.task(subject, "READ", position="R1"), PRESENT, DIAMETER, COMMENT
    )

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        rows = list(answer_rows(by.session, trial.project, after_sequence=-1, up_to=head))

    rows = [row for row in rows if row.step_code == "READ"]
    by_item = {row.item_oid: row for row in rows}
    assert set(by_item) == {"PRESENT", "DIAMETER", "COMMENT"}
    diameter = by_item["DIAMETER"]
    assert (diameter.value_text, diameter.value_decimal) == ("30.10", "30.10")
    assert (by_item["PRESENT"].value_text, by_item["PRESENT"].value_decimal) == ("true", None)
    assert (by_item["COMMENT"].value_text, by_item["COMMENT"].missing) == (None, "not_applicable")
    assert (diameter.subject_code, diameter.visit_code, diameter.visit_label) == (
        "001",
        "BL",
        "Baseline",
    )
    assert (diameter.reader_id, diameter.reader_label) == (trial.people["reader1"], "Reader1")
    assert (diameter.position, diameter.session, diameter.repeat, diameter.revision) == (
        "R1",
        1,
        0,
        1,
    )
    assert diameter.signed_at == signature.signed_at
    assert diameter.record_digest == signature.record_digest
    assert diameter.ledger_sequence > signature.ledger_sequence


def test_a_draft_is_not_exported(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    with trial.acting("reader1") as by:
        open_task(by, task)
        save_draft(by, task, draft=0, changes=[PRESENT])

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        rows = list(answer_rows(by.session, trial.project, after_sequence=-1, up_to=head))

    assert {row.step_code for row in rows} == {"QC"}


def test_following_the_ledger_gives_every_row_once(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    with trial.looking() as by:
        first = head_sequence(by.session, trial.project)
        before = list(instance_rows(by.session, trial.project, after_sequence=-1, up_to=first))
    trial.receive(subject, "W6", n=3)

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        new = list(instance_rows(by.session, trial.project, after_sequence=first, up_to=head))
        all_rows = list(instance_rows(by.session, trial.project, after_sequence=-1, up_to=head))

    assert (len(before), len(new)) == (2, 3)
    assert before + new == all_rows
    assert {row.visit_code for row in new} == {"W6"}
    assert [row.ledger_sequence for row in all_rows] == sorted(
        row.ledger_sequence for row in all_rows
    )


def test_test_subjects_leave_no_trace_in_any_export(trial: Trial) -> None:
    with trial.acting("manager") as by:
        subject = create_subject(by, trial.project, NewSubject(code="T01", kind="test"))
    trial.receive(subject, "BL")
    trial.approve(subject)

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        for rows in (instance_rows, answer_rows, subject_rows, task_rows):
            assert list(rows(by.session, trial.project, after_sequence=-1, up_to=head)) == []


def test_every_entry_is_exported_in_order_with_its_bytes(trial: Trial) -> None:
    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        rows = list(ledger_rows(by.session, trial.project, after_sequence=-1, up_to=head))

    assert [row.sequence for row in rows] == list(range(head + 1))
    assert rows[0].action == "project_created"
    assert all(f'"sequence":{row.sequence}' in row.entry for row in rows)


def test_subjects_and_tasks_are_exported_as_they_stand(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])

    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
        (row,) = subject_rows(by.session, trial.project, after_sequence=-1, up_to=head)
        tasks = list(task_rows(by.session, trial.project, after_sequence=-1, up_to=head))

    assert (row.subject_id, row.code, row.state) == (subject, "001", "enrolled")
    states = {(task.visit_code, task.step_code, task.position): task.state for task in tasks}
    assert states == {
        ("BL", "UPLOAD", ""): "done",
        ("BL", "QC", ""): "ready",
        ("BL", "READ", "R1"): "waiting",
        ("BL", "READ", "R2"): "waiting",
        ("W6", "UPLOAD", ""): "ready",
        ("W6", "QC", ""): "waiting",
        ("W6", "READ", "R1"): "waiting",
        ("W6", "READ", "R2"): "waiting",
    }


def test_a_moved_task_is_exported_again_after_the_head_it_was_exported_at(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    with trial.looking() as by:
        head = head_sequence(by.session, trial.project)
    trial.approve(subject)

    with trial.looking() as by:
        new_head = head_sequence(by.session, trial.project)
        moved = list(task_rows(by.session, trial.project, after_sequence=head, up_to=new_head))

    assert {(task.step_code, task.position, task.state) for task in moved} == {
        ("QC", "", "done"),
        ("READ", "R1", "ready"),
        ("READ", "R2", "ready"),
    }


def test_a_project_nobody_wrote_to_has_no_head(trial: Trial) -> None:
    with trial.looking() as by:
        assert head_sequence(by.session, "nowhere") == -1
