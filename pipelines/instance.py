"""The folder Dagster lives in: its instance and workspace files, written before it starts."""

from collections.abc import Mapping
from pathlib import Path

import yaml

# SQLite under DAGSTER_HOME, no telemetry, no copies of logs; ticks are forgotten within days.
_INSTANCE: Mapping[str, object] = {
    "telemetry": {"enabled": False},
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
    },
    "run_coordinator": {
        "module": "dagster._core.run_coordinator",
        "class": "QueuedRunCoordinator",
        "config": {"dequeue_interval_seconds": 1},
    },
    "concurrency": {"runs": {"max_concurrent_runs": 2}},
    # A worker that died is replaced; an asset that failed has had its own tries.
    "run_retries": {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": False},
    "run_monitoring": {
        "enabled": True,
        "start_timeout_seconds": 180,
        "max_runtime_seconds": 7200,
        "poll_interval_seconds": 30,
    },
    "retention": {
        "sensor": {"purge_after_days": {"skipped": 1, "success": 2, "failure": 14, "started": 1}},
    },
}


def write_instance(home: Path, host: str, code_port: int) -> None:
    """Write `dagster.yaml` and `workspace.yaml` into a folder, made if it is missing.

    Web page and daemon share one code server at host and port: each on its own would load
    everything twice.
    """
    home.mkdir(parents=True, exist_ok=True)
    server = {"host": host, "port": code_port, "location_name": "readout"}
    _write(home / "dagster.yaml", _INSTANCE)
    _write(home / "workspace.yaml", {"load_from": [{"grpc_server": server}]})


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False))
