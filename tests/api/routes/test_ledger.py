"""The ledger through the api: readable, and verified against the tables."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import update

from accounts.database import Database
from accounts.ledger.checkpoints import sign_head
from accounts.ledger.replays import keep_replay, replay_log
from research.answers import AnswerChange, AnswerRow
from research.replay import TABLES
from research.subjects import SubjectRow
from tests.api.running import Running, running


def test_entries_are_listed_newest_first_with_names(any_world: Running) -> None:
    any_world.trial.add_subject("001", ["BL"])

    page = any_world.person("inspector").get(f"{any_world.project}/ledger").json()

    sequences = [entry["sequence"] for entry in page["entries"]]
    created = next(entry for entry in page["entries"] if entry["action"] == "subject_created")
    assert sequences == sorted(sequences, reverse=True)
    assert page["size"] == page["total"] == sequences[0] + 1
    assert created["actor"]["name"] == "Manager"
    assert created["after"]["code"] == "001"
    assert "subject_created" in page["actions"]


def test_entries_can_be_paged_and_narrowed_to_one_action(world: Running) -> None:
    for code in ("001", "002", "003"):
        world.trial.add_subject(code)
    client = world.person("inspector")

    first = client.get(
        f"{world.project}/ledger", params={"action": "subject_created", "limit": 2}
    ).json()
    second = client.get(
        f"{world.project}/ledger", params={"action": "subject_created", "limit": 2, "offset": 2}
    ).json()

    codes = [entry["after"]["code"] for page in (first, second) for entry in page["entries"]]
    assert codes == ["003", "002", "001"]
    assert first["total"] == 3


def test_the_last_nightly_replay_is_shown_to_who_sees_the_ledger(any_world: Running) -> None:
    trial, address = any_world.trial, f"{any_world.project}/ledger/replay"
    inspector = any_world.person("inspector")
    before = inspector.get(address)
    trial.add_subject("001")
    with trial.acting() as by:
        by.session.execute(update(SubjectRow).values(code="002"))
        replay = replay_log(by.session, trial.project, keys=[], tables=TABLES, began=by.now)
        keep_replay(by, replay)

    after = inspector.get(address).json()

    assert (before.status_code, before.json()) == (200, None)
    assert after["verdict"] == "FAIL"
    assert any("subjects" in finding for finding in after["found"])
    assert any_world.person("reader1").get(address).status_code == 403


@pytest.mark.parametrize("name", ["reader1", "qc", "statistician"])
def test_who_may_not_view_the_ledger_is_refused(shared_world: Running, name: str) -> None:
    client = shared_world.person(name)

    for path in ("ledger", "ledger/verification"):
        assert client.get(f"{shared_world.project}/{path}").status_code == 403


def test_an_untouched_ledger_passes_where_its_checkpoint_is_signed(
    sqlite_database: Database, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "ledger.pub.pem").write_bytes(public)

    with running(sqlite_database, tmp_path, ledger_keys=tmp_path) as world:
        world.trial.add_subject("001", ["BL"])
        with world.trial.database.transaction() as session:
            sign_head(session, world.trial.project, key=key, now=world.clock())
        report = world.person("inspector").get(f"{world.project}/ledger/verification").json()

    assert report["result"] == "PASS", report["checks"]
    assert len(report["root"]) == 64


@pytest.mark.req("R-VAL")
def test_one_changed_answer_fails_and_is_named(any_world: Running) -> None:
    trial = any_world.trial
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    trial.sign("reader1", task, AnswerChange("OVERALL", "", "PRESENT", "true"))
    with trial.database.transaction() as session:
        session.execute(
            update(AnswerRow).where(AnswerRow.item_oid == "PRESENT").values(value="false")
        )

    report = any_world.person("inspector").get(f"{any_world.project}/ledger/verification").json()

    failed = [check for check in report["checks"] if check["result"] == "FAIL"]
    assert report["result"] == "FAIL"
    assert any("answers" in check["detail"] for check in failed)
