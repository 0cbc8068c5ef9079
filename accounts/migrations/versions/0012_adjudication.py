"""Adjudications, the records they accept, and the seed that draws A and B."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ID = sa.String(length=36)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "adjudication_seeds",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("adjudication_seeds", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudication_seeds")),
        sa.UniqueConstraint("project_id", name=op.f("uq_adjudication_seeds_project_id")),
    )
    op.create_table(
        "adjudications",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("visit_id", ID, nullable=True),
        sa.Column("step_code", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("triggers", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(length=1), nullable=True),
        sa.Column("position", sa.String(length=16), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", UTC_TIME, nullable=True),
        sa.Column("record_digest", sa.String(length=64), nullable=True),
        sa.Column("signature_id", ID, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("adjudications", "project_id", "projects"),
        _foreign("adjudications", "task_id", "tasks"),
        _foreign("adjudications", "subject_id", "subjects"),
        _foreign("adjudications", "visit_id", "visits"),
        _foreign("adjudications", "signature_id", "signatures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudications")),
        sa.UniqueConstraint("task_id", name=op.f("uq_adjudications_task_id")),
    )
    op.create_index("ix_adjudications_subject", "adjudications", ["subject_id"])
    op.create_index(
        "ix_adjudications_project_sequence", "adjudications", ["project_id", "ledger_sequence"]
    )
    op.create_table(
        "accepted_records",
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("step_code", sa.String(length=64), nullable=False),
        sa.Column("unit", ID, nullable=False),
        sa.Column("position", sa.String(length=16), nullable=False),
        sa.Column("read_id", ID, nullable=False),
        sa.Column("accepted_by", sa.String(length=16), nullable=False),
        sa.Column("adjudication_id", ID, nullable=True),
        sa.Column("in_question", sa.Boolean(), nullable=False),
        sa.Column("since", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _foreign("accepted_records", "project_id", "projects"),
        _foreign("accepted_records", "subject_id", "subjects"),
        _foreign("accepted_records", "read_id", "reads"),
        _foreign("accepted_records", "adjudication_id", "adjudications"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_records")),
        sa.UniqueConstraint("step_code", "unit", name="uq_accepted_records_unit"),
    )
    op.create_index(
        "ix_accepted_records_project_sequence",
        "accepted_records",
        ["project_id", "ledger_sequence"],
    )


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
