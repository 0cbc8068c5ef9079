"""The second wall: on PostgreSQL a row of a project is there only for who said so beforehand.

Every table that belongs to projects has a policy on `app.projects`, forced on its owner too. A
connection that sets nothing sees nothing; `*` is every project, for the platform's own processes.
The application's role owns nothing, and of the ledger it may insert and read, never change.
"""

import re
from collections.abc import Collection

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

SETTING = "app.projects"
EVERY_PROJECT = "*"
ADMITTED = "admitted_projects"
POLICY = "of_projects"

NAMED = "(SELECT current_setting('app.projects', true))"
LIST = "(SELECT string_to_array(current_setting('app.projects', true), ','))::text[]"
OF_READ = "EXISTS (SELECT 1 FROM reads r WHERE r.id = {table}.read_id)"
NO_PROJECT = (
    "NOT EXISTS (SELECT 1 FROM scopes s WHERE s.id = {table}.{column} AND s.kind = 'project')"
)

# A form is its repository's: every project of it may use what one of them made.
OF_REPOSITORY = {
    "forms": "EXISTS (SELECT 1 FROM projects p WHERE p.repository_id = forms.repository_id)"
}

OF_FORM = "EXISTS (SELECT 1 FROM forms f WHERE f.id = signatures.record_id)"

# Which column says whose a row is, where it is not `project_id`.
PROJECT_ID = {"projects": "id", "retentions": "id"}
# Logs and scopes that are no project's are the platform's: sign-ins, people, repositories.
MIXED = {
    "ledger_checkpoints": "log",
    "ledger_entries": "log",
    "ledger_heads": "log",
    "ledger_nodes": "log",
    "ledger_replays": "log",
    "ledger_time_stamps": "log",
    "signatures": "log",
    "vault_erasures": "scope",
    "vault_values": "scope",
    "machine_keys": "scope_id",
    "access_requests": "scope_id",
    "access_reviews": "scope_id",
}
# What belongs to people, to the platform or to several projects at once, and holds no trial data.
# Memberships and roles say which projects somebody reaches, so they are read before the wall.
UNWALLED = frozenset(
    {"access_versions", "challenges", "devices", "document_contents", "documents",
     "identity_verifications", "invitations", "login_sessions", "memberships", "notices",
     "organizations", "passkeys", "people", "recovery_codes", "repositories", "role_grants",
     "roles", "scopes", "sign_grants", "sign_in_rules", "signing_blocks", "single_sign_on_links",
     "sites", "statement_acceptances", "throttles", "totp_secrets"}
)  # fmt: skip

# Of these the application may insert and read alone.
APPENDED = ("ledger_checkpoints", "ledger_entries", "ledger_nodes")
KEPT = ("ledger_heads",)
ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)


def admit(session: Session, projects: Collection[str]) -> None:
    """Let this transaction see rows of these projects too, as well as of those before."""
    if session.get_bind().dialect.name != "postgresql":
        return
    admitted = session.info.setdefault(ADMITTED, set())
    admitted.update(projects)
    session.execute(
        text("SELECT set_config(:setting, :projects, true)"),
        {"setting": SETTING, "projects": ",".join(sorted(admitted))},
    )


def is_walled(session: Session) -> bool:
    """Tell whether this transaction sees only the projects it was told of."""
    return ADMITTED in session.info


def raise_wall(connection: Connection) -> None:
    """Put the policy on every table that belongs to projects; what has it already is left."""
    owned = set(
        connection.execute(
            text("SELECT tablename FROM pg_tables WHERE pg_has_role(tableowner, 'MEMBER')")
        ).scalars()
    )
    done = set(
        connection.execute(
            text("SELECT tablename FROM pg_policies WHERE policyname = :name"), {"name": POLICY}
        ).scalars()
    )
    for table, rule in sorted(rules(connection).items()):
        if table in owned - done:
            connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
            connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
            connection.execute(
                text(f"CREATE POLICY {POLICY} ON {table} USING ({rule}) WITH CHECK ({rule})")
            )


def rules(connection: Connection) -> dict[str, str]:
    """Return {table: rule} of every table that belongs to projects, as the database has them."""
    found: dict[str, str] = {}
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        columns = {column["name"] for column in inspector.get_columns(table)}
        own = PROJECT_ID.get(table, "project_id")
        if table in OF_REPOSITORY:
            found[table] = f"{NAMED} = '*' OR {OF_REPOSITORY[table]}"
        elif own in columns and table not in UNWALLED:
            found[table] = f"{NAMED} = '*' OR {own} = ANY ({LIST})"
        elif table in MIXED and MIXED[table] in columns:
            column = MIXED[table]
            others = NO_PROJECT.format(table=table, column=column)
            if table == "signatures":
                others += f" OR {OF_FORM}"
            found[table] = f"{NAMED} = '*' OR {column} = ANY ({LIST}) OR {others}"
        elif "read_id" in columns:
            found[table] = OF_READ.format(table=table)
    return found


def grant_application(connection: Connection, role: str) -> None:
    """Give a role that owns nothing what the api needs, and nothing that changes the ledger."""
    assert ROLE.fullmatch(role), "a role of the database has a plain name"
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE UPDATE, DELETE ON {', '.join(APPENDED)} FROM {role}",
        f"REVOKE DELETE ON {', '.join(KEPT)} FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
    ):
        connection.execute(text(statement))
