"""Which services a platform on one machine has, and what each needs to know."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from readout.errors import ServiceFailed
from readout.services import Service, port_is_open
from readout.settings import Settings, environment
from readout.signer_keys import PUBLIC_KEYS

GATEWAY_KEY = "gateway.key"
GATEWAY_PROJECT = "gateway.project"


def services(settings: Settings) -> list[Service]:
    """Return the services in the order in which they start."""
    chosen = [
        _signer(settings),
        _api(settings),
        _dagster_code(settings),
        _dagster_web(settings),
        _dagster_daemon(settings),
    ]
    if (settings.data / "secrets" / GATEWAY_KEY).exists():
        chosen.append(_gateway(settings))
    return chosen


def ports(settings: Settings) -> tuple[tuple[int, str], ...]:
    """Return every port that the services listen on, with the option that moves it."""
    return (
        (settings.port, "--port"),
        (settings.dagster_port, "--dagster-port"),
        (settings.dagster_code_port, "--dagster-code-port"),
        (settings.dicom_port, "--dicom-port"),
        (settings.gateway_status_port, "--gateway-status-port"),
    )


def _state(settings: Settings) -> dict[str, str]:
    """Return where database and lake are, as every service reads it."""
    return {
        **environment(),
        "READOUT_DATABASE_URL": settings.database_url,
        "READOUT_LAKE_URI": settings.lake_uri,
        "READOUT_LAKE_STORAGE": settings.lake_storage,
    }


def _signer(settings: Settings) -> Service:
    """Give the signer the database's address and its own folder, and nothing else of ours."""
    public = settings.data / PUBLIC_KEYS
    command = (
        sys.executable, "-m", "readout.signer", "--folder", str(settings.signer_folder),
        "--public", str(public), "--every", str(settings.checkpoint_seconds),
    )  # fmt: skip
    return Service(
        "signer",
        command,
        {**environment(), "READOUT_DATABASE_URL": settings.database_url},
        lambda: any(public.glob("ledger*.pub.pem")),
        user=settings.signer_user or None,
    )


def _api(settings: Settings) -> Service:
    return Service(
        "api",
        (sys.executable, "-m", "api"),
        {
            **_state(settings),
            "READOUT_API_DATABASE_URL": settings.database_url,
            "READOUT_API_LAKE_URI": settings.lake_uri,
            "READOUT_API_LAKE_STORAGE": settings.lake_storage,
            "READOUT_API_HOST": settings.host,
            "READOUT_API_PORT": str(settings.port),
            "READOUT_API_LOG_FILE": str(settings.data / "logs" / "api.jsonl"),
            "READOUT_API_SQL_FOLDER": str(settings.data / "cache" / "sql"),
            "READOUT_API_VAULT_KEYS": str(settings.vault().keys),
            "READOUT_API_VAULT_WRAPPING": str(settings.vault().wrapping),
            "READOUT_API_LEDGER_KEYS": str(settings.data / PUBLIC_KEYS),
            "READOUT_API_SECOND_FACTOR_KEY": str(settings.data / "secrets" / "second-factor.key"),
            "READOUT_API_DEMO": json.dumps((settings.data / "demo").exists()),
        },
        answers(f"http://{settings.host}:{settings.port}/api/health"),
    )


def _dagster_environment(settings: Settings) -> dict[str, str]:
    return {
        **_state(settings),
        "DAGSTER_HOME": str(settings.data / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }


def _program(name: str) -> str:
    """Return a program of the environment that this command runs in."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise ServiceFailed(f"{name} is not installed: run make start, which prepares everything")
    return found


def _dagster_code(settings: Settings) -> Service:
    command = (
        _program("dagster"), "api", "grpc", "--module-name", "pipelines.definitions",
        "--host", settings.host, "--port", str(settings.dagster_code_port),
    )  # fmt: skip
    return Service(
        "dagster-code",
        command,
        _dagster_environment(settings),
        lambda: port_is_open(settings.host, settings.dagster_code_port),
    )


def _dagster_web(settings: Settings) -> Service:
    command = (
        _program("dagster-webserver"), "--host", settings.host,
        "--port", str(settings.dagster_port),
        "--workspace", str(settings.data / "dagster" / "workspace.yaml"),
    )  # fmt: skip
    return Service(
        "dagster-web",
        command,
        _dagster_environment(settings),
        answers(f"http://{settings.host}:{settings.dagster_port}/server_info"),
    )


def _dagster_daemon(settings: Settings) -> Service:
    workspace = str(settings.data / "dagster" / "workspace.yaml")
    command = (_program("dagster-daemon"), "run", "--workspace", workspace)
    return Service("dagster-daemon", command, _dagster_environment(settings), lambda: True)


def _gateway(settings: Settings) -> Service:
    secrets = settings.data / "secrets"
    return Service(
        "gateway",
        (sys.executable, "-m", "gateway"),
        {
            **environment(),
            "READOUT_GATEWAY_DATA": str(settings.data / "gateway"),
            "READOUT_GATEWAY_DICOM_HOST": settings.host,
            "READOUT_GATEWAY_DICOM_PORT": str(settings.dicom_port),
            "READOUT_GATEWAY_STATUS_PORT": str(settings.gateway_status_port),
            "READOUT_GATEWAY_API_URL": f"http://{settings.host}:{settings.port}",
            "READOUT_GATEWAY_PROJECT": (secrets / GATEWAY_PROJECT).read_text(),
            "READOUT_GATEWAY_MACHINE_KEY_FILE": str(secrets / GATEWAY_KEY),
        },
        lambda: port_is_open(settings.host, settings.dicom_port),
    )


def answers(url: str) -> Callable[[], bool]:
    """Return a question that says whether a page is served there."""

    def ask() -> bool:
        try:
            return httpx.get(url, timeout=2.0).is_success
        except httpx.TransportError:
            return False

    return ask
