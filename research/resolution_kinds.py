"""What a resolution may be of: who signs it, in which states of the project, with which words."""

from dataclasses import dataclass
from typing import Literal

from accounts.permissions import ObjectKind, Verb

Kind = Literal[
    "freeze", "thaw", "allow_amendment", "lock", "unlock", "withdraw_lock", "hold",
    "release_hold", "archive", "erase_subject", "destroy_project",
]  # fmt: skip

Grants = tuple[tuple[Verb, ObjectKind], ...]
MANAGES: tuple[Verb, ObjectKind] = ("create", "lock")
APPROVES: tuple[Verb, ObjectKind] = ("approve", "lock")


@dataclass(frozen=True)
class Seat:
    """One signature of a resolution; any of the grants lets a person take it.

    Who holds one of `lacks` does not: whoever manages the data is not their sponsor as well.
    """

    name: str
    grants: Grants
    lacks: Grants = ()


@dataclass(frozen=True)
class Rule:
    """Who signs, in which states of the project, and what they say with it."""

    seats: tuple[Seat, ...]
    states: tuple[str, ...]
    statement: str


MANAGER = Seat("data manager", (MANAGES,))
SPONSOR = Seat("sponsor", (APPROVES,), lacks=(MANAGES,))
ONE = (Seat("data manager or sponsor", (MANAGES, APPROVES)),)
TWO = (
    Seat("first of two", (MANAGES, APPROVES)),
    Seat("second of two", (MANAGES, APPROVES)),
)
WORKING = ("open", "frozen")
KEPT = ("open", "frozen", "locked", "archived")

KINDS: dict[Kind, Rule] = {
    "freeze": Rule((MANAGER,), WORKING, "Nothing of this changes until the freeze is lifted."),
    "thaw": Rule((MANAGER,), WORKING, "This may change again."),
    "allow_amendment": Rule(
        TWO, WORKING, "This one task may be amended, once, while its records are frozen."
    ),
    "lock": Rule(
        (MANAGER, SPONSOR),
        ("frozen",),
        "The data of this project are final and are locked as this manifest names them.",
    ),
    "unlock": Rule(TWO, ("locked",), "This project is opened again for the reason given."),
    "withdraw_lock": Rule(
        TWO, KEPT, "This lock no longer holds: what it names may be removed, for the reason given."
    ),
    "hold": Rule(ONE, KEPT, "Nothing of this project is destroyed while this hold stands."),
    "release_hold": Rule(ONE, KEPT, "The ground of this hold is gone."),
    "archive": Rule(
        (MANAGER,), ("locked",), "A complete archive of this project was verified elsewhere."
    ),
    "erase_subject": Rule(
        TWO,
        KEPT,
        "The data of this subject are destroyed, and with them every lock that names them. "
        "I have read the assessment.",
    ),
    "destroy_project": Rule(
        TWO, KEPT, "All data of this project are destroyed. I have read the assessment."
    ),
}
