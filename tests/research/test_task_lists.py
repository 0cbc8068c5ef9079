import json
from dataclasses import asdict
from datetime import timedelta

import pytest

from accounts.errors import NotFound, NotPermitted
from research.answers import AnswerChange
from research.reads import open_task
from research.task_lists import my_tasks, next_task, project_tasks
from research.task_pages import task_page
from research.tasks import TaskRow
from tests.examples.trials import Trial

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")


def ready(trial: Trial, *codes: str) -> list[str]:
    subjects = []
    for code in codes:
        trial.now += timedelta(minutes=1)
        subjects.append(trial.add_subject(code, ["BL"]))
    for subject in subjects:
        trial.approve(subject)
    return subjects


def test_a_reader_sees_own_tasks_by_read_code_in_order(trial: Trial) -> None:
    ready(trial, "001", "002", "003")

    with trial.looking("reader1") as by:
        tasks = my_tasks(by)

    assert [(task.place, task.of) for task in tasks] == [(1, 3), (2, 3), (3, 3)]
    assert all(task.state == "ready" and task.assignee_is_me for task in tasks)
    assert all(len(task.label) == 8 for task in tasks)
    assert len({task.label for task in tasks}) == 3


@pytest.mark.req("R-BLIND")
def test_two_readers_have_other_codes_and_ids_for_the_same_visit(trial: Trial) -> None:
    ready(trial, "001")

    with trial.looking("reader1") as by:
        (mine,) = my_tasks(by)
    with trial.looking("reader2") as by:
        (other,) = my_tasks(by)

    assert mine.id != other.id
    assert mine.label != other.label


@pytest.mark.req("R-BLIND")
def test_nothing_a_reader_sees_tells_of_subject_site_later_visits_or_the_other_reader(
    trial: Trial,
) -> None:
    (subject,) = ready(trial, "CANARY-001")
    trial.receive(subject, "W6")
    trial.approve(subject, "W6")
    trial.sign("reader2", trial.task(subject, "READ", position="R2"), PRESENT)

    with trial.looking("reader1") as by:
        tasks = my_tasks(by)
        page = task_page(by, tasks[0].id)
    seen = json.dumps([[asdict(task) for task in tasks], asdict(page.task),
                       [asdict(study) for study in page.studies]], default=str)  # fmt: skip

    for canary in ("CANARY", subject, "Week 6", trial.people["reader2"], "Reader2", "R2"):
        assert canary not in seen
    assert len(tasks) == 1


def test_a_qc_sees_what_waits_and_for_what(trial: Trial) -> None:
    trial.add_subject("001", ["BL"])

    with trial.looking("qc") as by:
        tasks = {task.visit_label: task for task in my_tasks(by)}

    assert (tasks["Baseline"].state, tasks["Baseline"].label) == ("ready", "001")
    assert tasks["Week 6"].state == "waiting"
    assert "UPLOAD" in tasks["Week 6"].waiting_for


def test_the_list_can_be_narrowed_to_states_and_to_a_project(trial: Trial) -> None:
    subjects = ready(trial, "001", "002")
    trial.sign("reader1", trial.task(subjects[0], "READ", position="R1"), PRESENT)

    with trial.looking("reader1") as by:
        assert [task.state for task in my_tasks(by, states=["ready"])] == ["ready"]
        assert my_tasks(by, project_id="nowhere") == ()
        assert len(my_tasks(by, project_id=trial.project)) == 2


def test_the_next_task_is_the_one_behind_then_the_first(trial: Trial) -> None:
    subjects = ready(trial, "001", "002", "003")
    ids = [trial.task(subject, "READ", position="R1") for subject in subjects]

    with trial.looking("reader1") as by:
        rows = [by.session.get(TaskRow, id) for id in ids]
        following = [next_task(by, row) for row in rows if row is not None]

    assert following == [ids[1], ids[2], ids[0]]


def test_from_a_pool_a_visit_is_offered_once_and_kept_from_who_reads_the_subject(
    pool: Trial,
) -> None:
    (subject,) = ready(pool, "001")
    with pool.looking("reader1") as by:
        (offered,) = my_tasks(by)
    with pool.acting("reader1") as by:
        open_task(by, offered.id)

    with pool.looking("reader1") as by:
        (mine,) = my_tasks(by)
    with pool.looking("reader2") as by:
        (other,) = my_tasks(by)

    assert mine.id == offered.id != other.id
    with pytest.raises(NotFound), pool.acting("reader1") as by:
        open_task(by, other.id)
    pool.sign("reader2", other.id, PRESENT)
    pool_task = pool.task(subject, "READ", position="R2")
    assert pool.state(pool_task) == "done"


def test_a_stranger_has_no_tasks(trial: Trial) -> None:
    ready(trial, "001")
    trial.people["stranger"] = "99999999-9999-4999-8999-999999999999"

    with trial.looking("stranger") as by:
        assert my_tasks(by) == ()


def test_managers_see_everybodys_tasks_and_readers_do_not(trial: Trial) -> None:
    ready(trial, "001")

    with trial.looking("manager") as by:
        tasks = project_tasks(by, trial.project)
        waiting = project_tasks(by, trial.project, states=["waiting"])
    with trial.looking("reader1") as by, pytest.raises(NotPermitted):
        project_tasks(by, trial.project)

    assert len(tasks) == 8
    assert {task.assignee for task in tasks if task.position} == {"Reader1", "Reader2"}
    assert {task.state for task in waiting} == {"waiting"}


def test_a_page_shows_answers_to_their_reader_and_to_who_may_view_reads_only(trial: Trial) -> None:
    (subject,) = ready(trial, "001")
    task = trial.task(subject, "READ", position="R1")
    signature = trial.sign("reader1", task, PRESENT)

    pages = {}
    for name in ("reader1", "statistician", "manager", "qc"):
        with trial.looking(name) as by:
            pages[name] = task_page(by, task)
    with trial.looking("reader2") as by, pytest.raises(NotFound):
        task_page(by, task)

    for name in ("reader1", "statistician"):
        read = pages[name].read
        assert read is not None
        assert [answer.value for answer in read.answers] == ["true"]
        assert pages[name].signature == signature
    assert pages["manager"].read is None
    assert pages["qc"].read is None
    assert pages["manager"].signature is None


def test_a_page_holds_form_images_evaluation_and_statement(trial: Trial) -> None:
    (subject,) = ready(trial, "001")
    task = trial.task(subject, "READ", position="R1")
    with trial.acting("reader1") as by:
        open_task(by, task)

    with trial.looking("reader1") as by:
        page = task_page(by, task)

    assert page.form is not None
    assert page.form.oid == "LESIONS"
    assert page.evaluation is not None
    assert [str(key) for key in page.evaluation.missing_required] == ["OVERALL//PRESENT"]
    (study,) = page.studies
    assert [(series.instances, series.frames) for series in study.series] == [(2, 2)]
    assert (study.description, study.subject_code) == ("", None)
    assert page.meaning == "authorship"
    assert page.statement
