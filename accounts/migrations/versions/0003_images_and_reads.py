"""Images, held items, reads, answers and locks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables, parents first."""
    _held_items()
    _locks()
    _studies()
    _reads()
    _series()
    _answers()
    _instances()


def _held_items() -> None:
    op.create_table(
        "held_items",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("sop_instance_uid", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", UTC_TIME, nullable=False),
        sa.Column("resolution", sa.String(length=64), nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_held_items_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_items")),
    )
    op.create_index(
        "ix_held_items_project", "held_items", ["project_id", "sop_instance_uid"], unique=False
    )


def _locks() -> None:
    op.create_table(
        "locks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest_digest", sa.String(length=64), nullable=False),
        sa.Column("as_of_sequence", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_locks_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locks")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_locks_project_id_name")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_locks_project_id_number")),
    )


def _studies() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("received_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_studies_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_studies_subject_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_studies_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
        sa.UniqueConstraint(
            "project_id", "study_uid", name=op.f("uq_studies_project_id_study_uid")
        ),
    )
    op.create_index(op.f("ix_studies_subject_id"), "studies", ["subject_id"], unique=False)
    op.create_index(op.f("ix_studies_visit_id"), "studies", ["visit_id"], unique=False)


def _reads() -> None:
    op.create_table(
        "reads",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("step_code", sa.String(length=64), nullable=False),
        sa.Column("workflow_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=16), nullable=False),
        sa.Column("reader_id", sa.String(length=36), nullable=False),
        sa.Column("reader_kind", sa.String(length=16), nullable=False),
        sa.Column("reader_label", sa.Text(), nullable=False),
        sa.Column("arm", sa.String(length=32), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=36), nullable=False),
        sa.Column("form_oid", sa.String(length=64), nullable=False),
        sa.Column("form_version", sa.String(length=32), nullable=False),
        sa.Column("form_digest", sa.String(length=64), nullable=False),
        sa.Column("image_set_digest", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=True),
        sa.Column("signature_id", sa.String(length=36), nullable=True),
        sa.Column("signed_at", UTC_TIME, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_reads_form_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_reads_project_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_reads_signature_id")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_reads_subject_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_reads_task_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_reads_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reads")),
        sa.UniqueConstraint(
            "visit_id",
            "step_code",
            "workflow_number",
            "reader_id",
            "arm",
            "session",
            "repeat",
            "revision",
            name="uq_reads_key",
        ),
    )
    op.create_index(
        "ix_reads_project_sequence", "reads", ["project_id", "ledger_sequence"], unique=False
    )
    op.create_index("ix_reads_task", "reads", ["task_id"], unique=False)


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("study_id", sa.String(length=36), nullable=False),
        sa.Column("series_uid", sa.String(length=64), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("body_part", sa.String(length=64), nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_series_project_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_series_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint(
            "project_id", "series_uid", name=op.f("uq_series_project_id_series_uid")
        ),
    )
    op.create_index(op.f("ix_series_study_id"), "series", ["study_id"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("group_oid", sa.String(length=64), nullable=False),
        sa.Column("repeat_key", sa.String(length=36), nullable=False),
        sa.Column("item_oid", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("missing", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_answers_read_id")),
        sa.PrimaryKeyConstraint(
            "read_id", "group_oid", "repeat_key", "item_oid", name=op.f("pk_answers")
        ),
    )


def _instances() -> None:
    op.create_table(
        "instances",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("series_id", sa.String(length=36), nullable=False),
        sa.Column("sop_instance_uid", sa.String(length=64), nullable=False),
        sa.Column("sop_class_uid", sa.String(length=64), nullable=False),
        sa.Column("transfer_syntax", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("columns", sa.Integer(), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("frame_offsets", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_instances_project_id")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_instances_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instances")),
        sa.UniqueConstraint(
            "project_id", "sop_instance_uid", name=op.f("uq_instances_project_id_sop_instance_uid")
        ),
    )
    op.create_index(
        "ix_instances_project_sequence",
        "instances",
        ["project_id", "ledger_sequence"],
        unique=False,
    )
    op.create_index(op.f("ix_instances_series_id"), "instances", ["series_id"], unique=False)
