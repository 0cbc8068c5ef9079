"""`readout up`: starts the platform on this machine, watches over it, and stops it cleanly."""

import fcntl
import json
import logging
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from accounts.database import Database
from lake.location import Lake
from pipelines.instance import write_instance
from readout import logs, platform, services, signer_keys
from readout.clock import now
from readout.demo import setup as demo_setup
from readout.demo.boundary import require_boundary, require_own_folder
from readout.demo.load import load_demo
from readout.errors import AlreadyRunning
from readout.housekeeping import Housekeeper
from readout.settings import Settings

log = logging.getLogger("readout.up")
WATCH_SECONDS = 2.0


def up(settings: Settings, console: Console, *, demo: bool, stop: threading.Event) -> None:
    """Run the platform until `stop` is set."""
    settings = settings.resolved()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        stack.enter_context(_sole_use(settings.data))
        for port, option in platform.ports(settings):
            services.require_free(settings.host, port, option)
        logs.configure(settings.data / "logs", console)
        _prepare_signer(settings)
        database = Database(settings.database_url, vault=settings.vault())
        stack.callback(database.dispose)
        with console.status("Preparing the database"):
            database.migrate()
        lake = Lake(settings.lake_uri, json.loads(settings.lake_storage))
        require_boundary(settings, database, demo=demo)
        new_demo = demo and demo_setup.is_empty(database)
        if new_demo:
            require_own_folder(settings)
            with console.status("Setting up the demo's people and projects"):
                demo_setup.set_up(database, settings.data, now=now)
        write_instance(settings.data / "dagster", settings.host, settings.dagster_code_port)
        running: list[services.Running] = []
        stack.callback(lambda: _stop(running, console))
        _start(settings, running, console, stop)
        if new_demo and not stop.is_set():
            load_demo(database, lake, settings, console, now=now)
        _announce(settings, console)
        keeper = Housekeeper(settings, now)
        stack.callback(keeper.close)
        chores = threading.Thread(target=keeper.follow, args=(stop,), name="housekeeping")
        chores.start()
        stack.callback(chores.join)
        stack.callback(stop.set)
        _watch(running, stop)


@contextmanager
def _sole_use(data: Path) -> Iterator[None]:
    """Hold the data folder for one start at a time."""
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise AlreadyRunning(
                f"the data folder {data} is already served by another `readout up`: stop that one, "
                "or name another folder with --data"
            ) from problem
        yield


def _start(
    settings: Settings,
    running: list[services.Running],
    console: Console,
    stop: threading.Event,
) -> None:
    for service in platform.services(settings):
        if stop.is_set():
            return
        with console.status(f"Starting {service.name}"):
            one = services.start(service, settings.data / "logs")
            running.append(one)
            services.wait_ready(one)
        console.print(f"  [green]✓[/] {service.name}")
        log.info("started", extra={"fields": {"service": service.name}})


def _stop(running: list[services.Running], console: Console) -> None:
    if running:
        with console.status("Stopping"):
            services.stop(running)
        console.print("Stopped.")


def _announce(settings: Settings, console: Console) -> None:
    console.print()
    console.print(f"[bold]Readout is running[/]   http://{settings.host}:{settings.port}")
    console.print(f"Dagster              http://{settings.host}:{settings.dagster_port}")
    if (settings.data / "secrets" / platform.GATEWAY_KEY).exists():
        console.print(
            f"DICOM                {settings.host}:{settings.dicom_port}  AE title READOUT"
        )
    if (settings.data / "demo").exists():
        console.print(f"\nDemo accounts, all with the passphrase [bold]{demo_setup.PASSPHRASE}[/]:")
        for account in demo_setup.ACCOUNTS:
            console.print(f"  {account.login:28}{account.printed_name}")
    console.print("\nCtrl-C stops everything.")


def _prepare_signer(settings: Settings) -> None:
    """Make the signer's folder and the one it publishes to, without opening what is in them."""
    assert settings.signer_folder is not None
    settings.signer_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = settings.data / signer_keys.PUBLIC_KEYS
    public.mkdir(exist_ok=True)
    former = settings.data / "secrets" / signer_keys.KEY_FILE
    if former.exists():
        former.rename(settings.signer_folder / signer_keys.KEY_FILE)
    if settings.signer_user:
        for folder in (settings.signer_folder, public):
            shutil.chown(folder, settings.signer_user)
        for file in settings.signer_folder.iterdir():
            shutil.chown(file, settings.signer_user)


def _watch(running: list[services.Running], stop: threading.Event) -> None:
    while not stop.wait(WATCH_SECONDS):
        for one in running:
            services.watch(one)
            if not one.is_alive():
                fields = {"service": one.service.name, "code": one.process.returncode}
                log.warning(
                    "%s ended by itself and is started again",
                    one.service.name,
                    extra={"fields": fields},
                )
                services.restart(one)


def stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    return stop
