"""How the research domain refuses; who may not, and what is not there, are accounts' errors.

ResearchError
├── Invalid             the content is refused; `problems` says what, where
├── ReasonRequired      a change to what stands says why: a code and words
├── CheckFailed         a required answer is missing or a blocking check fails
├── IllegalTransition   the task's state does not allow this
├── NotReady            what the task needs is not there yet
├── AlreadyClaimed      somebody else has the task
├── ConflictOfInterest  this person read the subject in another position
├── StaleRevision       the draft was changed meanwhile; `current` is its number now
├── StaleRead           what was submitted is no longer what would be signed
│   └── ComputedDiffers   a client's computed value is not the server's; `problems` says which
├── Retained            a retention period or a hold forbids the end of these data
└── ProjectLocked       the project is frozen or locked: nothing in it changes
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from accounts.errors import Refusal


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where: a path such as `LESION/1/DIAMETER`."""

    where: str
    message: str


class ResearchError(Exception):
    """Anything the research domain refuses."""

    type: ClassVar[str] = "refused"


class Invalid(ResearchError):
    """The content is refused."""

    type = "invalid"

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ReasonRequired(Invalid):
    """A change to what stands says why."""

    type = "reason_required"


class CheckFailed(Invalid):
    """A required answer is missing or a blocking check fails."""

    type = "check_failed"


class IllegalTransition(ResearchError):
    """The task's state does not allow this."""

    type = "illegal_transition"


class NotReady(ResearchError):
    """What the task needs is not there yet."""

    type = "not_ready"


class AlreadyClaimed(ResearchError):
    """Somebody else has the task."""

    type = "already_claimed"


class ConflictOfInterest(ResearchError):
    """The person read the subject in another position."""

    type = "conflict_of_interest"


class StaleRevision(ResearchError):
    """The draft was changed meanwhile."""

    type = "stale_revision"

    def __init__(self, message: str, *, current: int) -> None:
        super().__init__(message)
        self.current = current
        # What was typed and what is stored, for whoever answers the client.
        self.sides: Mapping[str, object] = {}


class StaleRead(ResearchError):
    """What was submitted is no longer what would be signed.

    `refusal` is there when somebody was signing: then the attempt is entered.
    """

    type = "stale_read"

    def __init__(self, message: str, refusal: Refusal | None = None) -> None:
        super().__init__(message)
        self.refusal = refusal


class ComputedDiffers(StaleRead):
    """A client sent a computed value that the server computes differently."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


class Retained(ResearchError):
    """A retention period or a hold forbids the end of these data."""

    type = "retained"


class ProjectLocked(ResearchError):
    """The project is frozen or locked."""

    type = "project_locked"
