"""Rounds are told at their deadline, a scene that was cut is forgotten, servers and people set limits."""

from alembic import op

revision = "0003"
down_revision = "0002"

CHANGES = (
    "ALTER TABLE sessions ADD COLUMN closes_at timestamptz",
    "CREATE INDEX sessions_closing ON sessions (closes_at) WHERE closes_at IS NOT NULL",
    "ALTER TABLE tellings ADD COLUMN cut boolean NOT NULL DEFAULT false",
    "ALTER TABLE delivery ADD COLUMN cut boolean NOT NULL DEFAULT false",
    """CREATE TABLE guild_settings (
        guild_id bigint PRIMARY KEY,
        language text NOT NULL,
        rating text NOT NULL
    )""",
    """CREATE TABLE person_limits (
        person_id bigint NOT NULL,
        limit_id bigint NOT NULL,
        kind text NOT NULL CHECK (kind IN ('line', 'veil')),
        key_id bigint NOT NULL,
        ciphertext bytea NOT NULL,
        PRIMARY KEY (person_id, limit_id)
    )""",
)


def upgrade() -> None:
    """Add the columns, the index and the two tables."""
    for change in CHANGES:
        op.execute(change)


def downgrade() -> None:
    """Remove them."""
    op.execute("DROP TABLE person_limits, guild_settings")
    op.execute("ALTER TABLE delivery DROP COLUMN cut")
    op.execute("ALTER TABLE tellings DROP COLUMN cut")
    op.execute("DROP INDEX sessions_closing")
    op.execute("ALTER TABLE sessions DROP COLUMN closes_at")
