import pytest

from accounts.acts import Reason
from accounts.database import Database
from accounts.errors import AlreadyExists, NotFound, NotPermitted
from accounts.ledger import log
from accounts.memberships import add_member, members
from accounts.people import create_person
from research.errors import Invalid
from research.ids import ProjectId, RepositoryId
from research.organizations import create_organization, create_repository, repositories
from research.projects import create_project, project, projects, set_options
from research.scheduling import create_subject
from research.sites import create_site, sites
from research.subjects import NewSubject
from tests.examples.acts import CHEAP_HASHER, PASSWORD, act
from tests.examples.trials import Trial

WHY = Reason(code="setup", text="first set-up")


def test_who_makes_a_project_is_its_first_admin(database: Database) -> None:
    with database.transaction() as session:
        system = act(session)
        repository = create_repository(
            system, create_organization(system, code="CRO", name="A CRO"), code="S", name="S"
        )
        ann = create_person(
            system, login="ann", printed_name="Ann", password=PASSWORD, hasher=CHEAP_HASHER
        )
        add_member(system, repository, ann, "Admin")
    with database.transaction() as session:
        made = create_project(act(session, ann), repository, code="P-1", title="One")

    with database.reading() as session:
        by = act(session, ann)
        assert [(member.person_id, member.role) for member in members(by, made)] == [(ann, "Admin")]
        assert [found.code for found in projects(by)] == ["P-1"]
        assert [found.code for found in repositories(by)] == ["S"]
        assert log.read_entry(session, made, 0).action == "project_created"


def test_a_stranger_finds_no_project(trial: Trial) -> None:
    trial.people["stranger"] = "99999999-9999-4999-8999-999999999999"

    with trial.looking("stranger") as by:
        assert projects(by) == ()
        with pytest.raises(NotFound):
            project(by, trial.project)


def test_a_member_sees_the_project_with_their_roles(trial: Trial) -> None:
    with trial.looking("reader1") as by:
        found = project(by, trial.project)

    assert (found.code, found.repository, found.my_roles) == ("ONC-1", "A sponsor", ("Reader",))


@pytest.mark.parametrize("code", ["", " ", "a b", "-a", "x" * 65, "ä", "a\x00"])
def test_a_code_nobody_could_say_is_refused(trial: Trial, code: str) -> None:
    with trial.acting() as by, pytest.raises(Invalid, match="a code has"):
        create_site(by, trial.project, code=code, name="Somewhere")


def test_codes_are_unique_in_their_parent(trial: Trial) -> None:
    with trial.acting() as by:
        repository = project(by, trial.project).repository_id
        create_site(by, trial.project, code="01", name="One")
        with pytest.raises(AlreadyExists):
            create_site(by, trial.project, code="01", name="Again")
        with pytest.raises(AlreadyExists):
            create_project(by, repository, code="ONC-1", title="Again")
        with pytest.raises(AlreadyExists):
            create_organization(by, code="CRO", name="Again")


def test_unknown_parents_are_not_found(trial: Trial) -> None:
    with trial.acting() as by:
        with pytest.raises(NotFound):
            create_project(by, RepositoryId("nowhere"), code="X", title="X")
        with pytest.raises(NotFound):
            create_site(by, ProjectId("nowhere"), code="X", name="X")
        with pytest.raises(NotFound):
            create_subject(by, ProjectId("nowhere"), NewSubject(code="X"))


def test_an_option_is_changed_with_a_reason_and_both_values_are_entered(trial: Trial) -> None:
    with trial.acting() as by:
        set_options(by, trial.project, WHY, on_unknown_subject="create")

    with trial.looking() as by:
        entry = log.entries(by.session, trial.project, action="option_changed")[-1]
        found = project(by, trial.project)
    assert found.options.on_unknown_subject == "create"
    assert entry.before == {"on_unknown_subject": "hold"}
    assert entry.after == {"on_unknown_subject": "create"}
    assert entry.reason is not None
    assert entry.reason.code == "setup"


@pytest.mark.parametrize(
    "options",
    [{"on_unknown_subject": "guess"}, {"colour": "blue"}, {"readers": {"R1": "p", "R2": "p"}}],
)
def test_an_option_that_is_none_is_refused(trial: Trial, options: dict[str, object]) -> None:
    with trial.acting() as by, pytest.raises(Invalid):
        set_options(by, trial.project, WHY, **options)


def test_only_who_may_changes_options(trial: Trial) -> None:
    with trial.acting("statistician") as by, pytest.raises(NotPermitted):
        set_options(by, trial.project, WHY, on_unknown_subject="create")


def test_sites_are_listed_to_those_who_may_see_them(trial: Trial) -> None:
    with trial.acting() as by:
        create_site(by, trial.project, code="01", name="One", country="SE")

    with trial.looking("manager") as by:
        (site,) = sites(by, trial.project)
        assert (site.code, site.country) == ("01", "SE")
    with trial.looking("reader1") as by, pytest.raises(NotPermitted):
        sites(by, trial.project)
