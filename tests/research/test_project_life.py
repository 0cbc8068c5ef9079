"""The states of a project as a machine: whatever people try, no state is skipped."""

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import sampled_from

from accounts.errors import AccountsError
from research.errors import ResearchError
from research.locks import LockRow
from research.resolution_kinds import KINDS, Kind
from research.resolutions import Resolution
from research.scheduling import create_subject
from research.subjects import NewSubject
from tests.databases import Databases
from tests.examples.trials import Trial, make_trial
from tests.research.test_resolutions import proposed, replayed, signed, sponsor, state

TRIED: tuple[Kind, ...] = ("freeze", "thaw", "lock", "unlock", "archive", "hold")
# From, resolution, to: all else must leave the state as it was.
MOVES: dict[tuple[str, str], str] = {
    ("open", "freeze"): "frozen",
    ("frozen", "thaw"): "open",
    ("frozen", "lock"): "locked",
    ("locked", "unlock"): "open",
    ("locked", "archive"): "archived",
}


class Life(RuleBasedStateMachine):
    """People of one project put things forward, sign them, and add subjects."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.trial: Trial = make_trial(self.stack.enter_context(self.databases.fresh("sqlite")))
        sponsor(self.trial)
        self.expected = "open"
        self.subjects = 0
        self.open: dict[str, Resolution] = {}
        self.signers: dict[str, set[str]] = {}
        self.final_locks = 0

    @rule(kind=sampled_from(TRIED), who=sampled_from(("manager", "sponsor", "reader1")))
    def put_forward(self, kind: Kind, who: str) -> None:
        try:
            found = proposed(self.trial, kind, who=who)
        except (AccountsError, ResearchError):
            return
        assert who != "reader1"
        self.open[kind] = found
        self.signers[found.id] = set()

    @rule(kind=sampled_from(TRIED), who=sampled_from(("manager", "sponsor", "reader1")))
    def sign(self, kind: Kind, who: str) -> None:
        found = self.open.get(kind)
        if found is None:
            return
        try:
            done = signed(self.trial, who, found)
        except (AccountsError, ResearchError):
            return
        assert who not in self.signers[found.id], "nobody signs twice"
        self.signers[found.id].add(who)
        if done.state == "done":
            assert len(self.signers[found.id]) == len(KINDS[kind].seats)
            self.final_locks += kind == "lock"
            self.expected = MOVES.get((self.expected, kind), self.expected)
            del self.open[kind]

    @rule()
    def add_subject(self) -> None:
        code = f"{self.subjects + 1:03d}"
        try:
            with self.trial.acting("manager") as by:
                create_subject(by, self.trial.project, NewSubject(code=code))
        except ResearchError:
            assert self.expected != "open"
            return
        assert self.expected == "open"
        self.subjects += 1

    @invariant()
    def is_in_the_state_that_signatures_led_to(self) -> None:
        assert state(self.trial) == self.expected
        with self.trial.looking() as by:
            rows = by.session.query(LockRow).filter_by(kind="final").all()
        assert len(rows) == self.final_locks

    def teardown(self) -> None:
        assert replayed(self.trial) == []
        self.stack.close()


@pytest.fixture
def machine(databases: Databases) -> type[Life]:
    Life.databases = databases
    return Life


def test_no_state_is_reached_but_by_its_signatures(machine: type[Life]) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
