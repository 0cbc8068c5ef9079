"""Deactivation: within one request nothing opens any more; what was signed stays readable.

A person does not come back under the old id by a switch: somebody is invited anew, gets a new id
and none of the old signatures (Part 11, 11.100(a)).
"""

from sqlalchemy import select

from accounts.acts import Act, Reason
from accounts.devices import forget_devices
from accounts.digests import rows_named
from accounts.errors import Refused
from accounts.invitations import revoke_open
from accounts.login_sessions import end_sessions
from accounts.machine_keys import MachineKeyRow
from accounts.people import administered, enter_person


def deactivate(act: Act, person_id: str, reason: Reason) -> None:
    """End a person's account, login sessions, devices, invitations and machine keys at once."""
    row = administered(act, person_id)
    if row.id == act.actor.id:
        raise Refused("nobody deactivates their own account: ask another administrator")
    if row.state == "deactivated":
        raise Refused(f"person {person_id} is deactivated already")
    row.state = "deactivated"
    row.password_hash = None
    enter_person(act, row, "person_deactivated", reason=reason)
    revoke_open(act, row.id, reason)
    end_sessions(act, row.id, why="person_deactivated")
    forget_devices(act, row.id)
    _revoke_keys(act, row.id, reason)


def _revoke_keys(act: Act, person_id: str, reason: Reason) -> None:
    """End the keys the person made: whoever knows them is no longer answerable for them."""
    mine = select(MachineKeyRow).where(
        MachineKeyRow.created_by == person_id, MachineKeyRow.revoked_at.is_(None)
    )
    for key in act.session.scalars(mine.with_for_update()).all():
        key.revoked_at = act.now
        key.ledger_sequence = act.record(
            key.scope_id,
            "machine_key_revoked",
            "machine_key",
            key.id,
            reason=reason,
            rows=rows_named(key),
        )
