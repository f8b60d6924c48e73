"""Everything kept of people and servers outside a session, one store a subject."""

from core.accounts.guilds import Guilds
from core.accounts.limits import PersonLimits
from core.accounts.rolls import PersonRolls
from core.db.pools import Database
from core.db.vault import Vault


class Accounts:
    """The stores of a database; `vault` seals what people wrote."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.rolls = PersonRolls(database.writer)
        self.guilds = Guilds(database.writer)
        self.limits = PersonLimits(database.writer, vault)
