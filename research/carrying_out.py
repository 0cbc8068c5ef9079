"""Carrying out a resolution with its last signature, in the same transaction."""

from collections.abc import Callable
from typing import cast

from accounts.acts import Act
from accounts.digests import rows_named
from accounts.errors import Refusal
from research.errors import StaleRead
from research.freezing import freeze, thaw
from research.locks import lock_project, unlock_project, withdraw_lock
from research.projects import ProjectRow
from research.resolutions import (
    Resolution,
    ResolutionRow,
    close,
    reason_of,
    sign_resolution,
    view,
)
from research.retention import place_hold, release_hold
from research.standing import last_change

Effect = Callable[[Act, ResolutionRow, ProjectRow], None]


def sign_and_carry_out(act: Act, resolution_id: str, *, grant: str) -> Resolution:
    """Sign a seat; with the last one, do what was resolved, unless it waits for a command."""
    row, project, is_last = sign_resolution(act, resolution_id, grant=grant)
    if is_last and row.kind in EFFECTS:
        EFFECTS[row.kind](act, row, project)
        close(act, row)
    return view(act.session, row)


def _freeze(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    freeze(act, project, row.object_kind, row.object_id, reason_of(row))


def _thaw(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    thaw(act, project, row.object_kind, row.object_id, reason_of(row))


def _lock(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    content = cast("dict[str, str | int]", row.content)
    as_of = int(content["as_of_sequence"])
    changed = last_change(act.session, project.id)
    if changed > as_of:
        raise StaleRead(
            f"the data of project {project.code} changed in entry {changed}, after entry {as_of} "
            "that this lock stands on: cancel this resolution and propose the lock again",
            Refusal(log=project.id, object_kind="resolution", object_id=row.id),
        )
    lock_project(
        act,
        project,
        name=str(content["name"]),
        manifest=str(content["manifest"]),
        as_of=as_of,
        reason=reason_of(row),
    )


def _unlock(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    unlock_project(act, project, reason_of(row))


def _withdraw_lock(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    withdraw_lock(act, project.id, row.object_id, reason_of(row))


def _hold(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    place_hold(act, project, reason_of(row))


def _release_hold(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    release_hold(act, project, row.object_id, reason_of(row))


def _archive(act: Act, row: ResolutionRow, project: ProjectRow) -> None:
    project.state = "archived"
    project.ledger_sequence = act.record(
        project.id,
        "archived",
        "project",
        project.id,
        after=cast("dict[str, str]", row.content),
        reason=reason_of(row),
        rows=rows_named(project),
    )


EFFECTS: dict[str, Effect] = {
    "freeze": _freeze,
    "thaw": _thaw,
    "lock": _lock,
    "unlock": _unlock,
    "withdraw_lock": _withdraw_lock,
    "hold": _hold,
    "release_hold": _release_hold,
    "archive": _archive,
}
