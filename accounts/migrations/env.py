"""Alembic's entry: the caller hands over a connection that is already in a transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    target_metadata=None,
)
with context.begin_transaction():
    context.run_migrations()
