"""What is asked for at every turn is found by an index, however long the session and however many there are."""

from alembic import op

revision = "0002"
down_revision = "0001"

INDEXES = (
    "CREATE INDEX sessions_active ON sessions (active_at)",
    "CREATE INDEX words_names ON words (session_id) WHERE kind = 'name'",
    """CREATE INDEX delivery_in_hand ON delivery (session_id, from_seq)
        WHERE status IN ('open', 'undoing') OR (status = 'closed' AND NOT private)""",
)


def upgrade() -> None:
    """Note when a session was last active, and add the indexes."""
    op.execute("ALTER TABLE sessions ADD COLUMN active_at timestamptz NOT NULL DEFAULT now()")
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    """Remove both."""
    op.execute("DROP INDEX sessions_active, words_names, delivery_in_hand")
    op.execute("ALTER TABLE sessions DROP COLUMN active_at")
