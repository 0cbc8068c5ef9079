import pytest
from sqlalchemy import select, text

from accounts.access_changes import request_access
from accounts.access_reviews import make_review
from accounts.documents import add_document
from accounts.ledger import log
from accounts.ledger.replay import Expected, Mismatch, compare
from accounts.machine_keys import create_machine_key
from research.answers import AnswerChange
from research.check_reasons import CheckReason
from research.drafts import save_draft
from research.held_items import hold_item
from research.imports import ImportedRead, import_reads
from research.locks import record_lock
from research.organizations import OrganizationRow
from research.reads import open_task, sign_read, submit_read
from research.replay import TABLES
from research.scheduling import create_subject
from research.sites import create_site
from research.subjects import NewSubject
from tests.examples.ruled_forms import RULED_FORM, make_live
from tests.examples.trials import Trial
from tests.research.recist_trials import chosen, follow_lesions, images

PRESENT = AnswerChange("OVERALL", "", "PRESENT", "true")
TYPED = AnswerChange("MARKED", "", "SIZE", "6", by_hand="blurred edge")

# Whose rows other tests make and replay: how people sign in, the end of a project, adjudication.
ELSEWHERE = {
    "invitations", "totp_secrets", "passkeys", "recovery_codes", "single_sign_on_links",
    "sign_in_rules", "resolutions", "freezes", "retentions", "holds", "withdrawals",
    "certificates", "adjudications", "accepted_records", "adjudication_seeds",
}  # fmt: skip


@pytest.fixture
def full(trial: Trial) -> Trial:
    """A trial with at least one row in every table under the ledger."""
    with trial.acting() as by:
        one, two = (create_site(by, trial.project, code=code, name=code) for code in ("A", "B"))
        new = NewSubject(code="000", site_id=one, further_sites=(two,))
        create_subject(by, trial.project, new)
        organization = by.session.scalars(select(OrganizationRow.id)).one()
        add_document(
            by, organization, kind="policy", title="Ours", media_type="text/plain", content=b"rule"
        )
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject, decision="reject")
    trial.receive(subject, "BL", series="2")
    trial.approve(subject)
    trial.sign("reader1", trial.task(subject, "READ", position="R1"), PRESENT, TYPED)
    with trial.acting() as by:
        create_machine_key(by, trial.project, name="gateway")
        request_access(by, trial.project, trial.people["inspector"], "Viewer")
        make_review(by, trial.project)
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
    sign_with_a_warning(trial)
    return trial


def sign_with_a_warning(trial: Trial) -> None:
    """Sign a read whose form warns and asks for a query."""
    make_live(trial, RULED_FORM)
    subject = trial.add_subject("W1", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    changes = [
        AnswerChange("FINDING", "", "STATUS", "present"),
        AnswerChange("FINDING", "", "DIAM", "60"),
    ]
    with trial.acting("reader1") as by:
        open_task(by, task)
    with trial.acting("reader1") as by:
        reasons = [CheckReason("LARGE", text="Measured twice.")]
        draft = save_draft(by, task, draft=0, changes=changes, reasons=reasons).draft
    with trial.acting("reader1") as by:
        digest = submit_read(by, task, draft=draft).record_digest
    grant = trial.grant("reader1", task, digest)
    with trial.acting("reader1") as by:
        sign_read(by, task, grant=grant)


@pytest.fixture
def complete(full: Trial) -> Trial:
    """The same with a read that follows lesions."""
    follow_lesions(full)
    followed = full.add_subject("LESIONS", ["BL"])
    full.approve(followed)
    full.sign("reader1", full.task(followed, "READ", position="R1"), images(), *chosen(1, "30"))
    return full


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


def test_an_untouched_project_replays_to_its_tables(complete: Trial) -> None:
    assert mismatches(complete) == []
    with complete.database.reading() as session:
        empty = {
            table.name
            for table in TABLES
            if not [row for name in log.logs(session) for row in table.digests(session, name)]
        }
    assert empty <= ELSEWHERE


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE answers SET value = 'false' WHERE value = 'true'", "answers"),
        ("UPDATE answers SET missing = 'unknown' WHERE value = 'true'", "answers"),
        ("DELETE FROM answers WHERE value = 'true'", "answers"),
        ("UPDATE check_reasons SET text = 'Never.'", "check_reasons"),
        ("DELETE FROM check_reasons", "check_reasons"),
        ("UPDATE query_requests SET state = 'withdrawn'", "query_requests"),
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
        ("UPDATE workflows SET number = number + 10", "workflows"),
        ("UPDATE locks SET manifest_digest = 'f'", "locks"),
        ("DELETE FROM held_items", "held_items"),
        ("UPDATE people SET password_hash = 'x'", "people"),
        ("UPDATE memberships SET valid_until = NULL, principal_id = 'x'", "memberships"),
        ("UPDATE machine_keys SET secret_hash = 'x'", "machine_keys"),
        ("DELETE FROM role_grants WHERE verb = 'view'", "roles"),
        ("UPDATE organizations SET name = 'x'", "organizations"),
        ("UPDATE repositories SET name = 'x'", "repositories"),
        ("UPDATE projects SET title = 'x'", "projects"),
        ("UPDATE sites SET name = 'x' WHERE code = 'A'", "sites"),
        ("DELETE FROM project_sites", "project_sites"),
        ("DELETE FROM subject_sites", "subject_sites"),
        ("UPDATE scopes SET parent_id = NULL WHERE kind = 'project'", "scopes"),
        ("UPDATE access_requests SET requested_by = 'x'", "access_requests"),
        ("UPDATE access_reviews SET made_by = 'x'", "access_reviews"),
        ("UPDATE documents SET title = 'x'", "documents"),
        ("DELETE FROM document_contents", "document_contents"),
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


def test_a_read_declared_signed_without_an_entry_is_named(trial: Trial) -> None:
    subject = trial.add_subject("002", ["BL"])
    trial.approve(subject)
    trial.submit("reader2", trial.task(subject, "READ", position="R2"), PRESENT)

    tamper(trial, "UPDATE reads SET status = 'signed' WHERE status = 'submitted'")

    assert {(mismatch.table, mismatch.sequence) for mismatch in mismatches(trial)} == {
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


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE lesions SET organ = 'lung'", "lesions"),
        ("UPDATE lesion_findings SET counted_mm = '3'", "lesion_findings"),
        ("UPDATE responses SET computed = 'CR'", "responses"),
    ],
)
def test_a_lesion_or_response_changed_behind_the_ledger_is_named(
    complete: Trial, statement: str, table: str
) -> None:
    tamper(complete, statement)

    assert {one.table for one in mismatches(complete)} == {table}
