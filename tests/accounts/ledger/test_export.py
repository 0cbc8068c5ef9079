import ast
import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import latest, sign_head
from accounts.ledger.entries import canonical
from accounts.ledger.errors import LogMissing
from accounts.ledger.export import write_bundle
from accounts.ledger.signers import SignerKey
from tests.accounts.ledger.exported import (
    KEY,
    KEYS,
    NOW,
    VERIFIER,
    Answer,
    arguments,
    export,
    fill,
    made,
    records_of,
    reseal,
    rows_of,
    table_of,
    verifier,
)


@pytest.fixture
def bundle(sqlite_database: Database, tmp_path: Path) -> Path:
    fill(sqlite_database)
    with sqlite_database.reading() as session:
        newest = latest(session, "system")
        assert newest is not None
        (tmp_path / "note").write_text(newest.note)
        return export(session, tmp_path / "bundle")


@pytest.fixture
def check(bundle: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    shutil.copy(bundle / "keys.json", bundle.parent / "keys.json")

    def run(**options: object) -> Answer:
        given = {"remembered": [bundle.parent / "note"], "keys": bundle.parent / "keys.json"}
        code = verifier.main(arguments(bundle, **(given | options)))  # type: ignore[arg-type]
        return Answer(code, tuple(capsys.readouterr().out.splitlines()))

    return run


def edit(file: Path, change: Callable[[list[str]], object]) -> None:
    lines = file.read_text().split("\n")[:-1]
    change(lines)
    file.write_text("".join(f"{line}\n" for line in lines))


@pytest.mark.req("R-RET", "R-COPY")
def test_the_verifier_needs_nothing_but_python_and_cryptography() -> None:
    tree = ast.parse(VERIFIER.read_text())

    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    roots = {name.partition(".")[0] for name in names}
    assert roots - set(sys.stdlib_module_names) == {"cryptography"}


@pytest.mark.req("R-RET")
def test_it_runs_alone_as_a_script(bundle: Path, tmp_path: Path) -> None:
    script = shutil.copy(VERIFIER, tmp_path / "verify_ledger.py")

    ran = subprocess.run(
        [sys.executable, "-I", str(script), str(bundle)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 2, ran.stderr
    assert "PASS         p1: entries: 14 entries, canonical and without a gap" in ran.stdout
    assert ran.stdout.endswith("NOT COVERED\n")


@pytest.mark.req("R-COPY")
def test_an_untouched_bundle_fails_nothing_and_says_what_it_rests_on(
    check: Callable[..., Answer],
) -> None:
    answer = check()

    assert answer.failures == []
    assert answer.code == 2
    uncovered = {line.split(": ")[1] for line in answer.lines[:-1] if line.startswith("NOT")}
    assert {name.partition(" [")[0] for name in uncovered} == {"time stamps"}
    assert any(
        line.startswith("PASS") and "entries 0–13 covered by a checkpoint you remember" in line
        for line in answer.lines
    )


def test_what_was_not_given_is_not_covered(bundle: Path, check: Callable[..., Answer]) -> None:
    answer = check(remembered=[], keys=None)

    assert answer.code == 2
    assert answer.verdicts("keys") == answer.verdicts("remembered") == {"NOT COVERED"}
    assert any("covered only by the operator's key" in line for line in answer.lines)
    for file in (bundle / "logs").glob("*/records.jsonl"):
        file.unlink()
    for file in (bundle / "logs").glob("*/tables/*"):
        file.unlink()
    reseal(bundle)
    answer = check()
    assert answer.code == 2
    assert answer.verdicts("tables") == answer.verdicts("signed records") == {"NOT COVERED"}


def test_entries_after_the_last_checkpoint_are_covered_by_nothing(
    sqlite_database: Database, bundle: Path, check: Callable[..., Answer]
) -> None:
    shutil.rmtree(bundle)
    with sqlite_database.transaction() as session:
        ledger_log.append(session, made("p1", 3))
    with sqlite_database.reading() as session:
        export(session, bundle)

    answer = check()

    assert answer.failures == []
    assert any("coverage [14–14]" in line and "covered by nothing" in line for line in answer.lines)


def test_a_bundle_of_one_log_says_that_the_system_log_is_absent(
    sqlite_database: Database, bundle: Path, check: Callable[..., Answer]
) -> None:
    shutil.rmtree(bundle)
    with sqlite_database.reading() as session:
        export(session, bundle, logs=["p1"])

    answer = check()

    assert answer.code == 2
    assert answer.verdicts("checkpoints in the system log") == {"NOT COVERED"}


def test_a_log_that_does_not_exist_is_not_exported(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.reading() as session, pytest.raises(LogMissing, match="no log p9"):
        write_bundle(session, tmp_path / "b", now=NOW, keys=KEYS, tables=[], logs=["p9"])


def test_a_project_dropped_from_a_complete_bundle_is_missed(
    bundle: Path, check: Callable[..., Answer]
) -> None:
    manifest = json.loads((bundle / "manifest.json").read_bytes())
    del manifest["logs"]["p2"]
    manifest["files"] = {k: v for k, v in manifest["files"].items() if "/p2/" not in k}
    (bundle / "manifest.json").write_bytes(canonical(manifest))

    answer = check()

    assert answer.code == 1
    assert [line for line in answer.failures if line.startswith("FAIL         p2: bundle")]


def test_a_project_rewound_with_its_checkpoints_is_found_in_the_system_log(
    bundle: Path, check: Callable[..., Answer]
) -> None:
    edit(bundle / "logs/p1/entries.jsonl", lambda lines: lines.__delitem__(slice(10, None)))
    edit(bundle / "logs/p1/checkpoints.jsonl", lambda lines: lines.pop())
    edit(bundle / "logs/p1/tables/things.jsonl", lambda lines: lines.__delitem__(slice(8, None)))
    reseal(bundle)

    answer = check()

    assert answer.code == 1
    assert answer.verdicts("checkpoints in the system log") == {"FAIL", "PASS"}


def test_an_older_bundle_in_place_of_a_newer_one_needs_a_remembered_checkpoint(
    sqlite_database: Database, bundle: Path, check: Callable[..., Answer], tmp_path: Path
) -> None:
    with sqlite_database.transaction() as session:
        ledger_log.append(session, made("p1", 3))
        for log in ("p1", "system"):
            note = sign_head(session, log, key=KEY, now=NOW)

    assert check().code == 2
    (tmp_path / "note").write_text(note)
    answer = check()
    assert answer.code == 1
    assert "rolled back" in answer.failures[0]


@pytest.mark.req("R-OPEN")
def test_a_stranger_signing_everything_anew_is_found_by_keys_from_elsewhere(
    bundle: Path, check: Callable[..., Answer], tmp_path: Path
) -> None:
    stranger = Ed25519PrivateKey.generate()
    public = base64.b64encode(stranger.public_key().public_bytes_raw()).decode()
    (tmp_path / "other.json").write_bytes(canonical([{"public_key": public}]))

    answer = check(keys=tmp_path / "other.json")

    assert answer.code == 1
    assert answer.verdicts("checkpoint signatures") == {"FAIL"}


@pytest.mark.parametrize(("last", "verdicts"), [(None, {"PASS"}), (14, {"PASS"}), (13, {"FAIL"})])
def test_a_key_signs_only_at_the_sizes_it_is_valid_for(
    sqlite_database: Database,
    bundle: Path,
    check: Callable[..., Answer],
    last: int | None,
    verdicts: set[str],
) -> None:
    shutil.rmtree(bundle)
    valid = {"p1": (1, last), "p2": (1, None), "system": (1, None)}
    with sqlite_database.reading() as session:
        write_bundle(
            session,
            bundle,
            now=NOW,
            keys=[SignerKey(KEY.public_key(), valid)],
            tables=[table_of(rows_of())],
            records=records_of(),
        )

    answer = check(keys=bundle / "keys.json")

    found = {line[:11].strip() for line in answer.lines if "p1: checkpoint signatures" in line}
    assert found == verdicts


@pytest.mark.req("R-LINK", "R-OPEN")
def test_a_signed_record_that_was_altered_is_named(
    bundle: Path, check: Callable[..., Answer]
) -> None:
    edit(
        bundle / "logs/p1/records.jsonl",
        lambda lines: lines.append(lines.pop().replace("größer", "kleiner")),
    )
    reseal(bundle)

    answer = check()

    assert ["p1-7 revision 1 is not the record" in line for line in answer.failures] == [True]


@pytest.mark.req("R-LINK")
def test_a_record_that_nobody_signed_is_found(bundle: Path, check: Callable[..., Answer]) -> None:
    edit(
        bundle / "logs/p1/records.jsonl",
        lambda lines: lines.append(lines[0].replace("p1-3", "p1-4")),
    )
    reseal(bundle)

    assert "nothing signed ('thing', 'p1-4', 1)" in check().failures[0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: (b / "manifest.json").unlink(),
        lambda b: (b / "manifest.json").write_text("[" * 100_000),
        lambda b: (b / "manifest.json").write_text('{"files":{"../x":{}},"logs":{},"complete":1}'),
        lambda b: (b / "keys.json").write_text("{}{}"),
        lambda b: (b / "keys.json").write_text(
            (b / "keys.json").read_text().replace("}", ',"valid":[]}')
        ),
        lambda b: (b / "logs/p1/entries.jsonl").unlink(),
        lambda b: (b / "logs/p1/entries.jsonl").write_bytes(b"[" * 100_000 + b"\n"),
        lambda b: (b / "logs/p1/entries.jsonl").write_bytes(b"x" * 400_000 + b"\n"),
        lambda b: (b / "logs/p1/entries.jsonl").write_bytes(b'{"a":1.5}\n\xff\n{}\n[]\nNaN\n'),
        lambda b: (b / "logs/p1/checkpoints.jsonl").write_bytes(b"1\n"),
        lambda b: (b / "logs/p1/tables/things.jsonl").write_bytes(b'{"a":1}\n'),
        lambda b: (b / "logs/p1/records.jsonl").write_bytes(b"[]\n"),
    ],
)
def test_hostile_files_are_answered_with_fail_and_not_with_a_crash(
    bundle: Path, check: Callable[..., Answer], damage: Callable[[Path], object]
) -> None:
    damage(bundle)

    answer = check(keys=None)

    assert answer.code == 1
    assert answer.failures


def test_wrong_use_is_neither_of_the_verdicts(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        verifier.main([str(tmp_path), "--remember", str(tmp_path / "absent")])

    assert refused.value.code == 64
