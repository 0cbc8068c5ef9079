"""The ids of the accounts kernel: random UUIDv4 text, one type per noun."""

from typing import NewType
from uuid import uuid4

PersonId = NewType("PersonId", str)
RoleId = NewType("RoleId", str)
MembershipId = NewType("MembershipId", str)
AccessRequestId = NewType("AccessRequestId", str)
AccessReviewId = NewType("AccessReviewId", str)
LoginSessionId = NewType("LoginSessionId", str)
MachineKeyId = NewType("MachineKeyId", str)
InvitationId = NewType("InvitationId", str)
PasskeyId = NewType("PasskeyId", str)
DeviceId = NewType("DeviceId", str)
SignatureId = NewType("SignatureId", str)


def new_id() -> str:
    """Return a fresh random id: a time-ordered one would tell a blinded reader the order."""
    return str(uuid4())
