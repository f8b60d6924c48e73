"""Everything kept of people and servers outside a session, one store a subject."""

from core.accounts.rolls import PersonRolls
from core.db.pools import Database


class Accounts:
    """The stores of a database."""

    def __init__(self, database: Database) -> None:
        self.rolls = PersonRolls(database.writer)
