"""What was spent stands in the ledger alone."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Remove the sums that were reserved on."""
    op.execute("DROP TABLE spending")


def downgrade() -> None:
    """Make the table again; sums that it held are lost."""
    op.execute(
        """CREATE TABLE spending (
            scope text NOT NULL,
            scope_id bigint NOT NULL,
            day date NOT NULL,
            micro_usd bigint NOT NULL,
            PRIMARY KEY (scope, scope_id, day)
        )"""
    )
