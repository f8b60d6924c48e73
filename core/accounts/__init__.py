"""What lives outside one session: people and what is theirs, servers and what they set."""

from core.accounts.accounts import Accounts
from core.accounts.guilds import GuildSettings
from core.accounts.limits import LIMIT_LENGTH_MOST, LIMITS_MOST, Limit, TableLimits
from core.accounts.rolls import PersonRoll

__all__ = ["LIMITS_MOST", "LIMIT_LENGTH_MOST", "Accounts", "GuildSettings", "Limit", "PersonRoll", "TableLimits"]
