"""One ledger entry: who did what to which object, when, why and from where, as canonical bytes.

Entries hold strings, booleans, nulls, whole numbers below 2^53, lists and objects only; decimals
are strings. RFC 8785 then gives the same bytes in every language. `rows` names each database row
that the act left behind and the digest of its content, so that the log, replayed, can be compared
with the tables themselves.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeAlias, cast

import rfc8785

from accounts.ledger.errors import EntryRefused, EntryUnreadable

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
RowDigests: TypeAlias = Mapping[str, Mapping[str, str | None]]

# How an entry says a value without telling it: this and the HMAC-SHA256 of the value, in hex.
COMMITMENT = "hmac-sha256:"

MAX_ENTRY_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1

ENCODE = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why: a coded reason and, where one is needed, words."""

    code: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a log."""

    log: str
    sequence: int
    time: datetime
    actor_kind: str
    actor_id: str
    action: str
    object_kind: str
    object_id: str
    on_behalf_of: str | None = None
    login_session: str | None = None
    origin: str = ""
    object_revision: int | None = None
    before: Mapping[str, JsonValue] | None = None
    after: Mapping[str, JsonValue] | None = None
    reason: Reason | None = None
    rows: RowDigests = field(default_factory=dict)
    request_id: str = ""
    build: str = ""

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, or refuse what an entry may not hold."""
        content: dict[str, JsonValue] = {
            "log": self.log,
            "sequence": self.sequence,
            "time": format_time(self.time),
            "actor": {
                "kind": self.actor_kind,
                "id": self.actor_id,
                "on_behalf_of": self.on_behalf_of,
            },
            "session": self.login_session,
            "origin": self.origin,
            "action": self.action,
            "object": {
                "kind": self.object_kind,
                "id": self.object_id,
                "revision": self.object_revision,
            },
            "before": self.before,
            "after": self.after,
            "reason": {"code": self.reason.code, "text": self.reason.text} if self.reason else None,
            "rows": self.rows,
            "request_id": self.request_id,
            "build": self.build,
        }
        data = canonical(content)
        if len(data) > MAX_ENTRY_BYTES:
            raise EntryRefused(
                f"the entry {self.action} of {self.object_kind} {self.object_id} has {len(data)} "
                f"bytes, the most is {MAX_ENTRY_BYTES}: enter a digest of the content instead"
            )
        return data


def format_time(time: datetime) -> str:
    """Write an aware time as UTC with microseconds, ending in Z."""
    if time.tzinfo is None:
        raise EntryRefused("an entry's time has no zone: pass an aware UTC time")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """Read what `format_time` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def canonical(value: JsonValue) -> bytes:
    """Return RFC 8785 bytes of a value, refusing floats, large integers and deep nesting."""
    _refuse_inexact(value, "value", 0)
    text = ENCODE(value)
    if text.isascii():
        # Without floats, which were refused, RFC 8785 differs from sorted compact JSON only in the
        # order of keys beyond ASCII; the standard library's encoder is several times faster.
        return text.encode()
    return rfc8785.dumps(cast("dict[str, str]", value))


def digest(value: JsonValue) -> str:
    """Return the SHA-256, in hex, of a value's canonical bytes."""
    return sha256(canonical(value)).hexdigest()


def _refuse_inexact(value: JsonValue, where: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise EntryRefused(f"{where} is nested more than {MAX_DEPTH} deep")
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise EntryRefused(f"{where} is a whole number beyond 2^53: write it as a string")
        case Mapping():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise EntryRefused(f"{where} has a key that is not a string")
                _refuse_inexact(item, f"{where}.{key}", depth + 1)
        case list() | tuple():
            for index, item in enumerate(value):
                _refuse_inexact(item, f"{where}[{index}]", depth + 1)
        case _:
            raise EntryRefused(
                f"{where} is a {type(value).__name__}: only strings, whole numbers, true, false, "
                "null, lists and objects have exact bytes; write a decimal as a string"
            )


def parse(data: bytes) -> Entry:
    """Read an entry from its canonical bytes, refusing bytes that are not canonical."""
    try:
        content = json.loads(data)
        entry = _entry_from(content)
        again = entry.to_bytes()
    except (ValueError, KeyError, TypeError, AttributeError, EntryRefused) as problem:
        raise EntryUnreadable(f"the stored bytes are not a ledger entry: {problem}") from problem
    if again != data:
        raise EntryUnreadable("the stored bytes are not in canonical form")
    return entry


def _entry_from(content: dict[str, JsonValue]) -> Entry:
    actor = cast("dict[str, str]", content["actor"])
    subject = cast("dict[str, str]", content["object"])
    reason = cast("dict[str, str] | None", content["reason"])
    return Entry(
        log=cast("str", content["log"]),
        sequence=cast("int", content["sequence"]),
        time=parse_time(cast("str", content["time"])),
        actor_kind=actor["kind"],
        actor_id=actor["id"],
        on_behalf_of=actor["on_behalf_of"],
        login_session=cast("str | None", content["session"]),
        origin=cast("str", content["origin"]),
        action=cast("str", content["action"]),
        object_kind=subject["kind"],
        object_id=subject["id"],
        object_revision=cast("int | None", subject["revision"]),
        before=cast("Mapping[str, JsonValue] | None", content["before"]),
        after=cast("Mapping[str, JsonValue] | None", content["after"]),
        reason=Reason(code=reason["code"], text=reason["text"]) if reason else None,
        rows=cast("RowDigests", content["rows"]),
        request_id=cast("str", content["request_id"]),
        build=cast("str", content["build"]),
    )
