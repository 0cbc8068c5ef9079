from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from accounts.database import Database
from assets.exports import Exports
from pipelines.jobs import PROJECT_TAG
from pipelines.sensors import Followed, Seen, due, follow_ledger
from pipelines.settings import Settings
from tests.examples.acts import Clock
from tests.examples.trials import Trial, make_trial

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as temporary:
        yield temporary


def _due(
    seen: Seen, followed: dict[str, Followed] | None = None, *, busy: frozenset[str] = frozenset()
) -> bool:
    return bool(due([seen], followed or {}, busy=busy, now=NOW, quiet=timedelta(seconds=600)))


def _followed(sequence: int, *, minutes_ago: float) -> dict[str, Followed]:
    return {"p": Followed(sequence, (NOW - timedelta(minutes=minutes_ago)).isoformat())}


def test_a_project_never_followed_is_due() -> None:
    assert _due(Seen("p", "P", 0, frozenset({"draft_saved"})))


def test_a_project_that_has_not_moved_is_not_due() -> None:
    assert not _due(Seen("p", "P", 7, frozenset()), _followed(7, minutes_ago=60))


def test_a_signed_read_is_due_at_once() -> None:
    seen = Seen("p", "P", 9, frozenset({"draft_saved", "read_signed"}))

    assert _due(seen, _followed(7, minutes_ago=0))


def test_drafts_alone_wait_for_a_while() -> None:
    seen = Seen("p", "P", 9, frozenset({"draft_saved", "task_opened"}))

    assert not _due(seen, _followed(7, minutes_ago=9))
    assert _due(seen, _followed(7, minutes_ago=10))


def test_an_action_nobody_thought_of_is_due_at_once() -> None:
    assert _due(Seen("p", "P", 9, frozenset({"something_new"})), _followed(7, minutes_ago=0))


def test_a_project_whose_run_is_under_way_waits() -> None:
    seen = Seen("p", "P", 9, frozenset({"read_signed"}))

    assert not _due(seen, _followed(7, minutes_ago=60), busy=frozenset({"p"}))


def _look(
    trial: Trial, instance: dg.DagsterInstance, clock: Clock, cursor: str | None = None
) -> dg.SensorResult:
    sensor = follow_ledger(Settings(), clock=clock)
    with dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"exports": Exports(trial.database)}
    ) as context:
        result = sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_the_sensor_asks_once_per_head_and_makes_the_partition(
    database: Database, instance: dg.DagsterInstance
) -> None:
    trial, clock = make_trial(database), Clock()
    head = Exports(database).head(trial.project)

    first = _look(trial, instance, clock)

    (request,) = first.run_requests or ()
    assert request.partition_key == trial.project
    assert request.run_key == f"{trial.project}:{head}"
    assert request.tags["readout/ledger_sequence"] == str(head)
    assert request.tags["readout/code"] == "ONC-1"
    (partitions,) = first.dynamic_partitions_requests or ()
    assert list(partitions.partition_keys) == [trial.project]

    instance.add_dynamic_partitions("projects", [trial.project])
    second = _look(trial, instance, clock, first.cursor)
    assert not second.run_requests
    assert not second.dynamic_partitions_requests

    trial.add_subject("001")
    third = _look(trial, instance, clock, second.cursor)
    assert [each.partition_key for each in third.run_requests or ()] == [trial.project]


@dg.op
def _nothing() -> None:
    return None


@dg.job
def _some_job() -> None:
    _nothing()


def _begun_run(instance: dg.DagsterInstance, project: str) -> str:
    run = instance.create_run_for_job(_some_job, tags={PROJECT_TAG: project})
    instance.report_engine_event("launched", run)
    from dagster._core.events import DagsterEvent, DagsterEventType

    instance.report_dagster_event(
        DagsterEvent(DagsterEventType.RUN_START.value, job_name=run.job_name), run.run_id
    )
    return run.run_id


def test_a_run_of_an_earlier_code_server_is_given_up_and_asked_for_again(
    sqlite_database: Database, instance: dg.DagsterInstance
) -> None:
    trial = make_trial(sqlite_database)
    run_id = _begun_run(instance, trial.project)
    before, after = Clock(datetime(2020, 1, 1, tzinfo=UTC)), Clock(datetime(2100, 1, 1, tzinfo=UTC))

    waiting = _look(trial, instance, before)
    given_up = _look(trial, instance, after, waiting.cursor)

    assert not waiting.run_requests
    assert [each.partition_key for each in given_up.run_requests or ()] == [trial.project]
    run = instance.get_run_by_id(run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.FAILURE
