"""Amended reads, the lesion register and computed responses."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen reads and studies, then make the tables, parents first."""
    op.add_column("reads", sa.Column("reason_code", sa.String(length=64), nullable=True))
    op.add_column("reads", sa.Column("reason_text", sa.Text(), nullable=True))
    op.add_column("reads", sa.Column("inputs_digest", sa.String(length=64), nullable=True))
    op.add_column("studies", sa.Column("acquired_on", sa.String(length=10), nullable=True))
    _lesions()
    _lesion_findings()
    _responses()


def _lesions() -> None:
    op.create_table(
        "lesions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("step_code", sa.String(length=64), nullable=False),
        sa.Column("reader_id", sa.String(length=36), nullable=False),
        sa.Column("arm", sa.String(length=32), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("node", sa.Boolean(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("tracking_uid", sa.String(length=64), nullable=False),
        sa.Column("first_visit_id", sa.String(length=36), nullable=False),
        sa.Column("parent", sa.String(length=16), nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_visit_id"], ["visits.id"], name=op.f("fk_lesions_first_visit_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_lesions_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_lesions_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesions")),
        sa.UniqueConstraint(
            "subject_id", "step_code", "reader_id", "arm", "session", "repeat", "number",
            name="uq_lesions_key",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_lesions_project_sequence", "lesions", ["project_id", "ledger_sequence"], unique=False
    )


def _lesion_findings() -> None:
    op.create_table(
        "lesion_findings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("lesion_id", sa.String(length=36), nullable=False),
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("stated", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size_mm", sa.String(length=40), nullable=True),
        sa.Column("across_mm", sa.String(length=40), nullable=True),
        sa.Column("counted_mm", sa.String(length=40), nullable=True),
        sa.Column("progressed", sa.Boolean(), nullable=False),
        sa.Column("equivocal", sa.Boolean(), nullable=False),
        sa.Column("annotation_id", sa.String(length=36), nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesion_id"], ["lesions.id"], name=op.f("fk_lesion_findings_lesion_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_lesion_findings_project_id")
        ),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_lesion_findings_read_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_lesion_findings_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesion_findings")),
        sa.UniqueConstraint(
            "read_id", "lesion_id", name=op.f("uq_lesion_findings_read_id_lesion_id")
        ),
    )
    op.create_index(
        "ix_lesion_findings_project_sequence",
        "lesion_findings",
        ["project_id", "ledger_sequence"],
        unique=False,
    )


def _responses() -> None:
    op.create_table(
        "responses",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("criteria", sa.String(length=32), nullable=False),
        sa.Column("criteria_version", sa.String(length=16), nullable=False),
        sa.Column("constants", sa.Text(), nullable=True),
        sa.Column("computed", sa.String(length=32), nullable=True),
        sa.Column("stated", sa.String(length=32), nullable=True),
        sa.Column("of_record", sa.String(length=32), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_responses_project_id")
        ),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_responses_read_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("read_id", name=op.f("uq_responses_read_id")),
    )
    op.create_index(
        "ix_responses_project_sequence",
        "responses",
        ["project_id", "ledger_sequence"],
        unique=False,
    )
