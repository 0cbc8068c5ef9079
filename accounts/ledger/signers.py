"""Who may sign checkpoints: public keys, the sizes each is valid at, and how one follows another.

A rotation is an entry of the system log that the old key signs: it names the new key and, for each
log, the last size that the old one signed. Whoever trusts the first key can follow them all.
"""

import base64
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accounts.ledger.entries import Entry, JsonValue, canonical
from accounts.ledger.errors import RotationInvalid

ALGORITHM = "ed25519"
ROTATED = "signer_key_rotated"
# Sizes for every log that is not named: those that began after the rotation.
OTHERS = "*"

Sizes = Mapping[str, tuple[int, int | None]]


@dataclass(frozen=True)
class SignerKey:
    """A signer's public key; `valid` names for each log the first and last size it may sign.

    Without `valid` the key is good for every log at every size; the last size is None while the
    key is in use, and `*` stands for every log that is not named.
    """

    public: Ed25519PublicKey
    valid: Sizes | None = None
    algorithm: str = ALGORITHM

    def is_valid(self, log: str, size: int) -> bool:
        """Say whether the key may sign that log at that size."""
        if self.valid is None:
            return True
        first, last = self.valid.get(log, self.valid.get(OTHERS, (1, 0)))
        return first <= size and (last is None or size <= last)

    def to_json(self) -> dict[str, JsonValue]:
        """Return the key as key lists state it."""
        said: dict[str, JsonValue] = {
            "algorithm": self.algorithm,
            "public_key": _text(self.public),
        }
        if self.valid is not None:
            said["valid"] = {log: list(sizes) for log, sizes in self.valid.items()}
        return said


def rotation(
    old: Ed25519PrivateKey, new: Ed25519PublicKey, sizes: Mapping[str, int]
) -> dict[str, JsonValue]:
    """Return what the entry says: the statement, and the old key's signature over it."""
    statement: dict[str, JsonValue] = {
        "algorithm": ALGORITHM,
        "old_key": _text(old.public_key()),
        "new_key": _text(new),
        "sizes": dict(sizes),
    }
    signature = base64.b64encode(old.sign(canonical(statement))).decode()
    return {"statement": statement, "signature": signature}


def follow_rotations(given: Sequence[SignerKey], rotations: Sequence[Entry]) -> list[SignerKey]:
    """Return the keys with the sizes they are valid at, after each rotation in order.

    A rotation that no trusted key in use signed is refused: it would let anybody in.
    """
    keys = list(given)
    for entry in rotations:
        statement, signature = _statement(entry)
        sizes = cast("Mapping[str, int]", statement["sizes"])
        old = next((key for key in keys if _text(key.public) == statement["old_key"]), None)
        if old is None or not _in_use(old):
            raise RotationInvalid(f"entry {entry.sequence}: the old key is not one in use")
        try:
            old.public.verify(signature, canonical(statement))
            new = Ed25519PublicKey.from_public_bytes(
                base64.b64decode(str(statement["new_key"]), validate=True)
            )
        except (InvalidSignature, ValueError) as problem:
            raise RotationInvalid(
                f"entry {entry.sequence}: the old key did not sign the new one"
            ) from problem
        if sizes.get("system") != entry.sequence + 1:
            raise RotationInvalid(f"entry {entry.sequence} is not the last that the old key signs")
        ended = replace(old, valid={log: (_first(old, log), size) for log, size in sizes.items()})
        begun = SignerKey(
            new, {OTHERS: (1, None), **{log: (size + 1, None) for log, size in sizes.items()}}
        )
        keys = [ended if key is old else key for key in keys if key.public != new]
        keys.append(begun)
    return keys


def _statement(entry: Entry) -> tuple[Mapping[str, JsonValue], bytes]:
    try:
        after = cast("Mapping[str, JsonValue]", entry.after)
        statement = cast("Mapping[str, JsonValue]", after["statement"])
        signature = base64.b64decode(str(after["signature"]), validate=True)
        sizes = cast("Mapping[str, JsonValue]", statement["sizes"])
        if statement["algorithm"] != ALGORITHM or not all(type(n) is int for n in sizes.values()):
            raise ValueError("another algorithm, or sizes that are no numbers")
        _ = statement["old_key"], statement["new_key"]
    except (KeyError, TypeError, AttributeError, ValueError, Base64Error) as problem:
        raise RotationInvalid(f"entry {entry.sequence} states no rotation: {problem}") from problem
    return statement, signature


def _in_use(key: SignerKey) -> bool:
    return key.valid is None or any(last is None for _, last in key.valid.values())


def _first(key: SignerKey, log: str) -> int:
    if key.valid is None:
        return 1
    return key.valid.get(log, key.valid.get(OTHERS, (1, None)))[0]


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()
