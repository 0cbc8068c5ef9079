"""Entering refused attempts: after the refused transaction was rolled back, in one of its own."""

import re

from sqlalchemy import update

from accounts.acts import Act
from accounts.errors import (
    AccountsError,
    EnrolmentNeeded,
    IdentityNotVerified,
    InvitationOver,
    NotFound,
    NotPermitted,
    ReauthRequired,
    SignInFailed,
    SigningBlocked,
    StaleRecord,
    StatementNotAccepted,
    StepUpRequired,
    WrongPassphrase,
)
from accounts.signatures import SignGrantRow
from accounts.signing_blocks import count_failure
from accounts.throttling import enter_throttled

# What was asked for may be anything that somebody typed into an address.
ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)

ACTIONS: dict[type[AccountsError], str] = {
    SignInFailed: "sign_in_failed",
    InvitationOver: "invitation_refused",
    StepUpRequired: "step_up_refused",
    EnrolmentNeeded: "signature_failed",
    IdentityNotVerified: "signature_failed",
    StatementNotAccepted: "signature_failed",
    SigningBlocked: "signature_failed",
    NotPermitted: "access_denied",
    NotFound: "access_denied",
    ReauthRequired: "signature_failed",
    StaleRecord: "signature_failed",
}


def enter_refusal(act: Act, error: Exception) -> int | None:
    """Enter a refused attempt and burn the grant it misused; None when it is not entered.

    Callers run it in a new transaction: the refused one is gone, and this must stay.
    """
    refusal = getattr(error, "refusal", None)
    action = next((name for kind, name in ACTIONS.items() if isinstance(error, kind)), None)
    if refusal is None or action is None:
        return None
    if refusal.grant_id is not None:
        act.session.execute(
            update(SignGrantRow)
            .where(SignGrantRow.id == refusal.grant_id, SignGrantRow.used_at.is_(None))
            .values(used_at=act.now)
        )
    assert isinstance(error, AccountsError)
    sequence = act.record(
        refusal.log,
        action,
        refusal.object_kind,
        refusal.object_id if ID.fullmatch(refusal.object_id) else "",
        after={"problem": error.type},
    )
    enter_throttled(act, refusal)
    if isinstance(error, WrongPassphrase):
        count_failure(act, log=refusal.log, block_minutes=refusal.block_minutes)
    return sequence
