"""Tries that guessing could abuse: counted first, judged then, forgiven when they were right."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from accounts.errors import AccountsError, InvitationOver, Refusal, SignInFailed
from accounts.throttling import Gate, admit, forgive, gates
from api.work import Work

GUESSES = (SignInFailed, InvitationOver)


@contextmanager
def admitted(
    work: Work, purpose: str, *, who: str = "", device: str | None = None
) -> Iterator[None]:
    """Let one try through, or make the caller wait; what it raises keeps its count."""
    at = gates(purpose=purpose, who=who, address=work.origin, device=device)
    with work.changing() as act:
        admit(act, at)
    try:
        yield
    except GUESSES as error:
        refusal = error.refusal or Refusal()
        error.refusal = replace(refusal, throttle_keys=tuple(gate.key for gate in at))
        raise
    except AccountsError:
        # Refused for another reason than a wrong guess, such as a new password that is too short.
        _forgive(work, at)
        raise
    _forgive(work, at)


def _forgive(work: Work, at: Sequence[Gate]) -> None:
    with work.changing() as act:
        forgive(act.session, at)
