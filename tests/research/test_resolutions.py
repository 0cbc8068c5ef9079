"""Resolutions: who signs, in which order of states, and what a cut between signatures leaves."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.acts import Act, Reason
from accounts.errors import NotPermitted, ReauthRequired
from accounts.ledger import log
from accounts.ledger.checkpoints import latest, sign_head
from accounts.ledger.replay import Expected, compare
from accounts.memberships import add_member
from accounts.people import create_person
from accounts.signatures import grant_signature
from readout.signer import URGENT
from research.amendments import amend_read
from research.answers import AnswerChange
from research.carrying_out import sign_and_carry_out
from research.errors import IllegalTransition, ProjectLocked, ReasonRequired
from research.freezing import freezes
from research.locks import locks, record_lock
from research.projects import find_project
from research.reads import sign_read, submit_read
from research.replay import TABLES
from research.resolution_kinds import Kind
from research.resolutions import Proposal, Resolution, cancel_resolution, propose, resolution
from research.scheduling import create_subject
from research.subjects import NewSubject
from tests.examples.acts import CHEAP_HASHER, PASSWORD, let_sign
from tests.examples.trials import Trial

WHY = Reason(code="database_close", text="all data are in")
CONTENT = {"name": "final", "manifest": "a" * 64, "as_of_sequence": 10_000}


def sponsor(trial: Trial, name: str = "sponsor", role: str = "Sponsor") -> str:
    """Let somebody of the sponsor in."""
    with trial.acting() as by:
        person = create_person(
            by,
            login=f"{name}@demo.local",
            printed_name=f"{name.title()} Person",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
        add_member(by, trial.project, person, role)
        let_sign(by, person)
    trial.people[name] = person
    return name


def proposed(trial: Trial, kind: Kind, *, who: str = "manager", **named: object) -> Resolution:
    proposal = Proposal(
        kind=kind,
        object_kind=str(named.get("object_kind", "project")),
        object_id=str(named.get("object_id", trial.project)),
        reason=WHY,
        content=CONTENT if kind == "lock" else {},
    )
    with trial.acting(who) as by:
        return propose(by, trial.project, proposal)


def granted(by: Act, trial: Trial, found: Resolution) -> str:
    return grant_signature(
        by,
        password=PASSWORD,
        record_kind="resolution",
        record_id=found.id,
        record_digest=found.digest,
        meaning="approval",
        log=trial.project,
    ).token


def signed(trial: Trial, who: str, found: Resolution, *, dies: bool = False) -> Resolution:
    """Sign a seat; a process that dies does so after the work and before the commit."""
    with trial.acting(who) as by:
        done = sign_and_carry_out(by, found.id, grant=granted(by, trial, found))
        if dies:
            raise KeyboardInterrupt
        return done


def state(trial: Trial) -> str:
    with trial.looking() as by:
        return find_project(by.session, trial.project).state


def locked(trial: Trial) -> None:
    signed(trial, "manager", proposed(trial, "freeze"))
    found = proposed(trial, "lock")
    signed(trial, "manager", found)
    signed(trial, sponsor(trial), found)


def replayed(trial: Trial) -> list[str]:
    """Return what a replay of the project's log finds wrong."""
    with trial.looking() as by:
        expected = Expected()
        for entry in log.entries(by.session, trial.project, limit=10_000):
            expected.follow(entry)
        return [str(one) for one in compare(by.session, trial.project, expected, TABLES)]


@pytest.mark.req("R-LOCKDB")
def test_a_project_is_frozen_locked_by_two_and_unlocked_by_two(trial: Trial) -> None:
    trial.add_subject("001")

    locked(trial)

    assert state(trial) == "locked"
    reopening = proposed(trial, "unlock")
    first = signed(trial, "manager", reopening)
    assert (first.state, state(trial)) == ("open", "locked")
    second = signed(trial, "sponsor", reopening)
    assert (second.state, state(trial)) == ("done", "open")
    assert [one.printed_name for one in second.signatures] == ["Manager", "Sponsor Person"]
    with trial.looking("manager") as by:
        (lock,) = locks(by, trial.project)
        assert (lock.number, lock.kind) == (1, "final")
        assert freezes(by, trial.project) == ()
    assert replayed(trial) == []


def test_the_next_lock_has_a_new_number_and_the_old_one_stays(trial: Trial) -> None:
    locked(trial)
    reopening = proposed(trial, "unlock")
    signed(trial, "manager", reopening)
    signed(trial, "sponsor", reopening)

    with trial.acting("manager") as by:
        again = record_lock(
            by, trial.project, name="again", manifest_digest="b" * 64, as_of_sequence=1
        )

    assert again.number == 2
    with trial.looking("manager") as by:
        assert [one.number for one in locks(by, trial.project)] == [2, 1]


@pytest.mark.req("R-LOCKDB", "R-SIG2")
def test_nobody_signs_both_seats(trial: Trial) -> None:
    locked(trial)
    found = proposed(trial, "unlock")
    signed(trial, "manager", found)

    with pytest.raises(IllegalTransition, match="somebody else"):
        signed(trial, "manager", found)

    assert state(trial) == "locked"


def test_two_data_managers_do_not_make_a_final_lock(trial: Trial) -> None:
    sponsor(trial, "editor2", "Editor")
    signed(trial, "manager", proposed(trial, "freeze"))
    found = proposed(trial, "lock")
    signed(trial, "manager", found)

    with pytest.raises(NotPermitted):
        signed(trial, "editor2", found)

    assert state(trial) == "frozen"


@pytest.mark.parametrize("who", ["reader1", "qc", "statistician", "inspector"])
def test_who_neither_manages_nor_sponsors_proposes_nothing(trial: Trial, who: str) -> None:
    with pytest.raises(NotPermitted):
        proposed(trial, "freeze", who=who)


def test_an_open_project_is_not_locked_before_it_is_frozen(trial: Trial) -> None:
    with pytest.raises(IllegalTransition, match="frozen"):
        proposed(trial, "lock")


def test_a_grant_for_one_resolution_signs_no_other(trial: Trial) -> None:
    hold, freeze = proposed(trial, "hold"), proposed(trial, "freeze")
    with trial.acting("manager") as by:
        grant = granted(by, trial, hold)

    with pytest.raises(ReauthRequired), trial.acting("manager") as by:
        sign_and_carry_out(by, freeze.id, grant=grant)

    assert state(trial) == "open"


def test_a_process_that_dies_between_two_signatures_leaves_the_first_one(trial: Trial) -> None:
    locked(trial)
    found = proposed(trial, "unlock")
    signed(trial, "manager", found)
    with pytest.raises(KeyboardInterrupt):
        signed(trial, "sponsor", found, dies=True)

    assert state(trial) == "locked"
    assert replayed(trial) == []
    trial.now += timedelta(days=1)
    assert signed(trial, "sponsor", found).state == "done"
    assert state(trial) == "open"


def test_data_that_change_between_the_signatures_make_the_lock_stale(trial: Trial) -> None:
    signed(trial, "manager", proposed(trial, "freeze"))
    with trial.acting("manager") as by:
        found = propose(
            by,
            trial.project,
            Proposal(
                kind="lock",
                object_kind="project",
                object_id=trial.project,
                reason=WHY,
                content={**CONTENT, "as_of_sequence": -1},
            ),
        )
    signed(trial, "manager", found)
    with trial.acting() as by:
        find_project(by.session, trial.project).state = "open"
        create_subject(by, trial.project, NewSubject(code="late"))
        find_project(by.session, trial.project).state = "frozen"
    name = sponsor(trial)

    with pytest.raises(Exception, match="propose the lock again"):
        signed(trial, name, found)

    assert state(trial) == "frozen"


def test_a_frozen_project_refuses_new_data_and_a_thawed_one_takes_them(trial: Trial) -> None:
    signed(trial, "manager", proposed(trial, "freeze"))
    with pytest.raises(ProjectLocked):
        trial.add_subject("001")

    signed(trial, "manager", proposed(trial, "thaw"))

    trial.add_subject("001")
    assert replayed(trial) == []


def test_a_frozen_subject_rests_and_its_neighbour_does_not(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    other = trial.add_subject("002", ["BL"])
    signed(trial, "manager", proposed(trial, "freeze", object_kind="subject", object_id=subject))

    with pytest.raises(ProjectLocked, match="frozen"):
        trial.approve(subject)
    with pytest.raises(ProjectLocked, match="frozen"):
        trial.receive(subject, "W6")

    trial.approve(other)
    assert state(trial) == "open"


def test_a_resolution_needs_a_reason_in_words(trial: Trial) -> None:
    with pytest.raises(ReasonRequired), trial.acting("manager") as by:
        propose(
            by,
            trial.project,
            Proposal(
                kind="freeze",
                object_kind="project",
                object_id=trial.project,
                reason=Reason(code="close", text=" "),
                content={},
            ),
        )


def test_a_cancelled_resolution_is_signed_by_nobody(trial: Trial) -> None:
    found = proposed(trial, "freeze")
    with trial.acting("manager") as by:
        cancel_resolution(by, found.id, WHY)

    with pytest.raises(IllegalTransition, match="cancelled"):
        signed(trial, "manager", found)

    with trial.looking("manager") as by:
        assert resolution(by, found.id).state == "cancelled"
    assert state(trial) == "open"


def test_the_same_is_not_proposed_twice_at_once(trial: Trial) -> None:
    proposed(trial, "freeze")

    with pytest.raises(IllegalTransition, match="says the same"):
        proposed(trial, "freeze")


def test_the_hash_of_the_lock_is_in_a_checkpoint(trial: Trial) -> None:
    locked(trial)

    with trial.database.transaction() as session:
        (entry,) = log.entries(session, trial.project, action="locked")
        assert entry.after is not None
        assert entry.after["manifest"] == CONTENT["manifest"]
        assert "locked" in URGENT
        sign_head(session, trial.project, key=Ed25519PrivateKey.generate(), now=trial.now)
        newest = latest(session, trial.project)

    assert newest is not None
    assert newest.size > entry.sequence


def test_two_signatures_let_one_task_be_amended_while_it_is_frozen(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    answers = (AnswerChange("OVERALL", "", "PRESENT", "true"),)
    task = trial.task(subject, "READ", position="R1")
    trial.sign("reader1", task, *answers)
    signed(trial, "manager", proposed(trial, "freeze"))
    why = {"code": "entry", "text": "the wrong button"}
    with pytest.raises(ProjectLocked), trial.acting("reader1") as by:
        amend_read(by, task, **why)
    allowed = proposed(trial, "allow_amendment", object_kind="task", object_id=task)
    signed(trial, "manager", allowed)
    with pytest.raises(ProjectLocked), trial.acting("reader1") as by:
        amend_read(by, task, **why)
    assert signed(trial, sponsor(trial), allowed).state == "approved"

    with trial.acting("reader1") as by:
        amend_read(by, task, **why)
    with trial.acting("reader1") as by:
        digest = submit_read(by, task, draft=0).record_digest
    grant = trial.grant("reader1", task, digest)
    with trial.acting("reader1") as by:
        sign_read(by, task, grant=grant)

    with trial.looking("manager") as by:
        assert resolution(by, allowed.id).state == "done"
    with pytest.raises(ProjectLocked), trial.acting("reader1") as by:
        amend_read(by, task, **why)
    assert replayed(trial) == []
