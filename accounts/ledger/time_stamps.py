"""RFC 3161 time stamps over checkpoints, kept as they came.

The token says that an authority saw the note at a time: from then on not even the operator with
every key can tell another history of what it covers. `openssl ts -verify` is the second verifier.
"""

from datetime import datetime
from hashlib import sha256

from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    decode_timestamp_response,
)
from sqlalchemy import LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.ledger.checkpoints import LedgerCheckpoint
from accounts.ledger.errors import TimeStampRefused
from accounts.ledger.export import TimeStamp

REQUEST_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
GRANTED = (0, 1)
MOST_BYTES = 64 * 1024


class LedgerTimeStamp(Base):
    """One authority's token over one checkpoint."""

    __tablename__ = "ledger_time_stamps"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    authority: Mapped[str]
    token: Mapped[bytes] = mapped_column(LargeBinary)
    time: Mapped[datetime]


def request_for(note: str) -> tuple[bytes, int | None]:
    """Return the query over a note, and the nonce that the answer must repeat.

    SHA-256 is asked for: not every authority takes the library's default.
    """
    request = TimestampRequestBuilder(
        data=note.encode(), hash_algorithm=HashAlgorithm.SHA256
    ).build()
    return request.as_bytes(), request.nonce


def checked_reply(note: str, nonce: int | None, reply: bytes) -> datetime:
    """Return the time that an authority stamped, or refuse a reply that is not about the note."""
    if len(reply) > MOST_BYTES:
        raise TimeStampRefused(f"the authority answered {len(reply)} bytes: that is no time stamp")
    try:
        response: TimeStampResponse = decode_timestamp_response(reply)
    except ValueError as problem:
        raise TimeStampRefused(f"the authority's answer cannot be read: {problem}") from problem
    if response.status not in GRANTED:
        raise TimeStampRefused(f"the authority refused with status {response.status}")
    info = response.tst_info
    wanted = digest_of(note)
    if info.message_imprint.message != wanted or (nonce is not None and info.nonce != nonce):
        raise TimeStampRefused("the authority stamped something else than was sent")
    return info.gen_time


def digest_of(note: str) -> bytes:
    """Return the SHA-256 of the note's bytes, which is what is stamped."""
    return sha256(note.encode()).digest()


def unstamped(session: Session) -> list[LedgerCheckpoint]:
    """Return the newest checkpoint of each log that no time stamp covers."""
    newest = select(LedgerCheckpoint.log, func.max(LedgerCheckpoint.size).label("size"))
    sizes = newest.group_by(LedgerCheckpoint.log).subquery()
    stamped = select(LedgerTimeStamp.log, LedgerTimeStamp.size)
    done = {(log, size) for log, size in session.execute(stamped)}
    query = select(LedgerCheckpoint).join(
        sizes,
        (sizes.c.log == LedgerCheckpoint.log) & (sizes.c.size == LedgerCheckpoint.size),
    )
    return [one for one in session.scalars(query) if (one.log, one.size) not in done]


def time_stamps(session: Session, logs: list[str] | None = None) -> list[TimeStamp]:
    """Return the tokens of some logs, or of all, as an export carries them."""
    query = select(LedgerTimeStamp).order_by(LedgerTimeStamp.log, LedgerTimeStamp.size)
    if logs is not None:
        query = query.where(LedgerTimeStamp.log.in_(logs))
    return [TimeStamp(one.log, one.size, one.token) for one in session.scalars(query)]
