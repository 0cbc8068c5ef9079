import pytest

from accounts.errors import AlreadyExists, NotPermitted
from accounts.ledger import log
from research.errors import Invalid
from research.scheduling import create_subject
from research.sites import create_site
from research.subjects import NewSubject, SubjectRow, subject_by_code
from research.visits import visits_of
from tests.examples.trials import Trial


def test_a_new_subject_has_its_planned_visits_and_tasks(trial: Trial) -> None:
    subject = trial.add_subject("001")

    with trial.looking() as by:
        visits = visits_of(by.session, subject)
    assert [(visit.code, visit.label, visit.position) for visit in visits] == [
        ("BL", "Baseline", 0),
        ("W6", "Week 6", 1),
    ]
    assert trial.state(trial.task(subject, "UPLOAD")) == "ready"
    assert trial.state(trial.task(subject, "QC")) == "waiting"


def test_sex_and_year_of_birth_stay_out_of_the_ledger(trial: Trial) -> None:
    with trial.acting("manager") as by:
        create_subject(by, trial.project, NewSubject(code="001", sex="F", year_of_birth=1961))

    with trial.looking() as by:
        row = subject_by_code(by.session, trial.project, "001")
        entry = log.entries(by.session, trial.project, action="subject_created")[-1]
    assert isinstance(row, SubjectRow)
    assert (row.sex, row.year_of_birth) == ("F", 1961)
    assert b"1961" not in entry.to_bytes()


def test_a_taken_code_an_unknown_kind_and_a_strange_site_are_refused(trial: Trial) -> None:
    trial.add_subject("001")

    with trial.acting("manager") as by:
        with pytest.raises(AlreadyExists, match="001"):
            create_subject(by, trial.project, NewSubject(code="001"))
        with pytest.raises(Invalid, match="ghost"):
            create_subject(by, trial.project, NewSubject(code="002", kind="ghost"))
        with pytest.raises(Invalid, match="no site"):
            create_subject(by, trial.project, NewSubject(code="002", site_id="nowhere"))


def test_a_subject_belongs_to_a_site_of_the_project(trial: Trial) -> None:
    with trial.acting() as by:
        site = create_site(by, trial.project, code="01", name="One")
        subject = create_subject(by, trial.project, NewSubject(code="001", site_id=site))

    with trial.looking() as by:
        row = by.session.get(SubjectRow, subject)
        assert row is not None
        assert row.site_id == site


def test_only_who_may_makes_subjects(trial: Trial) -> None:
    with trial.acting("reader1") as by, pytest.raises(NotPermitted):
        create_subject(by, trial.project, NewSubject(code="001"))
