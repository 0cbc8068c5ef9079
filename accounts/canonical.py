"""Canonical JSON (RFC 8785) and its SHA-256: the one way a record gets its digest."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

import rfc8785
from pydantic import JsonValue


def canonical(value: Mapping[str, JsonValue] | Sequence[JsonValue] | JsonValue) -> bytes:
    """Return the RFC 8785 bytes of a value; floats are refused by whoever builds the value."""
    return rfc8785.dumps(value)


def digest(value: Mapping[str, JsonValue] | Sequence[JsonValue] | JsonValue) -> str:
    """Return the SHA-256, in hex, of a value's canonical bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest_of_rows(rows: Iterable[Sequence[str | None]]) -> str:
    """Return the digest of rows of text and nulls.

    The same bytes as `canonical` would give, at the speed of the standard library: text is
    escaped alike in both, and only the order of keys and the form of numbers differ.
    """
    text = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
