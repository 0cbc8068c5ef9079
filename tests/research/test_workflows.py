import copy
from typing import Any

import pytest
from sqlalchemy import text

from accounts.errors import NotFound, NotPermitted
from accounts.signatures import grant_signature
from research.answers import AnswerChange
from research.approvals import approve_workflow
from research.arrivals import record_images
from research.errors import IllegalTransition, Invalid
from research.ids import WorkflowId
from research.scheduling import add_unscheduled_visit, create_subject
from research.subjects import NewSubject, SubjectRow
from research.visits import visits_of
from research.workflows import parse_charter, save_workflow, workflows
from tests.examples.acts import PASSWORD
from tests.examples.trials import CHARTER, Trial, instances

TASKS_OF = text("DELETE FROM tasks WHERE subject_id = :subject")


def charter(**changes: object) -> Any:
    return {**copy.deepcopy(CHARTER), **changes}  # type: ignore[dict-item]


def steps(**of_step: dict[str, object]) -> Any:
    changed = charter()
    for step in changed["steps"]:
        step.update(of_step.get(step["code"], {}))
    return changed


def approved(trial: Trial, definition: Any) -> WorkflowId:
    with trial.acting("manager") as by:
        workflow = save_workflow(by, trial.project, definition)
        grant = grant_signature(
            by,
            password=PASSWORD,
            record_kind="workflow",
            record_id=workflow,
            record_digest=parse_charter(definition).digest,
            meaning="approval",
        )
        approve_workflow(by, workflow, grant=grant.token)
    return workflow


@pytest.mark.parametrize(
    "definition",
    [
        charter(visits=[]),
        charter(visits=[{"code": "BL", "label": "A"}, {"code": "BL", "label": "B"}]),
        steps(QC={"follows": ["READ"]}),
        steps(QC={"follows": ["QC"]}),
        steps(QC={"follows": ["NOTHING"]}),
        steps(QC={"form": None}),
        steps(READ={"positions": []}),
        steps(READ={"positions": ["R1", "R1"]}),
        steps(READ={"needs_signature": False}),
        steps(UPLOAD={"needs_signature": True}),
        steps(UPLOAD={"type": "dream"}),
    ],
)
def test_a_charter_that_does_not_hold_together_is_refused(definition: Any) -> None:
    with pytest.raises(Invalid):
        parse_charter(definition)


@pytest.mark.req("R-CHAR", "R-DOC")
def test_a_workflow_goes_live_with_signed_forms_only(trial: Trial) -> None:
    unsigned = steps(READ={"form": {"oid": "LESIONS", "version": "9.0.0"}})

    with pytest.raises(Invalid) as refused:
        approved(trial, unsigned)

    assert [problem.where for problem in refused.value.problems] == ["steps/READ"]


def test_a_qc_form_must_decide(trial: Trial) -> None:
    undecided = steps(QC={"form": {"oid": "LESIONS", "version": "1.0.0"}})

    with pytest.raises(Invalid) as refused:
        approved(trial, undecided)

    assert "DECISION" in refused.value.problems[0].message


@pytest.mark.req("R-CHAR")
def test_a_new_version_supersedes_and_earlier_subjects_stay_on_theirs(trial: Trial) -> None:
    subject = trial.add_subject("001")
    with trial.looking() as by:
        row = by.session.get(SubjectRow, subject)
        assert row is not None
        pinned = row.workflow_id

    approved(trial, charter(visits=[{"code": "BL", "label": "Only"}]))
    later = trial.add_subject("002")

    with trial.looking("manager") as by:
        assert [(w.number, w.state) for w in workflows(by, trial.project)] == [
            (2, "live"),
            (1, "superseded"),
        ]
        row = by.session.get(SubjectRow, subject)
        assert row is not None
        assert row.workflow_id == pinned
        assert [visit.code for visit in visits_of(by.session, later)] == ["BL"]


def test_a_design_is_approved_once_by_who_may(trial: Trial) -> None:
    workflow = approved(trial, charter())

    with trial.acting("manager") as by, pytest.raises(IllegalTransition, match="live"):
        approve_workflow(by, workflow, grant="any")
    with trial.acting("statistician") as by:
        with pytest.raises(NotPermitted):
            save_workflow(by, trial.project, charter())
        with pytest.raises(NotFound):
            approve_workflow(by, WorkflowId("nothing"), grant="any")


def test_there_is_one_design_at_a_time(trial: Trial) -> None:
    with trial.acting("manager") as by:
        first = save_workflow(by, trial.project, charter())
        second = save_workflow(by, trial.project, steps(QC={"title": "Another title"}))

    assert first == second


def test_an_unscheduled_visit_has_the_tasks_of_every_visit(trial: Trial) -> None:
    subject = trial.add_subject("001")
    with trial.acting() as by:
        row = by.session.get(SubjectRow, subject)
        assert row is not None
        visit = add_unscheduled_visit(by, row)

    assert (visit.code, visit.kind) == ("UNS-1", "unscheduled")
    trial.receive(subject, "UNS-1")
    assert trial.state(trial.task(subject, "QC", visit="UNS-1")) == "ready"


def test_without_sequence_all_visits_open_at_once(trial: Trial) -> None:
    approved(trial, steps(READ={"visit_order": "free"}))
    subject = trial.add_subject("001", ["BL", "W6"])

    trial.approve(subject, "W6")

    assert trial.state(trial.task(subject, "READ", visit="W6", position="R1")) == "ready"
    assert trial.state(trial.task(subject, "READ", visit="BL", position="R1")) == "waiting"


def test_without_qc_each_arrival_fixes_the_images_and_makes_signed_reads_stale(
    trial: Trial,
) -> None:
    without = charter()
    without["steps"] = [step for step in without["steps"] if step["code"] != "QC"]
    without["steps"][1]["follows"] = ["UPLOAD"]
    approved(trial, without)
    subject = trial.add_subject("001", ["BL"])
    task = trial.task(subject, "READ", position="R1")
    trial.sign("reader1", task, AnswerChange("OVERALL", "", "PRESENT", "true"))

    trial.receive(subject, "BL", series="2")

    assert trial.state(task) == "stale"
    with trial.looking() as by:
        assert visits_of(by.session, subject)[0].image_set_digest is not None


def test_images_that_came_before_the_first_workflow_are_not_forgotten(trial: Trial) -> None:
    with trial.acting() as by:
        subject = create_subject(by, trial.project, NewSubject(code="001"))
        row = by.session.get(SubjectRow, subject)
        assert row is not None
        row.workflow_id = None
        by.session.execute(TASKS_OF.bindparams(subject=subject))
        visit = visits_of(by.session, subject)[0]
        record_images(by, trial.project, visit.id, instances("early"), source="test")

    approved(trial, charter())

    assert trial.state(trial.task(subject, "UPLOAD")) == "done"
    assert trial.state(trial.task(subject, "QC")) == "ready"


def test_only_who_may_adds_a_visit(trial: Trial) -> None:
    subject = trial.add_subject("001")

    with trial.acting("statistician") as by:
        row = by.session.get(SubjectRow, subject)
        assert row is not None
        with pytest.raises(NotPermitted):
            add_unscheduled_visit(by, row)
