"""Answers as typed and with their reasons, reasons to warnings, kept conflicts, asked queries."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Widen answers, then make the tables."""
    op.add_column("answers", sa.Column("typed", sa.Text(), nullable=True))
    op.add_column("answers", sa.Column("unit", sa.String(length=32), nullable=True))
    op.add_column("answers", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("reads", sa.Column("reasons_digest", sa.String(length=64), nullable=True))
    # What somebody has signed keeps its words; in a draft "no answer" said that it is not known.
    op.execute(
        "UPDATE answers SET missing = 'unknown' WHERE missing = 'no_answer' "
        "AND read_id IN (SELECT id FROM reads WHERE status = 'draft')"
    )
    _check_reasons()
    _draft_conflicts()
    _query_requests()
    _attachments()


def _check_reasons() -> None:
    op.create_table(
        "check_reasons",
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("check_oid", sa.String(length=64), nullable=False),
        sa.Column("repeat_key", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_check_reasons_read_id")),
        sa.PrimaryKeyConstraint(
            "read_id", "check_oid", "repeat_key", name=op.f("pk_check_reasons")
        ),
    )


def _draft_conflicts() -> None:
    op.create_table(
        "draft_conflicts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("base_draft", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("settled_at", UTC_TIME, nullable=True),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_draft_conflicts_read_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_conflicts")),
    )
    op.create_index("ix_draft_conflicts_read", "draft_conflicts", ["read_id"], unique=False)


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_attachments_read_id")),
        sa.PrimaryKeyConstraint("read_id", "sha256", name=op.f("pk_attachments")),
    )


def _query_requests() -> None:
    op.create_table(
        "query_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("check_oid", sa.String(length=64), nullable=False),
        sa.Column("group_oid", sa.String(length=64), nullable=False),
        sa.Column("repeat_key", sa.String(length=36), nullable=False),
        sa.Column("item_oid", sa.String(length=64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_query_requests_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_query_requests_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_query_requests_visit_id")
        ),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_query_requests_read_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_requests")),
    )
    op.create_index(
        "ix_query_requests_project_sequence", "query_requests",
        ["project_id", "ledger_sequence"], unique=False,
    )  # fmt: skip
