"""Alembic's entry: runs the migrations over the connection it is given."""

from alembic import context
from sqlalchemy import Connection, text

LOCK = 0x59_54_4D_49  # one migration at a time, whoever starts first


def run() -> None:
    """Migrate under an advisory lock, in one transaction."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


run()
