"""How the accounts kernel refuses.

AccountsError
├── SignInFailed      the login or the password is not right; which of the two is never said
├── NotSignedIn       there is no session or key of that name, or it has ended
├── SecondFactorRequired  the password was right; the second step is still to be taken
├── SecondFactorMissing   this account needs a second factor before anything else
├── StepUpRequired        a sensitive change needs fresh proof of who is there
├── Throttled             too many tries: wait a little
├── ProviderUnavailable   the identity provider does not answer, or not as it should
├── InvitationOver        the invitation or reset is unknown, used, revoked or over
├── ReauthRequired    signing needs a fresh, unused grant for exactly this record
│   └── WrongPassphrase   it was asked for again and was not right; counted, and too many block
├── SigningBlocked    too many wrong passphrases: nothing is signed before that moment
├── StaleRecord       the record changed after it was shown; nothing was signed
├── NotPermitted      the caller may see the object but lacks the verb
│   ├── IdentityNotVerified    nobody has stated yet that the signer is who they say
│   ├── StatementNotAccepted   the accountability statement in force was not accepted
│   └── EnrolmentNeeded        the account was reset and its owner has not enrolled anew
├── NotFound          outside the caller's reach, hidden by blinding, or not there: all alike
├── AlreadyExists     the code or login is taken
├── StaleRow          the row was changed meanwhile; `current` is its version now
├── LastAdmin         a project keeps one Admin
├── VaultClosed       the keys that seal identifying values are not where they should be
└── Refused           the content of the request is not acceptable

`type` is the stable name of the problem in answers to clients. `refusal` says what the ledger
enters about the attempt, once the refused transaction has been rolled back.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What is entered about a refused attempt, in which log and about what."""

    log: str = "system"
    object_kind: str = ""
    object_id: str = ""
    actor_id: str | None = None
    grant_id: str | None = None
    throttle_keys: tuple[str, ...] = ()
    block_minutes: int | None = None


class AccountsError(Exception):
    """Anything the accounts kernel refuses."""

    type: ClassVar[str] = "refused"

    def __init__(self, message: str, refusal: Refusal | None = None) -> None:
        super().__init__(message)
        self.refusal = refusal


class SignInFailed(AccountsError):
    """The login or the password is not right; which of the two is never said."""

    type = "sign_in_failed"


class NotSignedIn(AccountsError):
    """There is no session or key of that name, or it has ended."""

    type = "not_signed_in"


class SecondFactorRequired(AccountsError):
    """The password was right; the second step is still to be taken."""

    type = "second_factor_required"


class SecondFactorMissing(AccountsError):
    """The account needs a second factor before anything else."""

    type = "second_factor_missing"


class StepUpRequired(AccountsError):
    """A sensitive change needs fresh proof of who is there."""

    type = "step_up_required"


class Throttled(AccountsError):
    """Too many tries: wait a little. `retry_after` says how long, in seconds."""

    type = "throttled"

    def __init__(self, message: str, refusal: Refusal | None = None, *, retry_after: int) -> None:
        super().__init__(message, refusal)
        self.retry_after = retry_after


class ProviderUnavailable(AccountsError):
    """The identity provider does not answer, or not as it should."""

    type = "provider_unavailable"


class InvitationOver(AccountsError):
    """The invitation or reset is unknown, used, revoked or over."""

    type = "invitation_over"


class ReauthRequired(AccountsError):
    """Signing needs a fresh, unused grant for exactly this record."""

    type = "reauth_required"


class WrongPassphrase(ReauthRequired):
    """The passphrase at signing was not right; it is counted, and too many block."""


class SigningBlocked(AccountsError):
    """Too many wrong passphrases at signing: nothing is signed for a while."""

    type = "signing_blocked"


class StaleRecord(AccountsError):
    """The record changed after it was shown; nothing was signed."""

    type = "stale_read"


class NotPermitted(AccountsError):
    """The caller may see the object but lacks the verb."""

    type = "not_permitted"


class IdentityNotVerified(NotPermitted):
    """Nobody has stated yet that the signer is who they say (21 CFR 11.100(b))."""

    type = "identity_not_verified"


class StatementNotAccepted(NotPermitted):
    """The accountability statement in force was not accepted (21 CFR 11.10(j))."""

    type = "statement_not_accepted"


class EnrolmentNeeded(NotPermitted):
    """The account was reset: its owner proves anew who they are before anything is signed."""

    type = "enrolment_needed"


class NotFound(AccountsError):
    """Outside the caller's reach, hidden by blinding, or not there: all alike."""

    type = "not_found"


class AlreadyExists(AccountsError):
    """The code or login is taken."""

    type = "already_exists"


class Refused(AccountsError):
    """The content of the request is not acceptable."""

    type = "invalid"


class VaultClosed(AccountsError):
    """The keys that seal identifying values are not where they should be."""

    type = "vault_closed"


class StaleRow(AccountsError):
    """The row was changed after it was shown: nothing was written."""

    type = "stale_revision"

    def __init__(self, message: str, *, current: int) -> None:
        super().__init__(message)
        self.current = current


class LastAdmin(AccountsError):
    """Nobody could give access any more: a project keeps one Admin."""

    type = "illegal_transition"
