"""How the ledger refuses.

LedgerError
├── EntryRefused        the entry holds what an entry may not hold; nothing was written
├── EntryUnreadable     stored bytes are not an entry
├── CheckpointInvalid   a checkpoint's text or signature does not hold
├── LogMissing          there is no log of that name, or it has no such entry or size
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
