"""The vault, time stamps, results of replays, and the clock's last reading."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _vault()
    _time_stamps()
    _replays()
    _salts()


def _vault() -> None:
    op.create_table(
        "vault_values",
        sa.Column("commitment", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=128), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_vault_values")),
    )
    op.create_index("ix_vault_values_scope_subject", "vault_values", ["scope", "subject"])
    op.create_index(op.f("ix_vault_values_lookup"), "vault_values", ["lookup"])
    op.create_table(
        "vault_erasures",
        sa.Column("scope", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UTC_TIME, nullable=False),
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.Column("destroyed_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("scope", "subject", name=op.f("pk_vault_erasures")),
    )


def _time_stamps() -> None:
    op.create_table(
        "ledger_time_stamps",
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("time", UTC_TIME, nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_ledger_time_stamps")),
    )


def _replays() -> None:
    op.create_table(
        "ledger_replays",
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("began_at", UTC_TIME, nullable=False),
        sa.Column("ended_at", UTC_TIME, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("log", "began_at", name=op.f("pk_ledger_replays")),
    )


def _salts() -> None:
    """Hash a row that names a person with a salt, which erasure takes away."""
    for table in ("people", "signatures"):
        op.add_column(table, sa.Column("salt", sa.String(length=64), nullable=True))
