"""Why somebody can or cannot do something, on the wire."""

from typing import Literal

from accounts.permissions import ObjectKind, Reach, Verb
from api.schemas.wire import Wire


class GroundView(Wire):
    """One grant that counted."""

    role: str
    scope_id: str
    reach: Reach
    sites: tuple[str, ...]
    steps: tuple[str, ...] | None


class WhyView(Wire):
    """The answer and what decided it."""

    verb: Verb
    object_kind: ObjectKind
    allowed: bool
    decided_by: Literal["grant", "scope", "blinding", "state"]
    words: str
    roles: tuple[str, ...]
    grounds: tuple[GroundView, ...]
