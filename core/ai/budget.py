"""Whether a call may be paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.ai.ledger import Account, MemoryLedger


class Budget(Protocol):
    """Asked before each attempt, with exactly the estimate of the row that is opened next; so it may reserve."""

    async def allows(self, account: Account, estimate_micro_usd: int) -> bool:
        """Whether `account` may spend up to `estimate_micro_usd` more."""
        ...


class Unlimited:
    """No budget."""

    async def allows(self, account: Account, estimate_micro_usd: int) -> bool:  # noqa: ARG002
        """Yes."""
        return True


class MemoryBudget:
    """Hard caps in millionths of a dollar over a MemoryLedger: `guild` and `session` by id, and `total`."""

    def __init__(
        self,
        ledger: MemoryLedger,
        *,
        total: int | None = None,
        guild: Mapping[int, int] | None = None,
        session: Mapping[int, int] | None = None,
    ) -> None:
        self._ledger = ledger
        self._total = total
        self._guild = guild or {}
        self._session = session or {}

    async def allows(self, account: Account, estimate_micro_usd: int) -> bool:
        """See Budget.allows; open and estimated rows count with their estimates."""
        caps = (
            (self._total, lambda _: True),
            (self._guild.get(account.guild_id or 0), lambda a: a.guild_id == account.guild_id),
            (self._session.get(account.session_id or 0), lambda a: a.session_id == account.session_id),
        )
        return all(cap is None or self._spent(same) + estimate_micro_usd <= cap for cap, same in caps)

    def _spent(self, same: Callable[[Account], bool]) -> int:
        return sum(entry.micro_usd for entry in self._ledger.entries if same(entry.attempt.account))
