"""What stands before and behind a signature, and the life of a project's data."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ID = sa.String(length=36)
DIGEST = sa.String(length=64)


def upgrade() -> None:
    """Make the tables, parents first, and widen those that are there."""
    _signing()
    _documents()
    _resolutions()
    _life()


def _signing() -> None:
    op.create_table(
        "statement_acceptances",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("accepted_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("statement_acceptances", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_acceptances")),
        sa.UniqueConstraint(
            "person_id", "version", name=op.f("uq_statement_acceptances_person_id_version")
        ),
    )
    op.create_table(
        "identity_verifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("verified_by", ID, nullable=False),
        sa.Column("verified_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("identity_verifications", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_verifications")),
    )
    op.create_index(
        op.f("ix_identity_verifications_person_id"), "identity_verifications", ["person_id"]
    )
    op.create_table(
        "signing_blocks",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", UTC_TIME, nullable=True),
        _foreign("signing_blocks", "person_id", "people"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_signing_blocks")),
    )
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("about_kind", sa.String(length=64), nullable=False),
        sa.Column("about_id", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False),
        sa.Column("seen_at", UTC_TIME, nullable=True),
        _foreign("notices", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_person_id"), "notices", ["person_id"])
    op.add_column("sign_grants", sa.Column("evidence", sa.Text(), nullable=True))
    op.add_column("signatures", sa.Column("evidence", sa.Text(), nullable=True))
    op.add_column("signatures", sa.Column("superseded_by", ID, nullable=True))


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("organization_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("documents", "organization_id", "scopes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_organization_id"), "documents", ["organization_id"])
    op.create_table(
        "document_contents",
        sa.Column("document_id", ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _foreign("document_contents", "document_id", "documents"),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_contents")),
    )


def _resolutions() -> None:
    op.create_table(
        "resolutions",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        sa.Column("proposed_at", UTC_TIME, nullable=False),
        sa.Column("closed_at", UTC_TIME, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("resolutions", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolutions")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_resolutions_project_id_number")),
    )
    op.add_column("locks", sa.Column("kind", sa.String(length=16), nullable=True))
    op.add_column("locks", sa.Column("withdrawn_at", UTC_TIME, nullable=True))
    op.add_column("locks", sa.Column("withdrawn_under", sa.Integer(), nullable=True))


def _life() -> None:
    op.create_table(
        "freezes",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", ID, nullable=False),
        sa.Column("frozen_at", UTC_TIME, nullable=False),
        sa.Column("lifted_at", UTC_TIME, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("freezes", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
    )
    op.create_index(op.f("ix_freezes_object_id"), "freezes", ["object_id"])
    op.create_table(
        "retentions",
        sa.Column("id", ID, nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("event_date", sa.String(length=10), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("retentions", "id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retentions")),
    )
    op.create_table(
        "holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=False),
        sa.Column("placed_at", UTC_TIME, nullable=False),
        sa.Column("released_at", UTC_TIME, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("holds", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_project_id"), "holds", ["project_id"])
    op.create_table(
        "withdrawals",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_by", ID, nullable=False),
        sa.Column("withdrawn_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("withdrawals", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_subject_id"), "withdrawals", ["subject_id"])
    op.create_table(
        "certificates",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("resolution_id", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("certificates", "project_id", "projects"),
        _foreign("certificates", "resolution_id", "resolutions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_project_id"), "certificates", ["project_id"])


def _foreign(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}"))
