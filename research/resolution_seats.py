"""The seats of a resolution: which are taken, and which of the free ones a person may take."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.errors import NotPermitted, Refusal
from accounts.permissions import ObjectKind, Verb
from accounts.signatures import SignatureRow
from research.resolution_kinds import Seat


def authorize_any(act: Act, project_id: str, seats: tuple[Seat, ...]) -> None:
    """Return when the actor may sit in one of the seats; else raise what the last one refuses."""
    refused: NotPermitted | None = None
    for seat in seats:
        try:
            _authorize_seat(act, project_id, seat)
        except NotPermitted as error:
            refused = error
        else:
            return
    assert refused is not None, "a rule has at least one seat"
    raise refused


def _authorize_seat(act: Act, project_id: str, seat: Seat) -> None:
    refused = None
    for verb, object_kind in seat.grants:
        refused = _refusal(act, project_id, verb, object_kind)
        if refused is None:
            break
    if refused is not None:
        raise refused
    for verb, object_kind in seat.lacks:
        if _refusal(act, project_id, verb, object_kind) is None:
            raise NotPermitted(
                f"whoever may {verb} a {object_kind} does not sign as {seat.name}: the two are "
                "different people",
                Refusal(log=project_id, object_kind="resolution", object_id=""),
            )


def _refusal(act: Act, project_id: str, verb: Verb, object_kind: ObjectKind) -> NotPermitted | None:
    """Return why a grant is missing, or None when it is there."""
    try:
        authorize(act, verb, object_kind, project_id)
    except NotPermitted as error:
        return error
    return None


def free_seat(act: Act, project_id: str, resolution_id: str, seats: tuple[Seat, ...]) -> Seat:
    """Return the first free seat that is one of the actor's, or raise `NotPermitted`."""
    taken = seats_taken(act.session, resolution_id)
    refused: NotPermitted | None = None
    for seat in seats:
        if seat.name in taken:
            continue
        try:
            _authorize_seat(act, project_id, seat)
        except NotPermitted as error:
            refused = error
        else:
            return seat
    assert refused is not None, f"resolution {resolution_id} is open with every seat taken"
    raise refused


def seats_taken(session: Session, resolution_id: str) -> frozenset[str]:
    """Return the names of the seats that are signed."""
    query = select(SignatureRow.payload).where(
        SignatureRow.record_kind == "resolution", SignatureRow.record_id == resolution_id
    )
    payloads = (cast("dict[str, dict[str, str]]", found) for found in session.scalars(query))
    return frozenset(payload["record_key"]["seat"] for payload in payloads)
