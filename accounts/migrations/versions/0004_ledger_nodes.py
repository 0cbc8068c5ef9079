"""The complete subtrees of each log, from which proofs are read."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LOWEST = 4
BATCH = 5000


def upgrade() -> None:
    """Make the table and fill it for the entries that are already there."""
    op.create_table(
        "ledger_nodes",
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("log", "place", name=op.f("pk_ledger_nodes")),
    )
    _fill()


def _fill() -> None:
    connection = op.get_bind()
    nodes = sa.table("ledger_nodes", sa.column("log"), sa.column("place"), sa.column("hash"))
    for (log,) in connection.execute(sa.text("SELECT log FROM ledger_heads")).all():
        peaks: list[tuple[int, bytes]] = []
        first = 0
        while leaves := connection.execute(
            sa.text(
                "SELECT sequence, leaf_hash FROM ledger_entries WHERE log = :log "
                "AND sequence >= :first ORDER BY sequence LIMIT :batch"
            ),
            {"log": log, "first": first, "batch": BATCH},
        ).all():
            rows = []
            for sequence, leaf in leaves:
                level, found = 0, bytes(leaf)
                while peaks and peaks[-1][0] == level:
                    found = sha256(b"\x01" + peaks.pop()[1] + found).digest()
                    level += 1
                    if level >= LOWEST:
                        place = (2 * (sequence >> level) + 1 << level) - 1
                        rows.append({"log": log, "place": place, "hash": found})
                peaks.append((level, found))
            if rows:
                connection.execute(sa.insert(nodes), rows)
            first = leaves[-1].sequence + 1
