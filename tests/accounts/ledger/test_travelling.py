"""What travels with an export: openings of commitments, certificates of keys, remembered lines."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import checkpoint_line, latest, note_of_line, sign_head
from accounts.ledger.entries import canonical
from accounts.ledger.export import Opened, write_bundle
from accounts.ledger.signers import ROTATED, SignerKey, rotation
from accounts.ledger.verify import trusted_keys
from accounts.vault import commitment_of
from tests.accounts.ledger.exported import KEY, KEYS, NOW, fill, made, reseal, verifier

SALT = bytes(32)


def opened(log: str) -> Callable[[Sequence[str]], Iterator[Opened]]:
    """Know one commitment's value, one's erasure, and nothing of the rest."""

    def ask(commitments: Sequence[str]) -> Iterator[Opened]:
        for commitment in commitments:
            if commitment == commitment_of(SALT, "open"):
                yield Opened(commitment=commitment, salt=SALT, value="open")
            elif commitment == commitment_of(SALT, "erased"):
                yield Opened(commitment=commitment, erased=2)

    return ask


def committed(database: Database, folder: Path) -> Path:
    """Export a log with an open, an erased and a withheld commitment."""
    with database.transaction() as session:
        for action, word in (("said", "open"), ("said", "erased"), ("erased", "withheld")):
            entry = replace(made("p1", 0), action=action, rows={})
            ledger_log.append(session, replace(entry, after={"w": commitment_of(SALT, word)}))
        sign_head(session, "p1", key=KEY, now=NOW)
    with database.reading() as session:
        write_bundle(
            session, folder, now=NOW, keys=KEYS, tables=[], logs=["p1"], openings=opened("p1")
        )
    return folder


def said_of(folder: Path, check: str) -> list[tuple[str, str]]:
    keys = verifier.read_keys((folder / "keys.json").read_bytes())
    checks = verifier.verify(verifier.Bundle(folder), verifier.Given(keys, True, [], None))
    return [(one.verdict, one.detail) for one in checks if one.name == check]


def test_commitments_are_opened_said_to_be_erased_or_not_covered(
    sqlite_database: Database, tmp_path: Path
) -> None:
    folder = committed(sqlite_database, tmp_path / "bundle")

    assert said_of(folder, "commitments") == [
        ("PASS", "1 values are what was recorded"),
        ("NOT COVERED", "1 values: erased"),
        ("NOT COVERED", "1 values: not exported"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"value":"open"', '"value":"other"', "differs from what was recorded"),
        ('"erased":2', '"erased":1', "which is no erasure"),
        ('"commitment":"hmac-sha256:', '"commitment":"hmac-sha256:0', "no entry speaks of"),
        ('"salt":"', '"salt":"!', "differs from what was recorded"),
    ],
)
def test_an_opening_that_was_altered_fails(
    old: str, new: str, words: str, sqlite_database: Database, tmp_path: Path
) -> None:
    folder = committed(sqlite_database, tmp_path / "bundle")
    file = folder / "logs/p1/openings.jsonl"
    file.write_text(file.read_text().replace(old, new))
    reseal(folder)

    ((verdict, detail),) = said_of(folder, "commitments")

    assert verdict == "FAIL"
    assert words in detail


def test_whoever_trusts_the_first_key_alone_follows_its_certificates_and_no_others(
    sqlite_database: Database, tmp_path: Path
) -> None:
    fill(sqlite_database)
    new = Ed25519PrivateKey.generate()
    with sqlite_database.transaction() as session:
        sizes = {log: ledger_log.size(session, log) for log in ("p1", "p2")}
        sizes["system"] = ledger_log.size(session, "system") + 1
        entry = replace(
            made("system", 0), action=ROTATED, rows={}, after=rotation(KEY, new.public_key(), sizes)
        )
        ledger_log.append(session, entry)
        sign_head(session, "system", key=KEY, now=NOW)
        ledger_log.append(session, made("p1", 0))
        sign_head(session, "p1", key=new, now=NOW)
    with sqlite_database.reading() as session:
        keys = trusted_keys(session, KEYS)
        write_bundle(session, tmp_path / "b", now=NOW, keys=keys, tables=[], logs=["p1"])
    first = verifier.read_keys(canonical([KEYS[0].to_json([])]))
    offered = verifier.read_keys((tmp_path / "b/keys.json").read_bytes())
    bundle = verifier.Bundle(tmp_path / "b")

    def verdicts(offered: list[object]) -> set[str]:
        given = verifier.Given(first, True, [], None, offered)
        checks = verifier.verify(bundle, given)
        return {one.verdict for one in checks if one.name == "checkpoint signatures"}

    assert verdicts(offered) == {"PASS"}
    assert verdicts([]) == {"FAIL"}
    stranger = SignerKey(new.public_key(), before=KEY.public_key(), certificates={})
    assert verdicts(verifier.read_keys(canonical([stranger.to_json(["p1"])]))) == {"FAIL"}
    assert b"p2" not in (tmp_path / "b/keys.json").read_bytes()


def test_a_note_its_printed_line_and_a_witness_file_are_remembered_alike(
    sqlite_database: Database,
) -> None:
    fill(sqlite_database)
    with sqlite_database.reading() as session:
        newest = latest(session, "p1")
    assert newest is not None

    line = checkpoint_line(newest.note)
    forms = (newest.note, f"{line}\n", json.dumps({"note": newest.note, "proof": []}))

    assert "\n" not in line
    assert note_of_line(line) == newest.note
    assert [verifier.read_notes(form) for form in forms] == [[verifier.read_note(newest.note)]] * 3
