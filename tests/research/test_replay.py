import pytest
from sqlalchemy import text

from accounts.ledger import log
from accounts.ledger.replay import Expected, Mismatch, compare
from accounts.machine_keys import create_machine_key
from research.answers import AnswerChange
from research.held_items import hold_item
from research.imports import ImportedRead, import_reads
from research.locks import record_lock
from research.replay import TABLES
from tests.examples.trials import Trial
from tests.research.recist_trials import chosen, follow_lesions, images

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
TYPED = AnswerChange("MARKED", "", "SIZE", "6", by_hand="blurred edge")


@pytest.fixture
def full(trial: Trial) -> Trial:
    """A trial with at least one row in every table under the ledger."""
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject, decision="reject")
    trial.receive(subject, "BL", series="2")
    trial.approve(subject)
    trial.sign("reader1", trial.task(subject, "READ", position="R1"), PRESENT, TYPED)
    with trial.acting() as by:
        create_machine_key(by, trial.project, name="gateway")
    with trial.acting("manager") as by:
        record_lock(by, trial.project, name="Interim", manifest_digest="0" * 64, as_of_sequence=9)
        hold_item(
            by, trial.project, reason="unknown_subject", sha256="1" * 64, size=1, source="test"
        )
        read = ImportedRead(
            subject_code="L1",
            visit_code="BL",
            step_code="READ",
            reader_label="Reader A",
            form_oid="LESIONS",
            form_version="1.0.0",
            answers=(PRESENT,),
        )
        import_reads(by, trial.project, [read], source="elsewhere")
    follow_lesions(trial)
    followed = trial.add_subject("002", ["BL"])
    trial.approve(followed)
    trial.sign("reader1", trial.task(followed, "READ", position="R1"), images(), *chosen(1, "30"))
    return trial


def mismatches(trial: Trial) -> list[Mismatch]:
    found: list[Mismatch] = []
    with trial.database.reading() as session:
        for name in log.logs(session):
            expected = Expected()
            for entry in log.entries(session, name, limit=10_000):
                expected.follow(entry)
            found += compare(session, name, expected, TABLES)
    return found


def tamper(trial: Trial, statement: str) -> None:
    with trial.database.transaction() as session:
        session.execute(text(statement))


def test_an_untouched_project_replays_to_its_tables(full: Trial) -> None:
    assert mismatches(full) == []
    with full.database.reading() as session:
        for table in TABLES:
            rows = [row for name in log.logs(session) for row in table.digests(session, name)]
            assert rows, f"no row of {table.name} is checked"


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE lesions SET organ = 'lung'", "lesions"),
        ("UPDATE lesion_findings SET counted_mm = '3'", "lesion_findings"),
        ("UPDATE responses SET computed = 'CR'", "responses"),
        ("UPDATE answers SET value = 'false' WHERE value = 'true'", "answers"),
        ("UPDATE answers SET missing = 'unknown' WHERE value = 'true'", "answers"),
        ("DELETE FROM answers WHERE value = 'true'", "answers"),
        ("UPDATE reads SET reader_label = 'Somebody' WHERE status = 'signed'", "reads"),
        ("UPDATE reads SET salt = '00' WHERE status = 'imported'", "reads"),
        ("UPDATE signatures SET printed_name = 'Somebody'", "signatures"),
        ("UPDATE signatures SET payload = '{}'", "signatures"),
        ("UPDATE instances SET sha256 = 'f'", "instances"),
        ("UPDATE series SET modality = 'MR'", "series"),
        ("UPDATE studies SET description = ''", "studies"),
        ("UPDATE visits SET image_set_digest = 'f' WHERE image_set_digest IS NOT NULL", "visits"),
        ("UPDATE subjects SET code = code || 'x'", "subjects"),
        ("UPDATE forms SET definition = definition || ' '", "forms"),
        ("UPDATE workflows SET number = 7", "workflows"),
        ("UPDATE locks SET manifest_digest = 'f'", "locks"),
        ("DELETE FROM held_items", "held_items"),
        ("UPDATE people SET password_hash = 'x'", "people"),
        ("UPDATE memberships SET valid_until = NULL, principal_id = 'x'", "memberships"),
        ("UPDATE machine_keys SET secret_hash = 'x'", "machine_keys"),
        ("DELETE FROM role_grants WHERE verb = 'view'", "roles"),
        ("UPDATE organizations SET name = 'x'", "organizations"),
        ("UPDATE repositories SET name = 'x'", "repositories"),
        ("UPDATE projects SET title = 'x'", "projects"),
    ],
)
def test_a_row_changed_behind_the_ledger_is_named(full: Trial, statement: str, table: str) -> None:
    tamper(full, statement)

    found = mismatches(full)

    assert table in {mismatch.table for mismatch in found}
    assert all(mismatch.sequence is not None and mismatch.key for mismatch in found)


def test_an_answer_added_to_a_signed_read_is_named(full: Trial) -> None:
    tamper(
        full,
        "INSERT INTO answers (read_id, group_oid, repeat_key, item_oid, kind, value) "
        "SELECT id, 'LESION', '1', 'SLICES', 'integer', '9' FROM reads WHERE status = 'signed'",
    )

    assert {mismatch.table for mismatch in mismatches(full)} == {"answers"}


def test_a_read_declared_signed_without_an_entry_is_named(full: Trial) -> None:
    subject = full.add_subject("002", ["BL"])
    full.approve(subject)
    full.submit("reader2", full.task(subject, "READ", position="R2"), PRESENT)

    tamper(full, "UPDATE reads SET status = 'signed' WHERE status = 'submitted'")

    assert {(mismatch.table, mismatch.sequence) for mismatch in mismatches(full)} == {
        ("reads", None),
        ("answers", None),
    }


def test_a_role_granted_behind_the_ledger_is_named(full: Trial) -> None:
    tamper(
        full,
        "INSERT INTO role_grants (role_id, verb, object_kind, reach) "
        "SELECT id, 'view', 'read', 'project' FROM roles WHERE name = 'Reader'",
    )

    assert {mismatch.table for mismatch in mismatches(full)} == {"roles"}
