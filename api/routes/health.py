"""Whether the platform works and which build it is."""

import platform as python
from typing import Literal

from fastapi import APIRouter, Request, Response, status
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from accounts.clock_source import clock_source
from accounts.ledger.checkpoints import uncovered
from accounts.second_wall import EVERY_PROJECT, admit
from api.schemas.health import Build, Health
from api.work import Platform, platform_of

router = APIRouter(prefix="/api", tags=["platform"])
# As the platform's own alarm: after that a signer is not only busy.
LATE_SECONDS = 180.0
State = Literal["ok", "failing"]


@router.get("/health")
def get_health(request: Request, response: Response) -> Health:
    """Try the database and the lake; answers 200 when both work and 503 when one does not."""
    platform = platform_of(request)
    database, lake = _database(platform), _lake(platform)
    works = database == lake == "ok"
    response.status_code = status.HTTP_200_OK if works else status.HTTP_503_SERVICE_UNAVAILABLE
    lag = _lag(platform) if database == "ok" else None
    return Health(
        status="ok" if works else "failing",
        database=database,
        lake=lake,
        signer="unknown" if lag is None else "late" if lag > LATE_SECONDS else "ok",
        signer_lag_seconds=lag,
        clock=str(clock_source()),
    )


@router.get("/build")
def get_build(request: Request) -> Build:
    """Name the software that answers."""
    platform = platform_of(request)
    return Build(
        version=platform.build,
        build=platform.build,
        python=python.python_version(),
        demo=platform.settings.demo,
    )


def _database(platform: Platform) -> State:
    try:
        with platform.database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "failing"
    return "ok"


def _lag(platform: Platform) -> float:
    """Return how long the oldest uncovered entry has waited for the signer, in seconds."""
    now = platform.clock()
    with platform.database.reading() as session:
        admit(session, [EVERY_PROJECT])
        waits = [(now - one.since).total_seconds() for one in uncovered(session)]
    return max(waits, default=0.0)


def _lake(platform: Platform) -> State:
    """Look whether the lake's place answers; a local lake that is new has no folder yet."""
    lake = platform.lake
    try:
        if lake.is_remote:
            lake.filesystem().ls(lake.uri.removeprefix("s3://").split("/")[0])
        else:
            lake.filesystem().makedirs(lake.uri, exist_ok=True)
    except OSError:
        return "failing"
    return "ok"
