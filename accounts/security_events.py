"""What happened to an account, from the ledger: what its owner should recognise, or report."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from accounts.acts import SYSTEM_LOG, Act
from accounts.ledger.entries import COMMITMENT, parse
from accounts.ledger.log import LedgerEntry
from accounts.vault import openings

MOST = 50
ACTIONS = (
    "signed_in", "signed_out", "sign_in_failed", "tries_throttled", "stepped_up",
    "step_up_refused", "session_ended", "password_changed", "password_reset", "password_set",
    "person_activated", "authenticator_added", "authenticator_removed", "passkey_added",
    "passkey_removed", "recovery_codes_made", "recovery_code_used", "second_factors_forgotten",
    "single_sign_on_linked", "single_sign_on_unlinked", "device_forgotten", "signing_enrolled",
    "signature_failed",
)  # fmt: skip


@dataclass(frozen=True)
class SecurityEvent:
    """One entry about an account."""

    sequence: int
    time: datetime
    action: str
    by_me: bool
    origin: str


def security_events(act: Act) -> tuple[SecurityEvent, ...]:
    """Return the latest entries by or about the acting person's account, the newest first."""
    query = (
        select(LedgerEntry.entry)
        .where(
            LedgerEntry.log == SYSTEM_LOG,
            LedgerEntry.action.in_(ACTIONS),
            or_(LedgerEntry.actor_id == act.actor.id, LedgerEntry.object_id == act.actor.id),
        )
        .order_by(LedgerEntry.sequence.desc())
        .limit(MOST)
    )
    entries = [parse(bytes(data)) for data in act.session.scalars(query)]
    # The ledger holds commitments to addresses; their owner may see what was sealed.
    opened = openings(act.session, {entry.origin for entry in entries})
    return tuple(
        SecurityEvent(
            entry.sequence,
            entry.time,
            entry.action,
            entry.actor_id == act.actor.id,
            opened[entry.origin].value if entry.origin in opened else _plain(entry.origin),
        )
        for entry in entries
    )


def _plain(origin: str) -> str:
    """Return an origin that is no commitment; of an erased one nothing is left to show."""
    return "" if origin.startswith(COMMITMENT) else origin
