"""Time stamps by a real authority: openssl's, with a certificate of its own."""

import shutil
from pathlib import Path

import pytest

from accounts.database import Database
from accounts.ledger.checkpoints import latest
from accounts.ledger.export import TimeStamp
from tests.accounts.ledger.authority import make_authority, openssl, reply
from tests.accounts.ledger.exported import export, fill, reseal, verifier


def stamp(folder: Path, note: str) -> bytes:
    (folder / "note").write_text(note)
    openssl(folder, "ts", "-query", "-data", "note", "-sha256", "-cert", "-out", "request.tsq")
    return reply(folder, (folder / "request.tsq").read_bytes())


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return make_authority(tmp_path / "authority")


@pytest.fixture
def bundle(sqlite_database: Database, authority: Path, tmp_path: Path) -> Path:
    fill(sqlite_database)
    with sqlite_database.reading() as session:
        stamps = []
        for log in ("p1", "p2", "system"):
            newest = latest(session, log)
            assert newest is not None
            stamps.append(TimeStamp(log, newest.size, stamp(authority, newest.note)))
        (tmp_path / "remembered").write_text(newest.note)
        return export(session, tmp_path / "bundle", time_stamps=stamps)


def run(bundle: Path, *more: str) -> int:
    given = [str(bundle), "--keys", str(bundle / "keys.json")]
    remembered = ["--remember", str(bundle.parent / "remembered")]
    code: int = verifier.main([*given, *remembered, *more])
    return code


def test_with_every_anchor_given_everything_passes(
    bundle: Path, authority: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(bundle, "--tsa-roots", str(authority / "tsa.pem"))

    assert code == 0
    assert capsys.readouterr().out.endswith("\nPASS\n")


def test_without_the_authoritys_root_a_token_covers_nothing(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(bundle) == 2
    assert "time stamps [0–13]: no roots" in capsys.readouterr().out


def test_a_token_over_another_checkpoint_fails(
    bundle: Path, authority: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (one,) = (bundle / "logs/p1/timestamps").iterdir()
    (other,) = (bundle / "logs/p2/timestamps").iterdir()
    shutil.copy(other, one)
    reseal(bundle)

    code = run(bundle, "--tsa-roots", str(authority / "tsa.pem"))

    assert code == 1
    assert "is not a token of that authority" in capsys.readouterr().out
