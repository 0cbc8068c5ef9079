"""The api under the contract tests, and how long it is asked at random."""

from collections.abc import Iterator

import pytest

from tests.api.running import Running, running
from tests.databases import Databases
from tests.examples.files import ct_file

EXAMPLES = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-examples", type=int, help="random requests an operation and caller")


@pytest.fixture(scope="session")
def fuzz_examples(pytestconfig: pytest.Config) -> int:
    """How many requests each operation gets from each caller; `make fuzz` asks for many."""
    given = pytestconfig.getoption("fuzz_examples", None)
    return int(given) if given else EXAMPLES


@pytest.fixture(scope="module")
def fuzzed_world(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A running api whose trial may be left in any state."""
    with (
        databases.fresh("sqlite") as database,
        running(database, tmp_path_factory.mktemp("fuzzed")) as world,
    ):
        _fill(world)
        yield world


def _fill(world: Running) -> None:
    """Let a subject's images arrive, be approved, and wait for their readers."""
    subject = world.trial.add_subject("001")
    answer = world.stow(world.machine(), [ct_file(1), ct_file(2)])
    assert len(answer.json()["stored"]) == 2, answer.text
    world.trial.approve(subject)
