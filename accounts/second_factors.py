"""Second factors together: what a person has, and one question whether a proof is right."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from accounts.acts import Act, Reason
from accounts.errors import Refusal, Refused, SignInFailed
from accounts.login_sessions import Stage
from accounts.one_time_codes import code_matches, has_authenticator, remove_authenticator
from accounts.passkeys import has_passkey, own_passkeys, remove_passkey
from accounts.people import PersonRow, administered, enter_person
from accounts.recovery_codes import (
    recovery_codes_left,
    remove_recovery_codes,
    spend_recovery_code,
)
from accounts.sealing import Seal
from accounts.sign_in_rules import rules_of

CodeKind = Literal["authenticator", "recovery_code"]


@dataclass(frozen=True)
class SecondFactors:
    """What a person can prove besides the password."""

    authenticator: bool
    passkeys: int
    recovery_codes_left: int

    @property
    def any(self) -> bool:
        """Tell whether there is one; recovery codes alone are none."""
        return self.authenticator or self.passkeys > 0


def second_factors_of(session: Session, person_id: str) -> SecondFactors:
    """Return what a person has."""
    return SecondFactors(
        authenticator=has_authenticator(session, person_id),
        passkeys=len(own_passkeys(session, person_id)),
        recovery_codes_left=recovery_codes_left(session, person_id),
    )


def stage_after_password(session: Session, person_id: str) -> Stage:
    """Return what is still to be done once a person's password was right."""
    if has_authenticator(session, person_id) or has_passkey(session, person_id):
        return "second_factor"
    person = session.get(PersonRow, person_id)
    required = rules_of(session, person.organization_id if person else None)
    return "enrolment" if required.second_factor_required else "complete"


def check_code(act: Act, seal: Seal, person_id: str, *, kind: CodeKind, code: str) -> None:
    """Return when the code is right, which uses it up; else refuse it."""
    if kind == "authenticator":
        right = code_matches(act, seal, person_id, code)
    else:
        right = spend_recovery_code(act, person_id, code)
    if not right:
        raise SignInFailed(
            "the code is not right, or was used before",
            Refusal(object_kind="person", object_id=person_id),
        )


def remove_own_factor(act: Act, *, passkey_id: str | None = None) -> None:
    """Take the acting person's authenticator or a passkey away, unless a factor must remain."""
    person = act.session.get(PersonRow, act.actor.id)
    assert person is not None, "a signed-in person has an account"
    factors = second_factors_of(act.session, person.id)
    last = factors.authenticator + factors.passkeys <= 1
    if passkey_id is not None:
        remove_passkey(act, passkey_id, of=person.id)
    elif not remove_authenticator(act, person.id):
        raise Refused("there is no authenticator to remove")
    if last and rules_of(act.session, person.organization_id).second_factor_required:
        raise Refused("your organisation asks for a second factor: add another one first")
    if last:
        remove_recovery_codes(act, person.id)


def forget_second_factors(act: Act, person_id: str, reason: Reason) -> None:
    """Take all of a person's second factors away, at a reset by an administrator."""
    row = administered(act, person_id)
    enter_person(act, row, "second_factors_forgotten", reason=reason)
    remove_authenticator(act, row.id)
    for passkey in own_passkeys(act.session, row.id):
        remove_passkey(act, passkey.id, of=row.id)
    remove_recovery_codes(act, row.id)
