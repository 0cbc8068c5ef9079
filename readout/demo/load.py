"""Loads the demo's data into a platform that is running, with a progress bar for each part."""

import time
from collections.abc import Callable
from datetime import datetime

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.database import Database
from lake.location import Lake
from readout.demo import lidc_study, phantom_study, recist_study
from readout.demo.pacs import public_files, push
from readout.demo.phantom_study import ANSWERS, PHANTOMS
from readout.demo.setup import LIDC, PHANTOM, RECIST
from readout.errors import ServiceFailed
from readout.hand import Hand
from readout.settings import Settings
from research.ids import ProjectId
from research.projects import projects

AE_TITLE = "READOUT"
ARRIVAL_SECONDS = 300.0
POLL_SECONDS = 0.5
ON_THE_WAY = ("received", "deidentified", "uploading", "failed")


def load_demo(
    database: Database,
    lake: Lake,
    settings: Settings,
    console: Console,
    *,
    now: Callable[[], datetime],
) -> None:
    """Load the phantoms, the readings of LIDC-IDRI and the public DICOM files."""
    hand = Hand(database, now)
    columns = (
        TextColumn("  {task.description:44}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        steps = len(PHANTOMS) + sum(len(answers) for answers in ANSWERS)
        bar = progress.add_task("Synthetic phantoms", total=steps)
        project = _project(hand, PHANTOM.code)
        phantom_study.load(hand, lake, project, done=lambda: progress.advance(bar))
        bar = progress.add_task("A response study by RECIST 1.1", total=len(recist_study.VISITS))
        project = _project(hand, RECIST.code)
        recist_study.load(hand, lake, project, done=lambda: progress.advance(bar))
        bar = progress.add_task("LIDC-IDRI, 6,859 annotations", total=1)
        lidc_study.load(hand, _project(hand, LIDC.code))
        progress.advance(bar)
        files = public_files()
        bar = progress.add_task("Public DICOM files through the gateway", total=len(files))
        push(
            files,
            host=settings.host,
            port=settings.dicom_port,
            called_ae=AE_TITLE,
            sent=lambda: progress.advance(bar),
        )
        bar = progress.add_task("De-identified and uploaded", total=len(files))
        _wait_for_arrival(settings, lambda done: progress.update(bar, completed=done))


def _project(hand: Hand, code: str) -> ProjectId:
    with hand.database.reading() as session:
        found = next(one for one in projects(hand.act(session)) if one.code == code)
    return found.id


def _wait_for_arrival(settings: Settings, show: Callable[[int], None]) -> None:
    """Wait until the gateway has nothing on the way; what it quarantined waits for a person."""
    url = f"http://{settings.host}:{settings.gateway_status_port}/status"
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while time.monotonic() < deadline:
        counts = httpx.get(url, timeout=10).json()["counts"]
        show(sum(counts.get(state, 0) for state in ("acknowledged", "quarantined")))
        if not any(counts.get(state, 0) for state in ON_THE_WAY):
            return
        time.sleep(POLL_SECONDS)
    raise ServiceFailed(
        f"the gateway still has images on the way after {ARRIVAL_SECONDS:.0f} s: see {url}"
    )
