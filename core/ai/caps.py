"""Money budgets: a guild's by month, a session's for good, a person's by day, the installation's by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.ai.ledger import Account

CounterKind = Literal["guild", "session", "person", "installation"]
FOR_GOOD = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Counter:
    """What somebody spent from the day `since` (UTC) on; `until` is None for good. `id` 0 is the installation."""

    kind: CounterKind
    id: int
    since: date
    until: date | None

    @property
    def key(self) -> str:
        """A short name, unique among all counters of all periods."""
        return f"{self.kind}:{self.id}:{self.since.isoformat()}"

    @property
    def ends(self) -> float | None:
        """Unix time at which it starts again."""
        if self.until is None:
            return None
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC).timestamp()


class Sums(Protocol):
    """The ledger's own sums, from which lost counters are built again."""

    async def spent(self, counters: Sequence[Counter]) -> Mapping[Counter, int]:
        """Millionths of a dollar of each counter: settled and estimated rows, open ones at their estimate."""
        ...

    async def charged(self, leases: Sequence[int]) -> Mapping[int, int]:
        """Millionths of a dollar of the rows of these leases; those without a row are missing."""
        ...


@dataclass(frozen=True, slots=True)
class Caps:
    """Caps in millionths of a dollar; None is no cap. From `soft` of a cap on, its stage is soft."""

    guild: int | None = None
    session: int | None = None
    person: int | None = None
    installation: int | None = None
    soft: float = 0.8

    def of(self, account: Account, now: float) -> list[tuple[Counter, int]]:
        """Return the counters that an account's money counts against at unix time `now`, each with its cap."""
        day, month, next_month = _periods(int(now // 86_400))
        session = _least(self.session, account.session_limit)
        found: list[tuple[Counter, int]] = []
        if account.guild_id is not None and self.guild is not None:
            found.append((Counter("guild", account.guild_id, month, next_month), self.guild))
        if account.session_id is not None and session is not None:
            found.append((Counter("session", account.session_id, FOR_GOOD, None), session))
        if account.person_id is not None and self.person is not None:
            found.append((Counter("person", account.person_id, day, day + timedelta(days=1)), self.person))
        if self.installation is not None:
            found.append((Counter("installation", 0, month, next_month), self.installation))
        return found


def _least(*caps: int | None) -> int | None:
    return min((cap for cap in caps if cap is not None), default=None)


@lru_cache(maxsize=8)
def _periods(days: int) -> tuple[date, date, date]:
    day = date(1970, 1, 1) + timedelta(days=days)
    month = day.replace(day=1)
    return day, month, (month + timedelta(days=32)).replace(day=1)
