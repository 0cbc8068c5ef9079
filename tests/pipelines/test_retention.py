from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.retention import forget_old_runs, outdated

FAR = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as temporary:
        yield temporary


@dg.op
def _nothing() -> None:
    return None


@dg.job
def _some_job() -> None:
    _nothing()


def test_the_newest_run_of_a_project_is_never_outdated() -> None:
    assert outdated([("a", "p"), ("b", "p"), ("c", "q")], ["b", "c"]) == ("a",)


def test_old_runs_go_and_each_project_keeps_its_newest(instance: dg.DagsterInstance) -> None:
    ids = [
        _some_job.execute_in_process(instance=instance, tags={"project": project}).run_id
        for project in ("p", "p", "q", "p")
    ]

    forgotten = forget_old_runs(instance, FAR, project_tag="project")

    assert set(forgotten) == {ids[0], ids[1]}
    assert {run.run_id for run in instance.get_runs()} == {ids[2], ids[3]}


def test_young_runs_stay(instance: dg.DagsterInstance) -> None:
    _some_job.execute_in_process(instance=instance, tags={"project": "p"})
    _some_job.execute_in_process(instance=instance, tags={"project": "p"})

    assert forget_old_runs(instance, datetime(2020, 1, 1, tzinfo=UTC), project_tag="project") == ()
    assert len(instance.get_runs()) == 2
