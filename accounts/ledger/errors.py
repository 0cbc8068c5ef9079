"""How the ledger refuses.

LedgerError
├── EntryRefused        the entry holds what an entry may not hold; nothing was written
├── EntryUnreadable     stored bytes are not an entry
├── CheckpointInvalid   a checkpoint's text or signature does not hold
├── LogMissing          there is no log of that name, or it has no such entry or size
├── RotationInvalid     a new signing key is not vouched for by the old one
├── HeadRefused         a log's head does not continue what was signed before: nothing is signed
├── TimeStampRefused    an authority's time stamp is not one over what was sent
├── CheckpointLate      the signer has not covered the log in time
└── NodesDamaged        the hashes kept for proofs do not give the log's root
"""


class LedgerError(Exception):
    """Anything the ledger refuses."""


class EntryRefused(LedgerError):
    """The entry holds what an entry may not hold; nothing was written."""


class EntryUnreadable(LedgerError):
    """Stored bytes are not an entry."""


class CheckpointInvalid(LedgerError):
    """A checkpoint's text or signature does not hold."""


class LogMissing(LedgerError):
    """There is no log of that name."""


class NodesDamaged(LedgerError):
    """The hashes kept for proofs do not give the log's root."""


class RotationInvalid(LedgerError):
    """A new signing key is not vouched for by the old one."""


class HeadRefused(LedgerError):
    """A log's head does not continue what was signed before: nothing is signed."""


class CheckpointLate(LedgerError):
    """The signer has not covered the log in time."""


class TimeStampRefused(LedgerError):
    """An authority's time stamp is not one over what was sent."""
