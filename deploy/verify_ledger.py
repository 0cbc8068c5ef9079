"""Check an exported ledger alone: one file, Python 3.11 and `cryptography`, nothing of ours.

    python verify_ledger.py BUNDLE [--keys keys.json] [--remember NOTE]... [--tsa-roots roots.pem]

NOTE is a file with a checkpoint as it was signed, with the one line that is printed on exports and
signature pages, or with the lines that a witness keeps.

Every check answers PASS, FAIL with the entries concerned, or NOT COVERED where there was nothing to
check against. Exit: 0 all PASS, 1 any FAIL, 2 no FAIL but something NOT COVERED, 64 wrong use.
Take this file and the keys from somewhere other than the bundle you doubt, and keep a checkpoint.
"""

import argparse
import base64
import hmac
import json
import re
import subprocess
import sys
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import which
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PASS, FAIL, NOT_COVERED = "PASS", "FAIL", "NOT COVERED"
FORMAT = "readout-ledger-1"
SYSTEM = "system"
MOST_BYTES = 256 * 1024
MOST_FAULTS = 20
MOST_INTEGER = 2**53 - 1
SAFE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
COMMITTED = re.compile(rb"hmac-sha256:[0-9a-f]{64}")
OTHERS = "*"
NULL = type(None)
FIELDS: dict[str, tuple[type, ...]] = {
    "log": (str,), "sequence": (int,), "time": (str,), "actor": (dict,), "session": (str, NULL),
    "origin": (str,), "action": (str,), "object": (dict,), "before": (dict, NULL),
    "after": (dict, NULL), "reason": (dict, NULL), "rows": (dict,), "request_id": (str,),
    "build": (str,),
}  # fmt: skip
ACTOR: dict[str, tuple[type, ...]] = {"kind": (str,), "id": (str,), "on_behalf_of": (str, NULL)}
OBJECT: dict[str, tuple[type, ...]] = {"kind": (str,), "id": (str,), "revision": (int, NULL)}
REASON: dict[str, tuple[type, ...]] = {"code": (str,), "text": (str,)}


class Broken(Exception):
    """A part of the bundle cannot be what it should be; the message says why."""


@dataclass(frozen=True)
class Check:
    """One check of one log: the verdict, what was found in words, and the entries concerned."""

    log: str
    name: str
    verdict: str
    detail: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Key:
    """A signer's public key and, for each log, the sizes at which it was valid (None: any)."""

    public: Ed25519PublicKey
    valid: dict[str, list[int | None]] | None
    algorithm: str = "ed25519"
    old_key: str = ""
    certificates: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the key as certificates name it."""
        return base64.b64encode(self.public.public_bytes_raw()).decode()

    def signed(self, note: "Note") -> bool:
        """Say whether this key, valid at that size, signed the note."""
        raw = self.public.public_bytes_raw()
        for blob in note.signatures:
            if blob[:4] == sha256(b"readout\n\x01" + raw).digest()[:4]:
                try:
                    self.public.verify(blob[4:], note.text)
                except InvalidSignature:
                    continue
                return self._valid_at(note.log, note.size)
        return False

    def _valid_at(self, log: str, size: int) -> bool:
        if self.valid is None:
            return True
        first, last = self.valid.get(log, self.valid.get(OTHERS, [1, 0]))
        return first is not None and first <= size and (last is None or size <= last)


@dataclass(frozen=True)
class Note:
    """A checkpoint as it was signed."""

    log: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[bytes, ...]
    whole: str


@dataclass
class Walk:
    """What one pass over a log's entries gathers."""

    size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    rows: dict[str, dict[str, tuple[str | None, int]]] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)
    signatures: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: list[tuple[int, str, str]] = field(default_factory=list)
    commitments: dict[str, int] = field(default_factory=dict)
    erasures: set[int] = field(default_factory=set)
    locks: list[tuple[int, str]] = field(default_factory=list)
    last_act: int = -1


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) > MOST_INTEGER:
        raise ValueError(f"{text} is beyond 2^53")
    return number


def _inexact(text: str) -> NoReturn:
    raise ValueError(f"{text} has no exact bytes")


DECODE = json.JSONDecoder(
    parse_int=_whole, parse_float=_inexact, parse_constant=_inexact
).raw_decode
ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
ENCODE_AS_IS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """Return the RFC 8785 text of a value without floats: keys in order of their UTF-16 units."""
    text = ENCODE(value)
    # Below the surrogates, the order of code points and the order of UTF-16 units are the same.
    return text if text.isascii() or max(text) < "\ud800" else ENCODE_AS_IS(_ordered(value))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def parse(line: bytes) -> Any:
    """Read a value from its canonical bytes; any other bytes are broken."""
    try:
        text = line.decode()
        value, end = DECODE(text)
        if end != len(text) or canonical(value) != text:
            raise Broken("not in canonical form")
    except (ValueError, RecursionError) as problem:
        raise Broken(f"not canonical JSON: {problem}") from problem
    return value


def parse_entry(line: bytes) -> dict[str, Any]:
    """Read an entry, with every field of its schema."""
    entry = parse(line)
    _has(entry, FIELDS, "entry")
    _has(entry["actor"], ACTOR, "actor")
    _has(entry["object"], OBJECT, "object")
    if entry["reason"] is not None:
        _has(entry["reason"], REASON, "reason")
    for digests in entry["rows"].values():
        if type(digests) is not dict or {type(one) for one in digests.values()} - {str, NULL}:
            raise Broken("rows are not digests by table and key")
    try:
        if not TIME.fullmatch(entry["time"]):
            raise ValueError("not in the form of a ledger's time")
        datetime.fromisoformat(entry["time"])
    except ValueError as problem:
        raise Broken(f"time: {problem}") from problem
    return entry  # type: ignore[no-any-return]


def _has(value: Any, fields: dict[str, tuple[type, ...]], name: str) -> None:
    if type(value) is not dict or value.keys() != fields.keys():
        raise Broken(f"the {name} does not have exactly the fields {', '.join(fields)}")
    for key, kinds in fields.items():
        if type(value[key]) not in kinds:
            raise Broken(f"the {name}'s {key} is a {type(value[key]).__name__}")


def read_note(text: Any) -> Note:
    """Read a signed note (C2SP signed-note, tlog-checkpoint) without judging its signature."""
    if type(text) is not str:
        raise Broken("a checkpoint is not a text")
    body, separator, tail = text.partition("\n\n")
    try:
        origin, size, root, _ = body.split("\n")
        if not separator or not origin.startswith("readout/") or not re.fullmatch(r"\d+", size):
            raise ValueError("origin, size or signature is missing")
        blobs = [base64.b64decode(line.rpartition(" ")[2], validate=True) for line in tail.split("\n") if line]  # noqa: E501  # fmt: skip
        log = origin.removeprefix("readout/")
        digest = base64.b64decode(root, validate=True)
    except (ValueError, Base64Error) as problem:
        raise Broken(f"the checkpoint cannot be read: {problem}") from problem
    return Note(log, int(size), digest, f"{body}\n".encode(), tuple(blobs), text)


def read_notes(text: str) -> list[Note]:
    """Read what somebody remembers: a note, a printed line, or the lines of a witness."""
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(line.startswith("{") for line in lines):
        return [read_note(json.loads(line).get("note")) for line in lines]
    if lines and all(" | " in line for line in lines):
        return [read_note(_note_of_line(line)) for line in lines]
    return [read_note(text)]


def _note_of_line(line: str) -> str:
    *text, signature = line.strip().split(" | ")
    return "\n".join([*text, "", signature, ""])


class Bundle:
    """The files of an exported ledger; only those that its manifest lists are read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest = json.loads((folder / "manifest.json").read_bytes())
            self.files: dict[str, dict[str, Any]] = dict(self.manifest["files"])
            self.logs: dict[str, dict[str, Any]] = dict(self.manifest["logs"])
            self.complete: bool = self.manifest["complete"]
            facts = (*self.files.values(), *self.logs.values())
            if (
                self.manifest["format"] != FORMAT
                or not all(SAFE_NAME.fullmatch(name) for name in (*self.files, *self.logs))
                or not all(type(one) is dict for one in facts)
            ):
                raise ValueError("another format, or a name that leads elsewhere")
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
            raise Broken(f"manifest.json cannot be read: {problem!r}") from problem

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file, none when it is absent; an overlong line is broken."""
        if name not in self.files or not (self.folder / name).is_file():
            return
        with (self.folder / name).open("rb", buffering=1 << 20) as file:
            while line := file.readline(MOST_BYTES + 2):
                if line[-1:] != b"\n":
                    raise Broken(f"{name}: a line is cut off or longer than {MOST_BYTES} bytes")
                yield line[:-1]

    def damaged(self) -> list[str]:
        """Return the listed files that are absent or not what the manifest says."""
        return [
            name for name, said in self.files.items() if self.digest(name) != said.get("sha256")
        ]

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, nothing when it is absent."""
        found = sha256()
        if not (self.folder / name).is_file():
            return ""
        with (self.folder / name).open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
        return found.hexdigest()

    def notes(self, log: str) -> list[Note]:
        """Return the checkpoints of a log, the smallest first."""
        notes = [read_note(parse(line)) for line in self.lines(f"logs/{log}/checkpoints.jsonl")]
        return sorted(notes, key=lambda note: note.size)

    def tables(self, log: str) -> dict[str, str]:
        """Return {table: file} of the digests of rows that belong to a log."""
        start = f"logs/{log}/tables/"
        return {
            name[len(start) : -len(".jsonl")]: name
            for name in sorted(self.files)
            if name.startswith(start)
        }


def walk_log(lines: Iterator[bytes], log: str, sizes: set[int]) -> Walk:
    """Read every entry once: form, order, the roots at the named sizes, and what entries say."""
    walk, peaks, due = Walk(), list[bytes](), 0
    for line in lines:
        # RFC 9162: leaves are hashed behind 0x00, inner nodes behind 0x01.
        node, position = sha256(b"\x00" + line).digest(), walk.size
        while position & 1:
            node = sha256(b"\x01" + peaks.pop() + node).digest()
            position >>= 1
        peaks.append(node)
        position, walk.size = walk.size, walk.size + 1
        if b"hmac-sha256:" in line:
            for found in COMMITTED.findall(line):
                walk.commitments.setdefault(found.decode(), position)
        if walk.size in sizes:
            walk.roots[walk.size] = _fold(peaks)
        try:
            entry = parse_entry(line)
        except Broken as problem:
            due = _fault(walk, position, f"line {position}: {problem}", due + 1)
            continue
        sequence = entry["sequence"]
        if sequence != due:
            _fault(walk, position, f"entry {due} was due, entry {sequence} stands there", due)
        if entry["log"] != log:
            _fault(walk, position, f"entry {sequence} is of log {entry['log']}", due)
        due = sequence + 1
        _follow(walk, entry, sequence)
    walk.roots[walk.size] = _fold(peaks)
    return walk


def _fault(walk: Walk, position: int, words: str, due: int) -> int:
    if len(walk.faults) < MOST_FAULTS:
        walk.faults.append((position, words))
    return due


def _fold(peaks: Sequence[bytes]) -> bytes:
    root = peaks[-1] if peaks else sha256(b"").digest()
    for peak in reversed(peaks[:-1]):
        root = sha256(b"\x01" + peak + root).digest()
    return root


def _follow(walk: Walk, entry: dict[str, Any], sequence: int) -> None:
    for table, digests in entry["rows"].items():
        rows = walk.rows.setdefault(table, {})
        for key, digest in digests.items():
            rows[key] = (digest, sequence)
    action, after = entry["action"], entry["after"]
    if action == "checkpoint_signed" and entry["log"] == SYSTEM and type(after) is dict:
        walk.checkpoints.append((sequence, entry["object"]["id"], str(after.get("note"))))
        return
    walk.last_act = sequence
    if action == "signature_made":
        walk.signatures.append(entry)
    elif action == "erased":
        walk.erasures.add(sequence)
    elif action == "locked":
        walk.locks.append((sequence, str((after or {}).get("manifest"))))


@dataclass(frozen=True)
class Given:
    """What the inspector brought along: keys, remembered checkpoints, roots of a time stamper.

    `offered` are the bundle's own keys: each is as good as the certificate that names it.
    """

    keys: list[Key]
    keys_are_ours: bool
    remembered: list[Note]
    tsa_roots: Path | None
    offered: list[Key] = field(default_factory=list)


def read_keys(data: bytes) -> list[Key]:
    """Read a list of signers' keys."""
    keys = []
    try:
        for one in json.loads(data):
            valid = one.get("valid")
            if type(valid) not in (dict, NULL):
                raise ValueError("a key's sizes are not listed by log")
            for first, last in (valid or {}).values():
                if type(first) is not int or type(last) not in (int, NULL):
                    raise ValueError("a key's sizes are not whole numbers")
            algorithm = one.get("algorithm", "ed25519")
            if algorithm != "ed25519":
                continue  # a checkpoint that only such a key signed is said to be unsigned
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(one["public_key"]))
            certificates = one.get("certificates", {})
            if type(certificates) is not dict:
                raise ValueError("a key's certificates are not listed by log")
            keys.append(Key(public, valid, algorithm, str(one.get("old_key", "")), certificates))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise Broken(f"the key list cannot be read: {problem!r}") from problem
    return keys


def endorsed(trusted: list[Key], offered: list[Key], log: str) -> list[Key]:
    """Return the keys that are good for a log: those trusted, and whom they name as their next.

    A certificate ends the old key at its size there and begins the new one after it.
    """
    keys, more = list(trusted), True
    while more:
        more = False
        for new in offered:
            old = next((key for key in keys if key.text == new.old_key), None)
            if old is None or any(key.text == new.text and key.old_key for key in keys):
                continue
            name = log if log in new.certificates else OTHERS
            size = _certified(old, new, name)
            if size is None:
                continue
            first = 1 if old.valid is None else old.valid.get(log, old.valid.get(OTHERS, [1]))[0]
            ended = Key(old.public, {log: [first, size]}, old.algorithm, old.old_key or old.text)
            begun = Key(new.public, {log: [size + 1, None]}, new.algorithm, new.old_key)
            keys = [ended if key is old else key for key in keys if key.text != new.text] + [begun]
            more = True
    return keys


def _certified(old: Key, new: Key, log: str) -> int | None:
    """Return the last size that the old key signs, if it did sign the new one's certificate."""
    try:
        size = new.certificates[log]["size"]
        signature = base64.b64decode(new.certificates[log]["signature"], validate=True)
        statement = {
            "algorithm": new.algorithm, "log": log, "new_key": new.text, "old_key": old.text,
            "size": size,
        }  # fmt: skip
        old.public.verify(signature, canonical(statement).encode())
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return None
    return size if type(size) is int else None


def verify(bundle: Bundle, given: Given) -> list[Check]:
    """Make every check of every log, the system log first: it tells of all the others."""
    damaged = bundle.damaged()
    checks = [
        Check("", "files", FAIL, f"not as the manifest says: {', '.join(damaged[:MOST_FAULTS])}")
        if damaged
        else Check("", "files", PASS, f"{len(bundle.files)} files are as the manifest says")
    ]
    ours = "the keys came with the inspector" if given.keys_are_ours else (
        "the keys came with the bundle: whoever made it could have made them too"
    )  # fmt: skip
    checks.append(Check("", "keys", PASS if given.keys_are_ours else NOT_COVERED, ours))
    told: list[tuple[int, Note]] = []
    for log in sorted(bundle.logs, key=lambda log: (log != SYSTEM, log)):
        try:
            checks += _verify_log(bundle, given, log, told)
        except Broken as problem:
            checks.append(Check(log, "bundle", FAIL, str(problem)))
    return checks + _absent_logs(bundle, given, told)


def _absent_logs(bundle: Bundle, given: Given, told: list[tuple[int, Note]]) -> list[Check]:
    absent = {note.log for _, note in told} | {note.log for note in given.remembered} | {SYSTEM}
    verdict = FAIL if bundle.complete else NOT_COVERED
    words = "the log is known, yet it is not in the bundle"
    return [Check(log, "bundle", verdict, words) for log in sorted(absent - bundle.logs.keys())]


def _verify_log(
    bundle: Bundle, given: Given, log: str, told: list[tuple[int, Note]]
) -> list[Check]:
    """Check one log; `told` gathers what the system log says of the others."""
    notes = bundle.notes(log)
    remembered = [note for note in given.remembered if note.log == log]
    said = [(sequence, note) for sequence, note in told if note.log == log]
    sizes = {note.size for note in (*notes, *remembered, *(note for _, note in said))}
    walk = walk_log(bundle.lines(f"logs/{log}/entries.jsonl"), log, sizes)
    if log == SYSTEM:
        told += [(sequence, read_note(note)) for sequence, _, note in walk.checkpoints]
        said = []
    held = max((note.size for note in given.remembered if note.log == SYSTEM), default=0)
    # Whoever remembers the system log's checkpoint remembers all that it told of until then.
    remembered += [note for sequence, note in said if sequence < held]
    checks = [
        _entries(bundle, log, walk),
        _roots(log, "checkpoint roots", walk, notes),
        _note_signatures(log, walk, notes, endorsed(given.keys, given.offered, log)),
        _remembered(log, walk, remembered),
        *([] if log == SYSTEM else [_told(bundle, log, walk, notes, said)]),
        *_time_stamps(bundle, given, log, walk, notes),
        *_records(bundle, log, walk),
        *_tables(bundle, log, walk),
    ]
    checks += [*_commitments(bundle, log, walk), *_locks(bundle, log, walk)]
    if any(check.verdict == FAIL for check in checks):
        words = "not stated: a check of this log failed"
        return [*checks, Check(log, "coverage", NOT_COVERED, words, 0, walk.size - 1)]
    stamped = max((check.last or 0 for check in checks if _stamps(check)), default=-1) + 1
    return [*checks, _coverage(log, walk, notes if given.keys else [], remembered, stamped)]


def _stamps(check: Check) -> bool:
    return check.name == "time stamps" and check.verdict == PASS


def _commitments(bundle: Bundle, log: str, walk: Walk) -> list[Check]:
    """Open what can be opened: the value must be the one that the entry was made for."""
    name = "commitments"
    if not walk.commitments:
        return []
    opened, erased = set[str](), set[str]()
    for line in bundle.lines(f"logs/{log}/openings.jsonl"):
        one = parse(line)
        found = str(one.get("commitment")) if type(one) is dict else ""
        sequence = walk.commitments.get(found)
        if sequence is None:
            return [Check(log, name, FAIL, "a value was exported that no entry speaks of")]
        if "erased" in one:
            if one["erased"] not in walk.erasures:
                words = f"said to be erased by entry {one['erased']}, which is no erasure"
                return [Check(log, name, FAIL, words, sequence, sequence)]
            erased.add(found)
        elif not _opens(one):
            words = "the value differs from what was recorded"
            return [Check(log, name, FAIL, words, sequence, sequence)]
        else:
            opened.add(found)
    words = f"{len(opened)} values are what was recorded"
    checks = [Check(log, name, PASS, words)] if opened else []
    shut = walk.commitments.keys() - opened - erased
    for some, why in ((erased, "erased"), (shut, "not exported")):
        if some:
            places = [walk.commitments[one] for one in some]
            words = f"{len(some)} values: {why}"
            checks.append(Check(log, name, NOT_COVERED, words, min(places), max(places)))
    return checks


def _opens(one: dict[str, Any]) -> bool:
    try:
        salt = base64.b64decode(one["salt"], validate=True)
        found = "hmac-sha256:" + hmac.new(salt, one["value"].encode(), sha256).hexdigest()
    except (KeyError, TypeError, AttributeError, ValueError):
        return False
    return bool(found == one["commitment"])


def _locks(bundle: Bundle, log: str, walk: Walk) -> list[Check]:
    """Compare lock manifests with the digests that their entries name."""
    name = "lock manifests"
    absent = []
    for sequence, digest in walk.locks:
        file = f"manifests/{digest}.json"
        if file not in bundle.files:
            absent.append(sequence)
        elif bundle.digest(file) != digest:
            words = f"the manifest {digest} is not the one that was locked"
            return [Check(log, name, FAIL, words, sequence, sequence)]
    checks = []
    if len(absent) < len(walk.locks):
        words = f"{len(walk.locks) - len(absent)} are the ones that were locked"
        checks.append(Check(log, name, PASS, words))
    if absent:
        words = f"{len(absent)} are not in the bundle"
        checks.append(Check(log, name, NOT_COVERED, words, absent[0], absent[-1]))
    return checks


def _entries(bundle: Bundle, log: str, walk: Walk) -> Check:
    faults = list(walk.faults)
    said = bundle.logs[log]
    if (said.get("entries"), said.get("root")) != (walk.size, walk.roots[walk.size].hex()):
        faults.append((walk.size, f"the manifest says {said.get('entries')} entries, another root"))
    if faults:
        places = [place for place, _ in faults]
        words = "; ".join(words for _, words in faults)
        return Check(log, "entries", FAIL, words, min(places), max(places))
    return Check(log, "entries", PASS, f"{walk.size} entries, canonical and without a gap")


def _roots(log: str, name: str, walk: Walk, notes: Sequence[Note]) -> Check:
    if not notes:
        return Check(log, name, NOT_COVERED, "no checkpoint", 0, walk.size - 1)
    good = 0
    for note in notes:
        if note.size > walk.size:
            words = f"{note.size} entries were signed, only {walk.size} are here: rolled back"
            return Check(log, name, FAIL, words, walk.size, note.size - 1)
        if (note.log, walk.roots.get(note.size)) != (log, note.root):
            words = f"the entries do not give the root that was signed at size {note.size}"
            return Check(log, name, FAIL, words, good, note.size - 1)
        good = note.size
    return Check(log, name, PASS, f"{len(notes)} hold", 0, good - 1)


def _note_signatures(log: str, walk: Walk, notes: Sequence[Note], keys: list[Key]) -> Check:
    name = "checkpoint signatures"
    if not keys or not notes:
        missing = "key list" if not keys else "checkpoint"
        return Check(log, name, NOT_COVERED, f"no {missing}", 0, walk.size - 1)
    good = 0
    for note in notes:
        if not any(key.signed(note) for key in keys):
            words = f"no key that was valid at size {note.size} signed this checkpoint"
            return Check(log, name, FAIL, words, good, note.size - 1)
        good = note.size
    return Check(log, name, PASS, f"{len(notes)} signed by keys valid at their size", 0, good - 1)


def _remembered(log: str, walk: Walk, remembered: list[Note]) -> Check:
    name = "remembered checkpoints"
    if not remembered:
        return Check(log, name, NOT_COVERED, "none was given", 0, walk.size - 1)
    return _roots(log, name, walk, sorted(remembered, key=lambda note: note.size))


def _told(
    bundle: Bundle, log: str, walk: Walk, notes: list[Note], said: list[tuple[int, Note]]
) -> Check:
    name = "checkpoints in the system log"
    if SYSTEM not in bundle.logs:
        return Check(
            log, name, NOT_COVERED, "the system log is not in the bundle", 0, walk.size - 1
        )
    entered, kept = {note.whole: note for _, note in said}, {note.whole: note for note in notes}
    odd = [
        note for whole, note in (kept | entered).items() if (whole in kept) != (whole in entered)
    ]
    if odd:
        size = min(note.size for note in odd)
        words = f"the checkpoint at size {size} stands in one place and not in the other"
        return Check(log, name, FAIL, words, 0, size - 1)
    return _roots(log, name, walk, sorted(entered.values(), key=lambda note: note.size))


def _time_stamps(
    bundle: Bundle, given: Given, log: str, walk: Walk, notes: Sequence[Note]
) -> list[Check]:
    """Check RFC 3161 tokens over whole notes by `openssl ts -verify`."""
    name, covered = "time stamps", 0
    start = f"logs/{log}/timestamps/"
    tokens = [name for name in sorted(bundle.files) if name.startswith(start)]
    if not tokens or given.tsa_roots is None or which("openssl") is None:
        missing = "token in the bundle" if not tokens else "roots or no openssl to check with"
        return [Check(log, name, NOT_COVERED, f"no {missing}", 0, walk.size - 1)]
    by_size = {f"{start}{note.size}.tsr": note for note in notes}
    for token in tokens:
        if token not in by_size:
            return [Check(log, name, FAIL, f"{token} stamps no checkpoint of this log")]
        note = by_size[token]
        digest = sha256(note.whole.encode()).hexdigest()
        command = ["openssl", "ts", "-verify", "-in", str(bundle.folder / token)]
        command += ["-digest", digest, "-CAfile", str(given.tsa_roots)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            words = f"{token} is not a token of that authority over the checkpoint"
            return [Check(log, name, FAIL, words, 0, note.size - 1)]
        covered = max(covered, note.size)
    return [Check(log, name, PASS, f"{len(tokens)} tokens hold", 0, covered - 1)]


def _records(bundle: Bundle, log: str, walk: Walk) -> list[Check]:
    """Compare what was signed with the signing entry itself and with the records exported."""
    name = "signatures"
    records: dict[tuple[str, str, int], str] = {}
    for line in bundle.lines(f"logs/{log}/records.jsonl"):
        one = parse(line)
        _has(one, {"kind": (str,), "id": (str,), "revision": (int,), "record": (dict,)}, "record")
        key = (one["kind"], one["id"], one["revision"])
        if key in records:
            return [Check(log, name, FAIL, f"{key} is in the bundle twice")]
        records[key] = sha256(canonical(one["record"]).encode()).hexdigest()
    bare: list[int] = []
    signed: set[tuple[str, str, int]] = set()
    for entry in walk.signatures:
        sequence, after, subject = entry["sequence"], entry["after"] or {}, entry["object"]
        key = (subject["kind"], subject["id"], subject["revision"])
        facts = (after.get("record_kind"), after.get("record_id"), after.get("revision"))
        whose = (after.get("signer"), after.get("signed_at"), after.get("log"))
        if facts != key or whose != (entry["actor"]["id"], entry["time"], log):
            words = "the signature is bound to another record, signer, time or log than its entry"
            return [Check(log, name, FAIL, words, sequence, sequence)]
        signed.add(key)
        if key not in records:
            bare.append(sequence)
        elif records[key] != after.get("record_digest"):
            words = f"{key[0]} {key[1]} revision {key[2]} is not the record that was signed"
            return [Check(log, name, FAIL, words, sequence, sequence)]
    if records.keys() - signed:
        return [Check(log, name, FAIL, f"nothing signed {min(records.keys() - signed)}")]
    checks = [Check(log, name, PASS, f"{len(walk.signatures)} bound to what their entries name")]
    if bare:
        words = f"{len(bare)} signed records are not in the bundle"
        checks.append(Check(log, "signed records", NOT_COVERED, words, bare[0], bare[-1]))
    return checks


def _tables(bundle: Bundle, log: str, walk: Walk) -> list[Check]:
    """Replay: the rows as they stand must be what the entries, in order, say of them."""
    name, faults = "tables", list[tuple[int | None, str]]()
    files = bundle.tables(log)
    for table, file in files.items():
        said, present = walk.rows.get(table, {}), set[str]()
        for line in bundle.lines(file):
            row = parse(line)
            if type(row) is not list or [type(one) for one in row] != [str, str]:
                raise Broken(f"{file}: a line is not a key and a digest")
            key, digest = row
            recorded, sequence = said.get(key, (None, None))
            if recorded != digest or key in present:
                words = "changed or added behind the ledger" if key not in present else "here twice"
                faults.append((sequence, f"{table} {key}: {words}"))
            present.add(key)
        gone = [
            (key, one) for key, one in said.items() if one[0] is not None and key not in present
        ]
        faults += [(sequence, f"{table} {key}: the row is gone") for key, (_, sequence) in gone]
    if faults:
        places = [place for place, _ in faults if place is not None]
        words = "; ".join(words for _, words in faults[:MOST_FAULTS])
        return [Check(log, name, FAIL, words, min(places, default=None), max(places, default=None))]
    missing = sorted(walk.rows.keys() - files.keys())
    rows = sum(len(walk.rows.get(table, {})) for table in files)
    checks = [Check(log, name, PASS, f"{rows} rows of {len(files)} tables are what entries say")]
    if missing:
        words = f"not in the bundle: {', '.join(missing)}"
        checks.append(Check(log, name, NOT_COVERED, words))
    return checks if files else checks[1:]


def _coverage(
    log: str, walk: Walk, notes: list[Note], remembered: list[Note], stamped: int
) -> Check:
    """Say in words which entries rest on what, the strongest ground first."""
    known = min(max((note.size for note in remembered), default=0), walk.size)
    stamped = max(known, stamped)
    signed = max(stamped, min(max((note.size for note in notes), default=0), walk.size))
    grounds = (
        (0, known, "covered by a checkpoint you remember"),
        (known, stamped, "covered by a time stamp"),
        (stamped, signed, "covered only by the operator's key"),
        (signed, walk.size, "covered by nothing yet"),
    )
    words = [f"entries {a}–{b - 1} {ground}" for a, b, ground in grounds if a < b]
    bare = signed
    # The system log's last entries may only tell of checkpoints, which carry their own signatures.
    if bare < walk.size and not (log == SYSTEM and walk.last_act < bare):
        return Check(log, "coverage", NOT_COVERED, "; ".join(words), bare, walk.size - 1)
    return Check(log, "coverage", PASS, "; ".join(words) or "the log is empty")


def exit_code(checks: Sequence[Check]) -> int:
    """0 all PASS, 1 any FAIL, 2 no FAIL but something NOT COVERED."""
    found = {check.verdict for check in checks}
    return 1 if FAIL in found else 2 if NOT_COVERED in found else 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave 2, argparse's own code, to NOT COVERED."""
        self.print_usage(sys.stderr)
        self.exit(64, f"{message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a bundle, write the report and return the exit code."""
    parser = _Parser(description="Check an exported ledger without the platform.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--keys", type=Path, help="signers' keys that you were given beforehand")
    parser.add_argument("--remember", type=Path, action="append", default=[], metavar="NOTE")
    parser.add_argument("--tsa-roots", type=Path, help="PEM roots of the time-stamp authority")
    options = parser.parse_args(arguments)
    try:
        remembered = [note for file in options.remember for note in read_notes(file.read_text())]
        keys = read_keys(options.keys.read_bytes()) if options.keys else []
    except (OSError, ValueError, Broken) as problem:
        parser.error(str(problem))
    try:
        bundle = Bundle(options.bundle)
        has_keys = "keys.json" in bundle.files
        offered = read_keys((options.bundle / "keys.json").read_bytes()) if has_keys else []
        keys = keys if options.keys else [key for key in offered if not key.old_key]
        given = Given(keys, bool(options.keys), remembered, options.tsa_roots, offered)
        checks = verify(bundle, given)
    except (OSError, Broken) as problem:
        checks = [Check("", "bundle", FAIL, str(problem))]
    for check in checks:
        place = "" if check.first is None else f" [{check.first}–{check.last}]"
        where = f"{check.log or 'bundle'}: {check.name}{place}"
        sys.stdout.write(f"{check.verdict:<11}  {where}: {check.detail}\n")
    code = exit_code(checks)
    sys.stdout.write(f"{(PASS, FAIL, NOT_COVERED)[code]}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
