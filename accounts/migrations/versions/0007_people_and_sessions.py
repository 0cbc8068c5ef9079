"""Invitations, second factors, devices, throttles, single sign-on, and what a person's row says."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
IN_USE = sa.text("state <> 'deactivated'")


def upgrade() -> None:
    """Widen what is there, then make the new tables, parents first."""
    _people()
    _login_sessions()
    _machine_keys()
    _invitations()
    _totp_secrets()
    _passkeys()
    _recovery_codes()
    _challenges()
    _devices()
    _throttles()
    _single_sign_on_links()
    _sign_in_rules()


def _people() -> None:
    """Make a login one person's while it is in use; afterwards another person may have it.

    New columns are nullable: earlier rows keep the digests of their entries.
    """
    with op.batch_alter_table("people") as table:
        table.drop_constraint("uq_people_login", type_="unique")
        table.add_column(sa.Column("organization_id", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("password_changed_at", UTC_TIME, nullable=True))
        table.add_column(sa.Column("signing_requires_enrolment", sa.Boolean(), nullable=True))
        table.create_foreign_key(
            op.f("fk_people_organization_id"), "scopes", ["organization_id"], ["id"]
        )
    op.create_index(
        "uq_people_login_in_use",
        "people",
        ["login"],
        unique=True,
        sqlite_where=IN_USE,
        postgresql_where=IN_USE,
    )


def _login_sessions() -> None:
    for column in (
        sa.Column("stage", sa.String(length=16), nullable=False, server_default="complete"),
        sa.Column("second_factor", sa.String(length=16), nullable=True),
        sa.Column("stepped_up_at", UTC_TIME, nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("address", sa.Text(), nullable=False, server_default=""),
        sa.Column("browser", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("login_sessions", column)


def _machine_keys() -> None:
    op.add_column("machine_keys", sa.Column("created_by", sa.String(length=36), nullable=True))
    op.add_column("machine_keys", sa.Column("allowed_addresses", sa.Text(), nullable=True))
    op.add_column("machine_keys", sa.Column("last_used_at", UTC_TIME, nullable=True))


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("expires_at", UTC_TIME, nullable=False),
        sa.Column("accepted_at", UTC_TIME, nullable=True),
        sa.Column("revoked_at", UTC_TIME, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["scopes.id"], name=op.f("fk_invitations_organization_id")
        ),
        _person("invitations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    _index_person("invitations")


def _totp_secrets() -> None:
    op.create_table(
        "totp_secrets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("confirmed_at", UTC_TIME, nullable=True),
        sa.Column("last_used_step", sa.BigInteger(), nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _person("totp_secrets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp_secrets")),
        sa.UniqueConstraint("person_id", name=op.f("uq_totp_secrets_person_id")),
    )


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("last_used_at", UTC_TIME, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _person("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    _index_person("passkeys")


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("used_at", UTC_TIME, nullable=True),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _person("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    _index_person("recovery_codes")


def _challenges() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("login_session", sa.String(length=36), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("expires_at", UTC_TIME, nullable=False),
        sa.Column("used_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_challenges_secret_hash")),
    )
    op.create_index(op.f("ix_challenges_expires_at"), "challenges", ["expires_at"], unique=False)


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("last_seen_at", UTC_TIME, nullable=False),
        sa.Column("forgotten_at", UTC_TIME, nullable=True),
        _person("devices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    _index_person("devices")


def _throttles() -> None:
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_tried_at", UTC_TIME, nullable=False),
        sa.Column("blocked_until", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_index(
        op.f("ix_throttles_last_tried_at"), "throttles", ["last_tried_at"], unique=False
    )


def _single_sign_on_links() -> None:
    op.create_table(
        "single_sign_on_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", UTC_TIME, nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        _person("single_sign_on_links"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_single_sign_on_links")),
        sa.UniqueConstraint(
            "issuer", "subject", name=op.f("uq_single_sign_on_links_issuer_subject")
        ),
    )
    _index_person("single_sign_on_links")


def _sign_in_rules() -> None:
    op.create_table(
        "sign_in_rules",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("second_factor_required", sa.Boolean(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("ledger_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["scopes.id"], name=op.f("fk_sign_in_rules_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_rules")),
    )


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id"))


def _index_person(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"], unique=False)
