"""Content-addressed bytes, one tree per project: an object's name is the SHA-256 of its bytes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

from lake.durable import write_once
from lake.errors import InvalidName, ObjectCorrupted, ObjectMissing
from lake.location import Lake, checked_digest, checked_name

_CHUNK = 1 << 20


@dataclass(frozen=True)
class StoredObject:
    """Where bytes are kept: their digest, their size, and the key inside the lake."""

    sha256: str
    size: int
    key: str


def object_key(project: str, sha256: str) -> str:
    """Return the key of an object inside the lake.

    Equal bytes in two projects are two objects: nothing is shared across projects, because equal
    pixels would link a patient.
    """
    digest = checked_digest(sha256)
    return f"objects/{checked_name(project, what='project id')}/{digest[:2]}/{digest}"


def put_object(lake: Lake, project: str, data: bytes | BinaryIO) -> StoredObject:
    """Store bytes and return their digest; when it returns, they are on the disk.

    Parameters
    ----------
    lake : Lake
        Where.
    project : str
        The project the object belongs to.
    data : bytes or seekable binary file
        A file is read twice from its present position (digest, then copy), in bounded memory.

    Returns
    -------
    StoredObject
        The same for the same bytes, however often they are put.

    Examples
    --------
    >>> import tempfile
    >>> lake = Lake(tempfile.mkdtemp())
    >>> put_object(lake, "p1", b"abc").key[:20]
    'objects/p1/ba/ba7816'
    """
    file: BinaryIO = BytesIO(data) if isinstance(data, bytes) else data
    if not file.seekable():
        raise InvalidName("an object is read twice: give bytes or a file that can seek")
    start = file.tell()
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(file):
        digest.update(chunk)
        size += len(chunk)
    stored = StoredObject(digest.hexdigest(), size, object_key(project, digest.hexdigest()))
    filesystem = lake.filesystem()
    target = lake.place(stored.key)
    if filesystem.exists(target) and filesystem.size(target) == size:
        return stored
    file.seek(start)
    write_once(lake, target, _verified(_chunks(file), stored))
    return stored


def has_object(lake: Lake, project: str, sha256: str) -> bool:
    """Return whether the project holds the object."""
    return bool(lake.filesystem().exists(lake.place(object_key(project, sha256))))


def open_object(lake: Lake, project: str, sha256: str) -> BinaryIO:
    """Open an object for reading; the caller closes it."""
    try:
        target = lake.place(object_key(project, sha256))
        return cast(BinaryIO, lake.filesystem().open(target, "rb"))
    except FileNotFoundError as error:
        raise _missing(project, sha256) from error


def read_object(
    lake: Lake, project: str, sha256: str, *, offset: int = 0, length: int | None = None
) -> bytes:
    """Return an object's bytes, or a range of them.

    Parameters
    ----------
    lake : Lake
        Where.
    project, sha256 : str
        Which object.
    offset, length : int
        The range; by default everything.

    Returns
    -------
    bytes
        A whole object is checked against its digest; a range cannot be.

    Raises
    ------
    ObjectMissing
        The project holds no such object.
    ObjectCorrupted
        The bytes are not those of the digest, or the range reaches past the end.
    """
    target = lake.place(object_key(project, sha256))
    try:
        if offset == 0 and length is None:
            data = cast(bytes, lake.filesystem().cat_file(target))
        else:
            end = None if length is None else offset + length
            data = cast(bytes, lake.filesystem().cat_file(target, start=offset, end=end))
    except FileNotFoundError as error:
        raise _missing(project, sha256) from error
    if length is not None and len(data) != length:
        raise ObjectCorrupted(
            f"object {sha256} of project {project} ends before byte {offset + length}; "
            "compare its size with the instance row and restore it from a backup"
        )
    if offset == 0 and length is None and hashlib.sha256(data).hexdigest() != sha256:
        raise ObjectCorrupted(
            f"object {sha256} of project {project} holds other bytes; restore it from a backup"
        )
    return data


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _verified(chunks: Iterator[bytes], expected: StoredObject) -> Iterator[bytes]:
    """Pass the bytes on, and fail before the file is in place if they changed while being read."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != expected.sha256:
        raise ObjectCorrupted("the file changed while it was being stored; nothing was kept")


def _missing(project: str, sha256: str) -> ObjectMissing:
    return ObjectMissing(f"project {project} has no object {sha256}")
