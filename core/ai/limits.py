"""What an attempt may use: one all-or-nothing reservation of quota and money, settled to what was really used."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from core.ai.events import Usage
    from core.ai.ledger import Account

Stage = Literal["normal", "soft", "hard"]
What = Literal[
    "blocked",
    "requests",
    "input_tokens",
    "total_tokens",
    "requests_day",
    "scope_money",
    "guild",
    "session",
    "person",
    "installation",
]
_EPOCH_MS = 1_577_836_800_000
"""2020-01-01: 40 bits of milliseconds from here last until 2054."""
_RANDOM_BITS = 23


@dataclass(frozen=True, slots=True)
class Need:
    """What one attempt may use, drawn on `scope`'s quota for `model`.

    Input tokens are a fair guess, output tokens and millionths of a dollar the most there can be.
    """

    account: Account
    provider: str
    scope: str
    model: str
    input_tokens: int
    output_tokens: int
    micro_usd: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """What was taken for an attempt. `id` is unique and rises with time; the ledger row takes it as its own."""

    id: int
    need: Need


@dataclass(frozen=True, slots=True)
class Short:
    """Something is used up; nothing was taken.

    `until`: unix seconds when it may succeed, None when waiting does not help.
    """

    what: What
    until: float | None


class Limits(Protocol):
    """Quotas of scopes and money budgets. None of these raises because a store is away."""

    async def take(self, need: Need) -> Lease | Short:
        """Reserve all of `need`, or nothing."""
        ...

    async def settle(self, lease: Lease, usage: Usage | None, micro_usd: int) -> None:
        """Put what was really used in the estimate's place; without `usage` its tokens stay. Twice is once."""
        ...

    async def refund(self, lease: Lease) -> None:
        """Give all of it back: the call was never sent. Twice is once."""
        ...

    async def block(self, provider: str, scope: str, model: str, until: float) -> None:
        """Let nobody take this quota before `until` (unix seconds); the later of two blocks holds."""
        ...

    async def stage(self, account: Account) -> Stage:
        """How far the budgets of `account` are spent: soft from the soft share of any of them, hard at its cap."""
        ...

    async def aclose(self) -> None:
        """Finish writing, give back connections."""
        ...


class LeaseIds:
    """Numbers for leases and ledger rows, without asking anyone: milliseconds, then 23 random bits, always rising."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> int:
        """Return the next one, below 2**63."""
        fresh = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        self._last = max(fresh, self._last + 1)
        return self._last
