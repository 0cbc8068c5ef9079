"""Every way a request is refused, as one table from exception to problem (RFC 9457).

ApiError                      refused by this door itself, before any command was asked
├── NotSignedIn               no login session and no key, or one that ended
├── OriginRefused             a changing call of a browser session without its token or origin
├── NotAcceptable             no representation that the Accept header allows
├── UnsupportedMediaType      a body of another kind than the route takes
├── BadMultipart              a multipart body that does not keep its own form
├── BadQuery                  a query parameter that means nothing here
├── BodyTooLarge              more than the platform takes in one request
├── LengthRequired            a body that does not say how long it is
├── AddressTooLong            an address longer than any of ours
├── TooManyParameters         more query parameters than any route has
├── HeadersTooLarge           more headers than a client needs
├── BadText                   an address or header with control characters, or no UTF-8
├── BadJson                   a body that is no I-JSON (RFC 7493), or too deep
├── UnfitText                 a string of a body with control characters
├── BodyTooSlow               a body that does not come
├── MethodNotAllowed          a method that no route has
├── WrongHost                 a Host header with a name that is not this site's
├── FramesUnavailable         the object's frames cannot be addressed or decoded
└── NoSuchThing               nothing here, or nothing the caller may know of
"""

from dataclasses import dataclass

import accounts.errors as accounts
import accounts.ledger.errors as ledger
import ingest.errors as ingest
import lake.errors as lake
import research.errors as research


class ApiError(Exception):
    """Refused by this door."""


class NotSignedIn(ApiError):
    """No login session and no key."""


class OriginRefused(ApiError):
    """A changing call of a browser session without its token or origin."""


class NotAcceptable(ApiError):
    """No representation that the Accept header allows."""


class UnsupportedMediaType(ApiError):
    """A body of another kind."""


class BadMultipart(ApiError):
    """A multipart body that does not keep its own form."""


class BadQuery(ApiError):
    """A query parameter that means nothing here."""


class BodyTooLarge(ApiError):
    """More than the platform takes in one request."""


class LengthRequired(ApiError):
    """A body that does not say how long it is."""


class AddressTooLong(ApiError):
    """An address longer than any of ours."""


class TooManyParameters(ApiError):
    """More query parameters than any route has."""


class HeadersTooLarge(ApiError):
    """More headers than a client needs."""


class BadText(ApiError):
    """An address or header with control characters, or that is no UTF-8."""


class BadJson(ApiError):
    """A body that is no I-JSON (RFC 7493), or too deep."""


class UnfitText(ApiError):
    """A string of a body with control characters."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"not acceptable: {where} {message}")
        self.where = where
        self.message = message


class BodyTooSlow(ApiError):
    """A body that does not come."""


class MethodNotAllowed(ApiError):
    """A method that no route has."""


class WrongHost(ApiError):
    """A Host header with a name that is not this site's."""


class FramesUnavailable(ApiError):
    """The object's frames cannot be addressed or decoded."""


class NoSuchThing(ApiError):
    """Nothing here, or nothing the caller may know of."""


@dataclass(frozen=True)
class Answer:
    """The status, slug and title of one kind of refusal."""

    status: int
    type: str
    title: str


# A class is answered by its own row, else by that of its nearest parent.
ANSWERS: dict[type[Exception], Answer] = {
    NotSignedIn: Answer(401, "not_signed_in", "Sign in first"),
    OriginRefused: Answer(403, "origin_refused", "The request does not come from this site"),
    NotAcceptable: Answer(406, "not_acceptable", "No acceptable representation"),
    UnsupportedMediaType: Answer(415, "unsupported_media_type", "Unsupported media type"),
    BadMultipart: Answer(400, "bad_multipart", "The multipart body is broken"),
    BadQuery: Answer(400, "bad_query", "A query parameter means nothing here"),
    BodyTooLarge: Answer(413, "too_large", "The body is too large"),
    LengthRequired: Answer(411, "length_required", "The body must declare its length"),
    AddressTooLong: Answer(414, "address_too_long", "The address is too long"),
    TooManyParameters: Answer(400, "bad_query", "Too many query parameters"),
    HeadersTooLarge: Answer(431, "headers_too_large", "The headers are too large"),
    BadText: Answer(400, "bad_text", "Text with characters that are none"),
    BadJson: Answer(400, "bad_json", "The body is no acceptable JSON"),
    UnfitText: Answer(422, "invalid", "The content is refused"),
    BodyTooSlow: Answer(408, "too_slow", "The body came too slowly"),
    MethodNotAllowed: Answer(405, "method_not_allowed", "Method not allowed"),
    WrongHost: Answer(421, "wrong_host", "Not served under this name"),
    FramesUnavailable: Answer(406, "frames_unavailable", "The frames cannot be given"),
    NoSuchThing: Answer(404, "not_found", "Not found"),
    accounts.SignInFailed: Answer(401, "sign_in_failed", "Sign-in failed"),
    accounts.NotSignedIn: Answer(401, "not_signed_in", "Sign in first"),
    accounts.SecondFactorRequired: Answer(
        401, "second_factor_required", "The second step of signing in is missing"
    ),
    accounts.SecondFactorMissing: Answer(
        403, "second_factor_missing", "A second factor must be added first"
    ),
    accounts.StepUpRequired: Answer(401, "step_up_required", "Confirm that it is you"),
    accounts.ProviderUnavailable: Answer(
        502, "provider_unavailable", "The identity provider does not answer"
    ),
    accounts.Throttled: Answer(429, "throttled", "Too many tries"),
    accounts.InvitationOver: Answer(410, "invitation_over", "The invitation no longer holds"),
    accounts.ReauthRequired: Answer(401, "reauth_required", "Signing needs your password again"),
    accounts.SigningBlocked: Answer(403, "signing_blocked", "Signing is blocked for a while"),
    accounts.IdentityNotVerified: Answer(403, "identity_not_verified", "Identity not verified"),
    accounts.StatementNotAccepted: Answer(
        403, "statement_not_accepted", "The accountability statement was not accepted"
    ),
    accounts.EnrolmentNeeded: Answer(403, "enrolment_needed", "Enrol anew before signing"),
    accounts.StaleRecord: Answer(409, "stale_read", "The record changed meanwhile"),
    accounts.NotPermitted: Answer(403, "not_permitted", "Not permitted"),
    accounts.NotFound: Answer(404, "not_found", "Not found"),
    accounts.AlreadyExists: Answer(409, "already_exists", "It exists already"),
    accounts.StaleRow: Answer(412, "stale_revision", "It changed meanwhile"),
    accounts.LastAdmin: Answer(409, "illegal_transition", "The state does not allow this"),
    accounts.VaultClosed: Answer(500, "vault_closed", "The vault cannot be opened"),
    accounts.Refused: Answer(422, "invalid", "The content is refused"),
    accounts.AccountsError: Answer(422, "refused", "Refused"),
    research.ReasonRequired: Answer(422, "reason_required", "Say why"),
    research.CheckFailed: Answer(422, "check_failed", "A check failed"),
    research.Invalid: Answer(422, "invalid", "The content is refused"),
    research.IllegalTransition: Answer(409, "illegal_transition", "The state does not allow this"),
    research.NotReady: Answer(409, "not_ready", "Not ready yet"),
    research.AlreadyClaimed: Answer(409, "already_claimed", "Somebody else has it"),
    research.ConflictOfInterest: Answer(409, "conflict_of_interest", "Conflict of interest"),
    research.StaleRevision: Answer(412, "stale_revision", "The draft changed meanwhile"),
    research.ComputedDiffers: Answer(409, "stale_read", "A computed value differs"),
    research.StaleRead: Answer(409, "stale_read", "The record changed meanwhile"),
    research.Retained: Answer(409, "retained", "A retention period or a hold forbids it"),
    research.ProjectLocked: Answer(423, "project_locked", "The project is locked"),
    research.ResearchError: Answer(422, "refused", "Refused"),
    ledger.LogMissing: Answer(404, "not_found", "Not found"),
    ledger.EntryRefused: Answer(422, "invalid", "The content is refused"),
    ledger.CheckpointLate: Answer(503, "checkpoint_late", "The ledger's signer is late"),
    ledger.LedgerError: Answer(500, "ledger_broken", "The ledger cannot be read"),
    lake.InvalidName: Answer(422, "invalid", "The content is refused"),
    lake.UnknownTable: Answer(404, "not_found", "Not found"),
    lake.TableMissing: Answer(404, "table_missing", "The table has not been written yet"),
    lake.VersionMissing: Answer(404, "version_missing", "The table has no such version"),
    lake.LockMissing: Answer(404, "not_found", "Not found"),
    lake.QueryRefused: Answer(422, "invalid", "The content is refused"),
    lake.QueryFailed: Answer(422, "query_failed", "The query could not be run"),
    lake.QueryStopped: Answer(422, "query_stopped", "The query was stopped"),
    lake.ConcurrentWrite: Answer(503, "busy", "Busy: try again"),
    lake.LakeError: Answer(500, "lake_broken", "The lake cannot answer"),
    ingest.IngestError: Answer(422, "instance_refused", "The instance is refused"),
}
DISK_FULL = Answer(507, "disk_full", "The disk is full")
BUSY = Answer(503, "busy", "Busy: try again")
INTERNAL = Answer(500, "internal_error", "Something is broken on our side")


def answer_for(error: Exception) -> Answer:
    """Return how an error is answered."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return INTERNAL
