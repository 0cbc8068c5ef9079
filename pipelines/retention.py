"""How long Dagster remembers runs: their records are about running, never about data."""

from collections.abc import Iterable
from datetime import datetime

import dagster as dg

_MOST_AT_ONCE = 25
FINISHED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)


def outdated(old: Iterable[tuple[str, str]], newest: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the old runs, (id, project), but never a project's newest."""
    kept = set(newest)
    return tuple(run for run, _project in old if run not in kept)


def forget_old_runs(
    instance: dg.DagsterInstance, before: datetime, *, project_tag: str
) -> tuple[str, ...]:
    """Delete the records of some runs that ended before a moment, and return their ids.

    The newest run of every project stays: the catalogue shows what it made.
    """
    old = instance.get_run_records(
        dg.RunsFilter(statuses=list(FINISHED), created_before=before),
        limit=_MOST_AT_ONCE,
        ascending=True,
    )
    projects = {record.dagster_run.tags.get(project_tag, "") for record in old}
    newest = [
        run.run_id
        for project in sorted(projects)
        for run in instance.get_runs(
            dg.RunsFilter(tags={project_tag: project}, statuses=list(FINISHED)), limit=1
        )
    ]
    ids = outdated(
        ((r.dagster_run.run_id, r.dagster_run.tags.get(project_tag, "")) for r in old), newest
    )
    for run_id in ids:
        instance.delete_run(run_id)
    return ids
