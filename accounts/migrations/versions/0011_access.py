"""Who has what: roles of a repository, sites of a member, signed requests, row versions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
VERSIONED = ("organizations", "repositories", "projects", "sites", "subjects")


def upgrade() -> None:
    """Add columns and tables; the three tables of access are made anew, as a name is freed."""
    for table in VERSIONED:
        op.add_column(
            table, sa.Column("row_version", sa.Integer(), nullable=False, server_default="1")
        )
    op.add_column("projects", sa.Column("external_code", sa.Text(), nullable=True))
    op.add_column("projects", sa.Column("plan", sa.Text(), nullable=True))
    _make_access_anew()
    _subject_sites()
    _access_requests()
    _access_reviews()
    op.create_table(
        "access_versions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_versions")),
    )


def _make_access_anew() -> None:
    """SQLite cannot drop the rule that a role's name is unique everywhere, so all are copied."""
    columns = {
        "roles": "id, name, ledger_sequence",
        "role_grants": "role_id, verb, object_kind, reach",
        "memberships": (
            "id, principal_id, role_id, scope_id, valid_from, valid_until, ledger_sequence"
        ),
    }
    for table in columns:
        op.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    for table in reversed(columns):
        op.drop_table(table)
    _roles()
    _role_grants()
    _memberships()
    for table, names in columns.items():
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM kept_{table}")
        op.drop_table(f"kept_{table}")


def _roles() -> None:
    op.create_table(
        "roles",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.String(length=36), nullable=True),
        sa.Column("retired_at", UTC_TIME, nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scope_id"], ["scopes.id"], name=op.f("fk_roles_scope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("scope_id", "name", name=op.f("uq_roles_scope_id_name")),
    )


def _role_grants() -> None:
    op.create_table(
        "role_grants",
        sa.Column("role_id", sa.String(length=36), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("reach", sa.String(length=16), nullable=False),
        sa.Column("steps", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_role_grants_role_id")),
        sa.PrimaryKeyConstraint(
            "role_id", "verb", "object_kind", "reach", name=op.f("pk_role_grants")
        ),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("principal_id", sa.String(length=36), nullable=False),
        sa.Column("role_id", sa.String(length=36), nullable=False),
        sa.Column("scope_id", sa.String(length=36), nullable=False),
        sa.Column("sites", sa.Text(), nullable=True),
        sa.Column("valid_from", UTC_TIME, nullable=False),
        sa.Column("valid_until", UTC_TIME, nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_memberships_role_id")),
        sa.ForeignKeyConstraint(["scope_id"], ["scopes.id"], name=op.f("fk_memberships_scope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(
        "ix_memberships_principal_scope", "memberships", ["principal_id", "scope_id"], unique=False
    )


def _subject_sites() -> None:
    op.create_table(
        "subject_sites",
        sa.Column("project_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_subject_sites_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_subject_sites_subject_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_subject_sites_site_id")),
        sa.PrimaryKeyConstraint("subject_id", "site_id", name=op.f("pk_subject_sites")),
    )


def _access_requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope_id", sa.String(length=36), nullable=False),
        sa.Column("principal_id", sa.String(length=36), nullable=False),
        sa.Column("role_id", sa.String(length=36), nullable=False),
        sa.Column("sites", sa.Text(), nullable=True),
        sa.Column("valid_from", UTC_TIME, nullable=True),
        sa.Column("valid_until", UTC_TIME, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("requested_by", sa.String(length=36), nullable=False),
        sa.Column("requested_at", UTC_TIME, nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", UTC_TIME, nullable=True),
        sa.Column("signature_id", sa.String(length=36), nullable=True),
        sa.Column("membership_id", sa.String(length=36), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_access_requests_scope_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_access_requests_role_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_access_requests_signature_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_access_requests_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
    )
    op.create_index(
        op.f("ix_access_requests_scope_id"), "access_requests", ["scope_id"], unique=False
    )


def _access_reviews() -> None:
    op.create_table(
        "access_reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature_id", sa.String(length=36), nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["scopes.id"], name=op.f("fk_access_reviews_scope_id")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signatures.id"], name=op.f("fk_access_reviews_signature_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_reviews")),
    )
    op.create_index(
        op.f("ix_access_reviews_scope_id"), "access_reviews", ["scope_id"], unique=False
    )
