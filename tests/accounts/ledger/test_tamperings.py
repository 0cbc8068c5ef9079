"""Random edits of an exported ledger by someone without the key, who mends every digest after."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from accounts.database import Database
from accounts.ledger.checkpoints import latest
from tests.accounts.ledger.exported import export, fill, reseal, verifier

TAMPERINGS = 400
WAYS = ("flip", "delete", "insert", "swap", "truncate")
LOGS = ("p1", "p2", "system")


def tampered(data: bytes, way: str, chance: random.Random) -> bytes:
    """Return the lines of a file with one thing wrong, never the same bytes."""
    lines = data.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    if way == "flip":
        line = bytearray(lines[place])
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
        lines[place] = bytes(line)
    elif way == "delete":
        del lines[place]
    elif way == "insert":
        lines.insert(chance.randrange(len(lines) + 1), lines[place])
    elif way == "swap":
        other = (place + chance.randrange(1, len(lines))) % len(lines)
        lines[place], lines[other] = lines[other], lines[place]
    else:
        lines = lines[:place]
    return b"".join(lines)


@pytest.mark.req("R-AUD", "R-VAL")
def test_every_tampering_is_found_by_a_verifier_that_remembers_one_checkpoint(
    sqlite_database: Database, tmp_path: Path
) -> None:
    fill(sqlite_database)
    with sqlite_database.reading() as session:
        bundle = export(session, tmp_path / "bundle")
        newest = latest(session, "system")
        assert newest is not None
    remembered = [verifier.read_note(newest.note)]
    keys = verifier.read_keys((bundle / "keys.json").read_bytes())
    given = verifier.Given(keys, True, remembered, None)
    files = [
        *(f"logs/{log}/entries.jsonl" for log in LOGS),
        *(f"logs/{log}/tables/things.jsonl" for log in ("p1", "p2")),
    ]
    chance = random.Random(20260102)
    assert verifier.exit_code(verifier.verify(verifier.Bundle(bundle), given)) == 2

    unseen, tried = [], Counter[str]()
    while sum(tried.values()) < TAMPERINGS:
        file, way = chance.choice(files), chance.choice(WAYS)
        if way == "swap" and "/tables/" in file:
            continue  # the order of a table's rows says nothing
        whole = shutil.copytree(bundle, tmp_path / "copy")
        (whole / file).write_bytes(tampered((whole / file).read_bytes(), way, chance))
        reseal(whole)
        if verifier.exit_code(verifier.verify(verifier.Bundle(whole), given)) != 1:
            unseen.append((file, way))
        tried[way] += 1
        shutil.rmtree(whole)

    assert unseen == []
    assert set(tried) == set(WAYS)
