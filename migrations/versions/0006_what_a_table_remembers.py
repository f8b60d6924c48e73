"""With each telling: what it drew on, its sentences as vectors, and the summary of the story up to it. All sealed."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; `summary_people` are those whose words the summary draws on."""
    op.execute(
        "ALTER TABLE tellings ADD COLUMN used bytea, ADD COLUMN vectors bytea, ADD COLUMN summary bytea, "
        "ADD COLUMN summary_people bigint[] NOT NULL DEFAULT '{}'"
    )


def downgrade() -> None:
    """Remove them."""
    op.execute(
        "ALTER TABLE tellings DROP COLUMN summary_people, DROP COLUMN summary, DROP COLUMN vectors, DROP COLUMN used"
    )
