"""How the lake refuses.

LakeError
├── InvalidName            a project id, digest or lock name that could not be one
├── ObjectMissing          no object under this digest in this project
├── ObjectCorrupted        the stored bytes are not the bytes of their name
├── NotDicom               the bytes hold no DICOM header
├── UnknownTable           no table of that name in lake.tables
├── TableMissing           the table is known, but this project has not written it yet
├── VersionMissing         the table has no such version
├── QueryRefused           a column, filter, sort, page or query that is not answered
├── QueryFailed            a query that was let through and could not be run to its end
├── QueryStopped           a query that was cancelled or took too long
├── ExportRefused          a value or name that the format of a file cannot hold
├── ContractBroken         rows that break the table's column contract
├── StaleSequence          an older ledger sequence tried to replace a newer one
├── ConcurrentWrite        another writer committed first; nothing was written
├── LockMissing            no lock of that name
└── LockBroken             a locked file has gone or changed
"""


class LakeError(Exception):
    """The lake refused; the message says what, where and what to do."""


class InvalidName(LakeError):
    """A project id, digest or lock name that could not be one."""


class ObjectMissing(LakeError):
    """No object under this digest in this project."""


class ObjectCorrupted(LakeError):
    """The stored bytes are not the bytes of their name."""


class NotDicom(LakeError):
    """The bytes hold no DICOM header."""


class UnknownTable(LakeError):
    """No table of that name in `lake.tables`."""


class TableMissing(LakeError):
    """The table is known, but this project has not written it yet."""


class VersionMissing(LakeError):
    """The table has no such version."""


class QueryRefused(LakeError):
    """A column, filter, sort or page that the table cannot answer."""


class QueryFailed(LakeError):
    """A query that was let through and could not be run to its end."""


class QueryStopped(LakeError):
    """A query that was cancelled or took too long."""


class ExportRefused(LakeError):
    """A value or name that the format of a file cannot hold."""


class ContractBroken(LakeError):
    """Rows that break the table's column contract."""


class StaleSequence(LakeError):
    """An older ledger sequence tried to replace a newer one."""


class ConcurrentWrite(LakeError):
    """Another writer committed first; nothing was written."""


class LockMissing(LakeError):
    """No lock of that name."""


class LockBroken(LakeError):
    """A locked file has gone or changed."""
