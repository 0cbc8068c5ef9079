import pytest

from accounts.errors import NotFound, NotPermitted
from research.forms import forms
from research.reads import open_task
from research.records import log_of_record
from research.workflows import workflows
from tests.examples.trials import Trial


def test_the_log_of_a_record_is_told_to_who_may_sign_it(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    with trial.acting("reader1") as by:
        read = open_task(by, trial.task(subject, "READ", position="R1"))
        assert log_of_record(by, record_kind="read", record_id=read) == trial.project
    with trial.looking("manager") as by:
        form = forms(by, trial.project)[0].id
        workflow = workflows(by, trial.project)[0].id
        assert log_of_record(by, record_kind="form", record_id=form) == trial.project
        assert log_of_record(by, record_kind="workflow", record_id=workflow) == trial.project

    with trial.looking("reader2") as by:
        for kind, id in (("read", read), ("read", "none"), ("form", "none"), ("cake", "none")):
            with pytest.raises(NotFound):
                log_of_record(by, record_kind=kind, record_id=id)
        with pytest.raises(NotPermitted):
            log_of_record(by, record_kind="form", record_id=form)
