"""The sensor that follows the ledgers: one run per project whose ledger has moved on."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import dagster as dg

from assets.catalogue import PROJECTS, SEQUENCE_TAG
from assets.exports import Exports
from pipelines.jobs import PROJECT_TAG, materialise_project
from pipelines.retention import forget_old_runs
from pipelines.settings import Settings

Clock = Callable[[], datetime]

# Entries that change no table but the ledger's own copy. Somebody at work writes one every few
# seconds, and a run costs seconds of a core: they wait until something else happens, or a while.
QUIET = frozenset(
    (
        "access_denied",
        "checkpoint_signed",
        "draft_saved",
        "exported",
        "file_downloaded",
        "images_viewed",
        "item_cleared",
        "read_submitted",
        "sign_in_failed",
        "signed_in",
        "signed_out",
        "task_opened",
        "task_opened_read_only",
    )
)
ACTIVE = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


@dataclass(frozen=True)
class Followed:
    """How far a project's tables were asked for, and when."""

    sequence: int
    at: str


@dataclass(frozen=True)
class Seen:
    """What a look at one project's ledger found."""

    project: str
    code: str
    head: int
    actions: frozenset[str]


def due(
    seen: Iterable[Seen],
    followed: Mapping[str, Followed],
    *,
    busy: frozenset[str],
    now: datetime,
    quiet: timedelta,
) -> tuple[Seen, ...]:
    """Return the projects to run for: moved on, not running yet, and not merely quiet."""
    return tuple(
        each
        for each in seen
        if each.project not in busy
        and each.head > _sequence(followed, each.project)
        and (
            not each.actions <= QUIET
            or each.project not in followed
            or now - datetime.fromisoformat(followed[each.project].at) >= quiet
        )
    )


def follow_ledger(settings: Settings, *, clock: Clock) -> dg.SensorDefinition:
    """Return the sensor; `clock` is also when this code server began, to know orphaned runs."""
    began = clock()

    @dg.sensor(
        job=materialise_project,
        minimum_interval_seconds=settings.follow_every_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def follow_ledger(
        context: dg.SensorEvaluationContext, exports: dg.ResourceParam[Exports]
    ) -> dg.SensorResult:
        """Ask for one run per project whose ledger has moved on; a busy project is left alone."""
        now = clock()
        followed = _followed(context.cursor)
        active = _active_runs(context.instance, began)
        if not active:
            oldest = now - timedelta(days=settings.keep_runs_days)
            forget_old_runs(context.instance, oldest, project_tag=PROJECT_TAG)
        seen = _look(exports, followed)
        chosen = due(
            seen,
            followed,
            busy=frozenset(run.tags.get(PROJECT_TAG, "") for run in active),
            now=now,
            quiet=timedelta(seconds=settings.quiet_seconds),
        )
        asked = {each.project: Followed(each.head, now.isoformat()) for each in chosen}
        known = set(context.instance.get_dynamic_partitions(PROJECTS.name or ""))
        new = [each.project for each in seen if each.project not in known]
        return dg.SensorResult(
            run_requests=[_request(each) for each in chosen],
            dynamic_partitions_requests=[PROJECTS.build_add_request(new)] if new else [],
            cursor=json.dumps(
                {project: asdict(value) for project, value in {**followed, **asked}.items()}
            ),
        )

    return follow_ledger


def _look(exports: Exports, followed: Mapping[str, Followed]) -> tuple[Seen, ...]:
    seen = []
    for project in exports.projects():
        head = exports.head(project.project_id)
        after = _sequence(followed, project.project_id)
        entries = exports.entries(project.project_id, after=after, up_to=head)
        actions = frozenset(entry.action for entry in entries) if head > after else frozenset()
        seen.append(Seen(project.project_id, project.code, head, actions))
    return tuple(seen)


def _request(each: Seen) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"{each.project}:{each.head}",
        partition_key=each.project,
        tags={PROJECT_TAG: each.project, "readout/code": each.code, SEQUENCE_TAG: str(each.head)},
    )


def _active_runs(instance: dg.DagsterInstance, began: datetime) -> Sequence[dg.DagsterRun]:
    """Return the runs under way, after giving up those whose process cannot be alive.

    A run is a child of the code server that launched it: what an earlier one left unfinished was
    killed with it. Its tables are whole, and the next run goes on from where they stand.
    """
    records = instance.get_run_records(dg.RunsFilter(statuses=list(ACTIVE)))
    alive = []
    for record in records:
        if record.start_time is not None and record.start_time < began.timestamp():
            instance.report_run_failed(
                record.dagster_run, "The code server that ran it stopped before the run ended."
            )
        else:
            alive.append(record.dagster_run)
    return alive


def _followed(cursor: str | None) -> dict[str, Followed]:
    stored: dict[str, dict[str, int | str]] = json.loads(cursor) if cursor else {}
    return {
        project: Followed(int(value["sequence"]), str(value["at"]))
        for project, value in stored.items()
    }


def _sequence(followed: Mapping[str, Followed], project: str) -> int:
    return followed[project].sequence if project in followed else -1
