import pytest

from accounts.acts import Actor
from accounts.errors import NotFound, NotPermitted
from accounts.ledger import log
from accounts.machine_keys import create_machine_key
from research.arrivals import MAX_PER_ENTRY, record_images
from research.errors import Invalid
from research.images import known_instances, study_by_uid, visit_instances
from research.studies import studies
from research.visits import visits_of
from tests.examples.acts import act
from tests.examples.trials import Trial, instances


def visit_id(trial: Trial, subject: str, number: int = 0) -> str:
    with trial.looking() as by:
        return visits_of(by.session, subject)[number].id


def test_images_are_linked_counted_and_entered_at_once(trial: Trial) -> None:
    subject = trial.add_subject("001")
    visit = visit_id(trial, subject)
    received = instances("one", n=3)

    with trial.acting() as by:
        record_images(by, trial.project, visit, received, source="gateway")

    with trial.looking("qc") as by:
        (study,) = studies(by, trial.project)
        entry = log.entries(by.session, trial.project, action="images_received")[-1]
        known = known_instances(by.session, trial.project, [received[0].sop_instance_uid, "1.2"])
        found = study_by_uid(by.session, trial.project, received[0].study_uid)
    assert (study.subject_code, study.visit_code, study.series[0].instances) == ("001", "BL", 3)
    assert study.series[0].displayable
    assert {table: len(rows) for table, rows in entry.rows.items()} == {
        "studies": 1,
        "series": 1,
        "instances": 3,
    }
    assert known.keys() == {received[0].sop_instance_uid}
    assert found is not None
    assert found.visit_id == visit


def test_a_gateways_key_is_enough_to_deliver_images(trial: Trial) -> None:
    subject = trial.add_subject("001")
    visit = visit_id(trial, subject)
    with trial.acting() as by:
        key = create_machine_key(by, trial.project, name="gateway").split(".")[1]

    with trial.database.transaction() as session:
        by = act(session, Actor("machine", key))
        record_images(by, trial.project, visit, instances("one"), source="gateway")

    with trial.looking() as by:
        entry = log.entries(by.session, trial.project, action="images_received")[-1]
        followed = log.entries(by.session, trial.project, action="tasks_followed")[-1]
    assert (entry.actor_kind, entry.actor_id) == ("machine", key)
    assert (followed.actor_kind, followed.on_behalf_of) == ("system", key)


def test_a_large_delivery_is_entered_in_parts(trial: Trial) -> None:
    subject = trial.add_subject("001")
    visit = visit_id(trial, subject)

    with trial.acting() as by:
        many = instances("many", n=MAX_PER_ENTRY + 1)
        record_images(by, trial.project, visit, many, source="test")

    with trial.looking() as by:
        entries = log.entries(by.session, trial.project, action="images_received")
        assert [len(entry.rows["instances"]) for entry in entries] == [MAX_PER_ENTRY, 1]
        assert len(visit_instances(by.session, visit)) == MAX_PER_ENTRY + 1


def test_a_study_stays_with_its_visit(trial: Trial) -> None:
    subject = trial.add_subject("001")
    with trial.acting() as by:
        record_images(by, trial.project, visit_id(trial, subject), instances("one"), source="test")

    with pytest.raises(Invalid, match="another visit"), trial.acting() as by:
        record_images(
            by, trial.project, visit_id(trial, subject, 1), instances("one", series="2"), source="t"
        )


def test_an_unknown_visit_and_an_empty_delivery_are_refused(trial: Trial) -> None:
    subject = trial.add_subject("001")

    with trial.acting() as by:
        with pytest.raises(NotFound):
            record_images(by, trial.project, "nowhere", instances("one"), source="test")
        with pytest.raises(Invalid):
            record_images(by, trial.project, visit_id(trial, subject), [], source="test")


@pytest.mark.parametrize("who", ["reader1", "statistician", "inspector"])
def test_only_who_may_delivers_images(trial: Trial, who: str) -> None:
    subject = trial.add_subject("001")
    visit = visit_id(trial, subject)

    with pytest.raises(NotPermitted), trial.acting(who) as by:
        record_images(by, trial.project, visit, instances("one"), source="test")


def test_a_reader_does_not_browse_the_projects_images(trial: Trial) -> None:
    trial.add_subject("001", ["BL"])

    with trial.looking("reader1") as by, pytest.raises(NotPermitted):
        studies(by, trial.project)
