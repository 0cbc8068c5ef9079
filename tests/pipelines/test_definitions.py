"""The one module of tests that loads the definitions: it takes seconds."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import AssetKey

from accounts.database import Database
from assets.catalogue import PROJECTS, asset_key
from assets.exports import Exports
from lake.location import Lake
from lake.objects import object_key
from lake.read import rows, versions
from lake.snapshots import has_table
from lake.tables import TABLES
from pipelines.definitions import definitions
from pipelines.jobs import MATERIALISE
from pipelines.settings import Settings
from tests.pipelines.projects import read_project, sign

SNAPSHOT = Path(__file__).with_name("asset_graph.txt")

# Great Expectations imports modules of Python's own that are deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")


@pytest.fixture(scope="module")
def loaded() -> dg.Definitions:
    return definitions(Settings())


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def _graph(loaded: dg.Definitions) -> str:
    """Describe every asset in one paragraph: what it needs and what is checked."""
    graph = loaded.resolve_asset_graph()
    paragraphs = []
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        needs = ", ".join(parent.to_user_string() for parent in sorted(node.parent_keys))
        checks = [
            f"  {'blocks' if graph.get_check_spec(check).blocking else 'warns'}: {check.name}"
            for check in sorted(graph.asset_check_keys, key=lambda check: check.name)
            if check.asset_key == key
        ]
        head = f"{key.to_user_string()}  needs: {needs or 'the ledger'}  {sorted(node.owners)}"
        paragraphs.append("\n".join([head, *checks]))
    return "\n\n".join(paragraphs) + "\n"


def test_the_asset_graph_is_the_reviewed_one(loaded: dg.Definitions) -> None:
    assert _graph(loaded) == SNAPSHOT.read_text(), (
        f"the asset graph changed: review it, then write it to {SNAPSHOT.name}"
    )


def test_every_table_is_an_asset_and_every_asset_a_table(loaded: dg.Definitions) -> None:
    assert loaded.resolve_asset_graph().get_all_asset_keys() == {
        asset_key(table) for table in TABLES
    }


def test_every_asset_is_owned_described_and_shows_its_columns(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    for table in TABLES:
        node = graph.get(asset_key(table))
        schema = node.metadata["dagster/column_schema"]
        assert node.owners
        assert node.description
        assert node.group_name == table.layer
        assert node.partitions_def == PROJECTS
        assert isinstance(schema, dg.TableSchema)
        assert [column.name for column in schema.columns] == list(table.column_names)


def test_the_sensor_follows_from_the_start(loaded: dg.Definitions) -> None:
    (sensor,) = loaded.sensors or ()
    assert isinstance(sensor, dg.SensorDefinition)
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def _run(
    database: Database,
    lake: Lake,
    instance: dg.DagsterInstance,
    project: str,
    *,
    tags: dict[str, str] | None = None,
    only: AssetKey | None = None,
) -> dg.ExecuteInProcessResult:
    address = database.url.render_as_string(hide_password=False)
    loaded = definitions(Settings(database_url=address, lake_uri=lake.uri))
    instance.add_dynamic_partitions(PROJECTS.name or "", [project])
    result = loaded.resolve_job_def(MATERIALISE).execute_in_process(
        instance=instance,
        partition_key=project,
        tags=tags,
        asset_selection=[only] if only else None,
        raise_on_error=False,
    )
    exports = (loaded.resources or {})["exports"]
    assert isinstance(exports, Exports)
    exports.database.dispose()
    return result


def _standing(lake: Lake, project: str) -> dict[str, tuple[int, int]]:
    return {
        table.name: (newest.version, newest.ledger_sequence)
        for table in TABLES
        for newest in versions(lake, project, table.name)[:1]
    }


def test_a_run_brings_every_table_to_the_head_of_the_ledger(
    database: Database, lake: Lake, instance: dg.DagsterInstance
) -> None:
    trial, subject = read_project(database, lake)
    head = Exports(database).head(trial.project)

    first = _run(database, lake, instance, trial.project)

    assert first.success
    assert set(_standing(lake, trial.project).values()) == {(0, head)}
    counted = {table.name: rows(lake, trial.project, table.name).total for table in TABLES}
    assert counted == {
        "dicom_instances": 4,
        "ledger_entries": head + 1,
        "answers": 4,
        "annotations": 0,
        "subjects": 1,
        "series": 1,
        "reads": 4,
        "results": 4,
        "reader_agreement": 0,
    }
    checks = first.get_asset_check_evaluations()
    assert len(checks) == 10
    assert all(check.passed for check in checks)

    _run(database, lake, instance, trial.project)
    assert set(_standing(lake, trial.project).values()) == {(0, head)}

    sign(trial, subject, "R2", "4")
    assert _run(database, lake, instance, trial.project).success
    standing = _standing(lake, trial.project)
    assert {name for name, (version, _) in standing.items() if version == 1} == {
        "ledger_entries",
        "answers",
        "reads",
        "results",
        "reader_agreement",
    }
    assert {sequence for _, sequence in standing.values()} == {
        Exports(database).head(trial.project)
    }
    assert rows(lake, trial.project, "results").total == 7
    assert rows(lake, trial.project, "results", version=0).total == 4


def test_a_materialisation_states_its_rows_its_version_and_its_sequence(
    sqlite_database: Database, lake: Lake, instance: dg.DagsterInstance
) -> None:
    trial, _ = read_project(sqlite_database, lake)

    _run(sqlite_database, lake, instance, trial.project)

    event = instance.get_latest_materialization_event(AssetKey(["gold", "results"]))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert metadata["dagster/row_count"].value == 4
    assert metadata["version"].value == 0
    assert metadata["ledger_sequence"].value == Exports(sqlite_database).head(trial.project)


def test_a_run_reads_up_to_the_sequence_that_the_sensor_saw(
    sqlite_database: Database, lake: Lake, instance: dg.DagsterInstance
) -> None:
    trial, subject = read_project(sqlite_database, lake)
    seen = Exports(sqlite_database).head(trial.project)
    sign(trial, subject, "R2", "4")

    _run(
        sqlite_database, lake, instance, trial.project, tags={"readout/ledger_sequence": str(seen)}
    )

    assert {sequence for _, sequence in _standing(lake, trial.project).values()} == {seen}
    assert rows(lake, trial.project, "results").total == 4


def test_a_failed_check_stops_what_depends_on_it_and_nothing_else(
    sqlite_database: Database, lake: Lake, instance: dg.DagsterInstance
) -> None:
    trial, _ = read_project(sqlite_database, lake)
    exports = Exports(sqlite_database)
    lost = next(exports.instances(trial.project, after=-1, up_to=exports.head(trial.project)))
    only = AssetKey(["bronze", "dicom_instances"])
    assert _run(sqlite_database, lake, instance, trial.project, only=only).success
    Path(lake.place(object_key(trial.project, lost.sha256))).unlink()

    result = _run(sqlite_database, lake, instance, trial.project)

    assert not result.success
    failed = [
        check.check_name for check in result.get_asset_check_evaluations() if not check.passed
    ]
    assert failed == ["dicom_instances_have_their_objects"]
    assert not has_table(lake, trial.project, "series")
    assert rows(lake, trial.project, "results").total == 4


def test_a_project_that_fails_leaves_the_others_alone(
    sqlite_database: Database, lake: Lake, instance: dg.DagsterInstance
) -> None:
    trial, _ = read_project(sqlite_database, lake)

    nobody = _run(sqlite_database, lake, instance, "p-unknown")

    assert not nobody.success
    assert _run(sqlite_database, lake, instance, trial.project).success
