import pytest

from accounts.database import Database
from tests.examples.trials import Trial, make_trial


@pytest.fixture
def trial(database: Database) -> Trial:
    """A trial whose positions belong to two readers."""
    return make_trial(database)


@pytest.fixture
def pool(database: Database) -> Trial:
    """A trial whose readers take tasks from a pool."""
    return make_trial(database, bound=False)
