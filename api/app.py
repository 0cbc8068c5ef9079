"""The composition root: one process's platform, its routes, and what surrounds them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute

from accounts.database import Database
from accounts.ids import new_id as random_id
from api import contract, problems
from api.doorway import Doorway
from api.exposure import require_private_demo
from api.routes import (
    access_reviews,
    account,
    adjudications,
    annotations,
    attachments,
    copies,
    dicomweb,
    docs,
    documents,
    explanations,
    form_exchange,
    forms,
    health,
    invitations,
    ledger,
    ledger_exports,
    locks,
    machine_keys,
    members,
    organizations,
    people,
    projects,
    repositories,
    resolutions,
    responses,
    retention,
    revisions,
    roles,
    sessions,
    signing,
    single_sign_on,
    sites,
    sql,
    storage,
    studies,
    subjects,
    tables,
    tasks,
    web,
    why,
    workflows,
)
from api.schemas.wire import Problem
from api.security import Envelope
from api.settings import Settings
from api.work import Platform
from lake.location import Lake

VERSION = version("readout")
NOUNS = (
    sessions, projects, subjects, studies, tasks, annotations, responses, revisions,
    forms, form_exchange, explanations, attachments, tables, sql, ledger, ledger_exports, locks,
    health, storage, docs, organizations, repositories, sites, roles, members, access_reviews,
    signing, documents, resolutions, retention, copies,
    adjudications, why, workflows, invitations, people, account, machine_keys, single_sign_on,
)  # fmt: skip
PROBLEM = {"model": Problem, "content": {problems.MEDIA_TYPE: {}}}


def system_clock() -> datetime:
    """Return the server's present moment; every other function is handed one."""
    return datetime.now(UTC)  # noqa: TID251 (the clock that is passed on)


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = system_clock,
    new_id: Callable[[], str] = random_id,
) -> FastAPI:
    """Build the api over one database and one lake."""
    platform = Platform(
        settings=settings,
        database=Database(
            settings.database_url,
            pool_size=settings.threads,
            vault=settings.vault(),
            every_project=False,
        ),
        lake=Lake(settings.lake_uri, settings.lake_storage),
        clock=clock,
        new_id=new_id,
        build=VERSION,
    )
    app = FastAPI(
        title="Readout",
        version=VERSION,
        summary="Open data lake for imaging trials and reader studies",
        lifespan=_lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        responses={"4XX": PROBLEM, "5XX": PROBLEM},
    )
    app.state.platform = platform
    for noun in NOUNS:
        app.include_router(noun.router)
    dicomweb.include(app)
    members.include(app)
    problems.install(app)
    contract.install(app, settings)
    app.add_middleware(Doorway, hosts=settings.host_names, max_body=settings.max_json_mb << 20)
    app.add_middleware(Envelope, new_id=new_id, https=settings.cookie_secure)
    # Last: it answers every address that no route above has taken.
    web.include(app, settings.web_dist)
    return app


def operation_id(route: APIRoute) -> str:
    """Name an operation by its function, so that the generated client's names are stable."""
    return route.name


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Bring the schema up to date before the first request and let go of it after the last."""
    platform: Platform = app.state.platform
    to_thread.current_default_thread_limiter().total_tokens = platform.settings.threads
    await to_thread.run_sync(platform.database.migrate)
    await to_thread.run_sync(require_private_demo, platform.database, platform.settings)
    yield
    await to_thread.run_sync(platform.database.dispose)
