from pathlib import Path

import dagster as dg
import yaml

from pipelines.instance import write_instance


def test_dagster_accepts_the_instance_and_sends_no_telemetry(tmp_path: Path) -> None:
    write_instance(tmp_path / "dagster", "127.0.0.1", 3030)

    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled
        assert type(instance.run_coordinator).__name__ == "QueuedRunCoordinator"
        assert type(instance.compute_log_manager).__name__ == "NoOpComputeLogManager"


def test_page_and_daemon_share_one_code_server(tmp_path: Path) -> None:
    write_instance(tmp_path, "127.0.0.1", 3030)

    workspace = yaml.safe_load((tmp_path / "workspace.yaml").read_text())

    assert workspace == {
        "load_from": [
            {"grpc_server": {"host": "127.0.0.1", "port": 3030, "location_name": "readout"}}
        ]
    }


def test_writing_twice_leaves_the_same_files(tmp_path: Path) -> None:
    write_instance(tmp_path, "127.0.0.1", 3030)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    write_instance(tmp_path, "127.0.0.1", 3030)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
