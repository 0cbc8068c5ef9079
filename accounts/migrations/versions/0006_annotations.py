"""Annotations by read, and why a measurement was typed instead of drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables, and keep the digest of what a read draws beside its answers."""
    op.create_table(
        "annotations",
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("space", sa.String(length=8), nullable=False),
        sa.Column("frame_of_reference_uid", sa.String(length=64), nullable=True),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("tracking_uid", sa.String(length=64), nullable=False),
        sa.Column("group_oid", sa.String(length=64), nullable=False),
        sa.Column("repeat_key", sa.String(length=36), nullable=False),
        sa.Column("item_oid", sa.String(length=64), nullable=False),
        sa.Column("author_kind", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("viewer_build", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("calibration", sa.String(length=16), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.ForeignKeyConstraint(["read_id"], ["reads.id"], name=op.f("fk_annotations_read_id")),
        sa.PrimaryKeyConstraint("read_id", "id", name=op.f("pk_annotations")),
    )
    op.create_table(
        "typed_measurements",
        sa.Column("read_id", sa.String(length=36), nullable=False),
        sa.Column("group_oid", sa.String(length=64), nullable=False),
        sa.Column("repeat_key", sa.String(length=36), nullable=False),
        sa.Column("item_oid", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["read_id"], ["reads.id"], name=op.f("fk_typed_measurements_read_id")
        ),
        sa.PrimaryKeyConstraint(
            "read_id", "group_oid", "repeat_key", "item_oid", name=op.f("pk_typed_measurements")
        ),
    )
    op.add_column("reads", sa.Column("annotations_digest", sa.String(length=64), nullable=True))
