"""A member at some sites sees the subjects that share one, and nothing of the others."""

import pytest

from accounts.acts import Reason
from accounts.errors import NotFound, NotPermitted, StaleRow
from accounts.memberships import add_member, end_membership, members_of
from research.boards import project_counts, subject_board
from research.errors import Invalid
from research.image_roots import instances, project_root, task_root
from research.scheduling import create_subject
from research.sites import create_site
from research.studies import studies
from research.subject_sites import SubjectChanges, edit_subject
from research.subjects import NewSubject
from research.task_lists import my_tasks, project_tasks
from research.tasks import shown_task
from research.why import why
from tests.examples.trials import Trial

WHY = Reason(code="test", text="a test")


@pytest.fixture
def sited(trial: Trial) -> dict[str, str]:
    """Two sites with a subject each, one at both, and the QC of the first site alone."""
    made: dict[str, str] = {}
    with trial.acting() as by:
        for code in ("ONE", "TWO"):
            made[code] = create_site(by, trial.project, code=code, name=code)
        for member in members_of(by.session, trial.project, by.now, role="QC"):
            end_membership(by, member.id, WHY)
        add_member(by, trial.project, trial.people["qc"], "QC", sites=[made["ONE"]])
        for code, site, further in (
            ("001", "ONE", ()), ("002", "TWO", ()), ("003", "TWO", ("ONE",)), ("004", None, ()),
        ):  # fmt: skip
            new = NewSubject(
                code=code,
                site_id=made[site] if site else None,
                further_sites=tuple(made[each] for each in further),
            )
            made[code] = create_subject(by, trial.project, new)
    for code in ("001", "002", "003", "004"):
        trial.receive(made[code], "BL")
    return made


def test_lists_counts_and_images_are_those_of_the_members_sites(
    trial: Trial, sited: dict[str, str]
) -> None:
    with trial.looking("qc") as by:
        seen = [each.code for each in subject_board(by, trial.project)]
        counts = project_counts(by, trial.project)
        found = instances(by.session, project_root(by, trial.project))

        assert seen == ["001", "003"]
        assert counts.subjects == 2
        assert counts.instances == 4
        assert {each.subject_code for each in found} == {"001", "003"}
        assert {each.subject_code for each in studies(by, trial.project)} == {"001", "003"}
        assert {each.subject_code for each in project_tasks(by, trial.project)} == {"001", "003"}
        assert len(my_tasks(by, states=("ready",))) == 2


def test_a_task_of_another_site_is_not_there(trial: Trial, sited: dict[str, str]) -> None:
    here, elsewhere = trial.task(sited["003"], "QC"), trial.task(sited["002"], "QC")
    with trial.looking("qc") as by:
        assert shown_task(by, here).id == here
        with pytest.raises(NotFound):
            shown_task(by, elsewhere)
        with pytest.raises(NotFound):
            task_root(by, elsewhere)


def test_whoever_sees_every_site_still_does(trial: Trial, sited: dict[str, str]) -> None:
    with trial.looking("manager") as by:
        assert len(subject_board(by, trial.project)) == 4


def test_a_subject_is_edited_with_the_version_that_was_shown(
    trial: Trial, sited: dict[str, str]
) -> None:
    changes = SubjectChanges(site_id=sited["ONE"], further_sites=(), cohort="A", sex="F")
    with trial.acting("manager") as by:
        edit_subject(by, trial.project, sited["002"], changes, row_version=1, reason=WHY)
        with pytest.raises(StaleRow):
            edit_subject(by, trial.project, sited["002"], changes, row_version=1, reason=WHY)
        unknown = SubjectChanges(site_id="nowhere")
        with pytest.raises(Invalid):
            edit_subject(by, trial.project, sited["001"], unknown, row_version=1, reason=WHY)

    with trial.looking("qc") as by:
        assert [each.code for each in subject_board(by, trial.project)] == ["001", "002", "003"]
    with trial.acting("qc") as by, pytest.raises(NotPermitted):
        edit_subject(by, trial.project, sited["001"], changes, row_version=1, reason=WHY)


def test_why_names_the_grant_the_scope_and_the_state(trial: Trial, sited: dict[str, str]) -> None:
    elsewhere = trial.task(sited["002"], "QC")
    with trial.acting() as by:
        add_member(by, trial.project, trial.people["manager"], "Admin")
    with trial.looking("qc") as by:
        granted = why(by, trial.project, verb="run", object_kind="task")
        refused = why(by, trial.project, verb="create", object_kind="lock")
        with pytest.raises(NotPermitted):
            why(by, trial.project, verb="view", object_kind="read",
                person_id=trial.people["reader1"])  # fmt: skip
        with pytest.raises(NotFound):
            why(by, trial.project, verb="run", object_kind="task", task_id=elsewhere)
    with trial.looking("manager") as by:
        of_other = why(
            by, trial.project, verb="run", object_kind="task",
            person_id=trial.people["qc"], task_id=elsewhere,
        )  # fmt: skip

    assert (granted.allowed, granted.decided_by, granted.roles) == (True, "grant", ("QC",))
    assert granted.grounds[0].sites == {sited["ONE"]}
    assert (refused.allowed, refused.decided_by) == (False, "grant")
    assert "create on lock" in refused.words
    assert (of_other.allowed, of_other.decided_by) == (False, "scope")
    assert "site" in of_other.words
