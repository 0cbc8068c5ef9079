"""Who may sign checkpoints: public keys, the sizes each is valid at, and how one follows another.

A rotation is an entry of the system log in which the old key signs one certificate for each log:
which key comes next, and the last size that the old one signs. Whoever trusts the first key can
follow them all, and a project's export carries its own certificates without naming another project.
"""

import base64
from binascii import Error as Base64Error
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accounts.ledger.entries import Entry, JsonValue, canonical
from accounts.ledger.errors import RotationInvalid
from accounts.ledger.log import SYSTEM_LOG

ALGORITHM = "ed25519"
ROTATED = "signer_key_rotated"
# Stands for every log that is not named: those that began after the rotation.
OTHERS = "*"


@dataclass(frozen=True)
class Certificate:
    """What the key before signed for one log: its own last size there, and who comes next."""

    size: int
    signature: bytes


@dataclass(frozen=True)
class SignerKey:
    """A signer's public key; `valid` names for each log the first and last size it may sign.

    Without `valid` the key is good for every log at every size; the last size is None while the
    key is in use, and `*` stands for every log that is not named.
    """

    public: Ed25519PublicKey
    valid: Mapping[str, tuple[int, int | None]] | None = None
    algorithm: str = ALGORITHM
    before: Ed25519PublicKey | None = None
    certificates: Mapping[str, Certificate] = field(default_factory=dict)

    def is_valid(self, log: str, size: int) -> bool:
        """Say whether the key may sign that log at that size."""
        if self.valid is None:
            return True
        first, last = self.valid.get(log, self.valid.get(OTHERS, (1, 0)))
        return first <= size and (last is None or size <= last)

    def to_json(self, logs: Collection[str]) -> dict[str, JsonValue]:
        """Return the key as key lists state it, of some logs alone."""
        shown = {*logs, OTHERS}
        said: dict[str, JsonValue] = {
            "algorithm": self.algorithm,
            "public_key": _text(self.public),
        }
        if self.valid is not None:
            said["valid"] = {log: list(sizes) for log, sizes in self.valid.items() if log in shown}
        if self.before is not None:
            said["old_key"] = _text(self.before)
            said["certificates"] = {
                log: {"size": one.size, "signature": base64.b64encode(one.signature).decode()}
                for log, one in self.certificates.items()
                if log in shown
            }
        return said


def rotation(
    old: Ed25519PrivateKey, new: Ed25519PublicKey, sizes: Mapping[str, int]
) -> dict[str, JsonValue]:
    """Return what the entry says: the new key, and for each log the old key's certificate."""
    certificates: dict[str, JsonValue] = {}
    for log, size in {**sizes, OTHERS: 0}.items():
        signature = old.sign(_statement(old.public_key(), new, log, size))
        certificates[log] = {"size": size, "signature": base64.b64encode(signature).decode()}
    return {
        "algorithm": ALGORITHM,
        "old_key": _text(old.public_key()),
        "new_key": _text(new),
        "certificates": certificates,
    }


def follow_rotations(given: Sequence[SignerKey], rotations: Sequence[Entry]) -> list[SignerKey]:
    """Return the keys with the sizes they are valid at, after each rotation in order.

    A rotation that no trusted key in use signed is refused: it would let anybody in.
    """
    keys = list(given)
    for entry in rotations:
        before, new, certificates = _read(entry)
        old = next((key for key in keys if key.public == before), None)
        if old is None or not _in_use(old):
            raise RotationInvalid(f"entry {entry.sequence}: the old key is not one in use")
        for log, one in certificates.items():
            try:
                before.verify(one.signature, _statement(before, new, log, one.size))
            except InvalidSignature as problem:
                raise RotationInvalid(
                    f"entry {entry.sequence}: the old key did not sign the new one"
                ) from problem
        if certificates[SYSTEM_LOG].size != entry.sequence + 1:
            raise RotationInvalid(f"entry {entry.sequence} is not the last that the old key signs")
        ended = replace(
            old,
            valid={
                log: (_first(old, log), one.size)
                for log, one in certificates.items()
                if log != OTHERS
            },
        )
        begun = SignerKey(
            new,
            {log: (one.size + 1, None) for log, one in certificates.items()},
            before=before,
            certificates=certificates,
        )
        keys = [*(ended if key is old else key for key in keys if key.public != new), begun]
    return keys


def _statement(old: Ed25519PublicKey, new: Ed25519PublicKey, log: str, size: int) -> bytes:
    return canonical(
        {
            "algorithm": ALGORITHM,
            "log": log,
            "new_key": _text(new),
            "old_key": _text(old),
            "size": size,
        }
    )


def _read(entry: Entry) -> tuple[Ed25519PublicKey, Ed25519PublicKey, dict[str, Certificate]]:
    try:
        after = cast("Mapping[str, str]", entry.after)
        if after["algorithm"] != ALGORITHM:
            raise ValueError(f"the algorithm {after['algorithm']} is not known")
        old, new = (
            Ed25519PublicKey.from_public_bytes(base64.b64decode(after[name], validate=True))
            for name in ("old_key", "new_key")
        )
        said = cast("Mapping[str, Mapping[str, str | int]]", after["certificates"])
        certificates = {
            log: Certificate(
                size=cast("int", one["size"]),
                signature=base64.b64decode(str(one["signature"]), validate=True),
            )
            for log, one in said.items()
        }
        if any(type(one.size) is not int for one in certificates.values()):
            raise ValueError("a size is no whole number")
        if not certificates.keys() >= {OTHERS, SYSTEM_LOG}:
            raise ValueError("the system log or the logs to come have no certificate")
    except (KeyError, TypeError, AttributeError, ValueError, Base64Error) as problem:
        raise RotationInvalid(f"entry {entry.sequence} states no rotation: {problem}") from problem
    return old, new, certificates


def _in_use(key: SignerKey) -> bool:
    return key.valid is None or any(last is None for _, last in key.valid.values())


def _first(key: SignerKey, log: str) -> int:
    if key.valid is None:
        return 1
    return key.valid.get(log, key.valid.get(OTHERS, (1, None)))[0]


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()
