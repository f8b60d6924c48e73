"""What lives outside one session: people and what is theirs."""

from core.accounts.accounts import Accounts
from core.accounts.rolls import PersonRoll

__all__ = ["Accounts", "PersonRoll"]
