"""Keys of machines: made and revoked by those who manage a project's members."""

from datetime import timedelta

from fastapi import APIRouter, status

from accounts import machine_keys
from accounts.login_sessions import require_step_up
from api.schemas.machine_keys import MachineKeyRequest, MachineKeyView, NewMachineKey
from api.schemas.people import Ending
from api.work import SignedIn

router = APIRouter(prefix="/api", tags=["machine keys"])


@router.get("/projects/{project_id}/machine-keys")
def list_machine_keys(project_id: str, work: SignedIn) -> list[MachineKeyView]:
    """List a project's keys with their last use, the newest first."""
    with work.looking() as act:
        return [
            MachineKeyView.model_validate(k) for k in machine_keys.machine_keys(act, project_id)
        ]


@router.post("/projects/{project_id}/machine-keys", status_code=status.HTTP_201_CREATED)
def make_machine_key(project_id: str, body: MachineKeyRequest, work: SignedIn) -> NewMachineKey:
    """Make a key for a machine; its text is shown in this answer alone. Needs a fresh step-up."""
    with work.changing() as act:
        made = machine_keys.create_machine_key(
            act,
            project_id,
            name=body.name,
            role=body.role,
            life=timedelta(days=body.days),
            allowed_addresses=body.allowed_addresses,
        )
        # After the question of permission: a stranger is not told that a step-up would help.
        require_step_up(act)
    return NewMachineKey(id=made.split(".")[1], key=made)


@router.post("/machine-keys/{key_id}/revoke", status_code=status.HTTP_204_NO_CONTENT)
def revoke_machine_key(key_id: str, body: Ending, work: SignedIn) -> None:
    """End a key at once: the next request with it is refused."""
    with work.changing() as act:
        machine_keys.revoke_machine_key(act, key_id, body.reason.as_reason())
