"""Limits in one process's memory: alone, or a worker's part while the shared ones are away."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.ai.caps import Caps
from core.ai.limits import Lease, LeaseIds, Short, Stage
from core.ai.observer import SystemClock
from core.ai.quota import Quota, used

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.ai.caps import Counter, Sums
    from core.ai.events import Usage
    from core.ai.ledger import Account
    from core.ai.limits import Need
    from core.ai.observer import Clock
    from core.ai.quota import Draw

MAX_COUNTERS = 100_000
MAX_LEASES = 100_000


@dataclass(slots=True)
class _Buckets:
    at: float = 0.0
    levels: dict[str, float] = field(default_factory=dict)
    day_count: float = 0.0
    day_ends: float = 0.0
    blocked_until: float = 0.0


@dataclass(slots=True)
class _Money:
    seed: int
    spent: int


@dataclass(frozen=True, slots=True)
class _Taken:
    buckets: _Buckets
    draws: Sequence[Draw]
    day_ends: float | None
    money: Sequence[_Money]
    micro_usd: int


class MemoryLimits:
    """See Limits. `sums` gives what was spent before; with `workers` > 1 this is one part of so many.

    What is left of a cap when its counter is first used is divided by `workers` too: together they cannot pass it.
    """

    def __init__(
        self,
        quotas: Mapping[tuple[str, str], Quota] | None = None,
        caps: Caps | None = None,
        *,
        sums: Sums | None = None,
        workers: int = 1,
        clock: Clock | None = None,
        ids: LeaseIds | None = None,
    ) -> None:
        self._quotas = {name: quota.divided(workers) for name, quota in (quotas or {}).items()}
        self._caps = caps or Caps()
        self._sums = sums
        self._workers = workers
        self._clock = clock or SystemClock()
        self._ids = ids or LeaseIds()
        self._buckets: dict[tuple[str, str, str], _Buckets] = {}
        self._counters: OrderedDict[Counter, _Money] = OrderedDict()
        self._leases: OrderedDict[int, _Taken] = OrderedDict()

    def forget(self) -> None:
        """Begin again: counters from the ledger, buckets full. Leases given before are settled without effect."""
        self._buckets.clear()
        self._counters.clear()
        self._leases.clear()

    async def take(self, need: Need) -> Lease | Short:
        """See Limits.take."""
        wanted = self._caps.of(need.account, self._clock.now())
        await self._seed([counter for counter, _ in wanted])
        return self._take(need, wanted)

    async def settle(self, lease: Lease, usage: Usage | None, micro_usd: int) -> None:
        """See Limits.settle."""
        taken = self._leases.pop(lease.id, None)
        if taken is None:
            return
        really = used(usage, micro_usd)
        for draw in taken.draws:
            self._give_back(taken.buckets, draw, draw.amount - really.get(draw.what, draw.amount))
        for money in taken.money:
            money.spent += micro_usd - taken.micro_usd

    async def refund(self, lease: Lease) -> None:
        """See Limits.refund."""
        taken = self._leases.pop(lease.id, None)
        if taken is None:
            return
        for draw in taken.draws:
            self._give_back(taken.buckets, draw, draw.amount)
        if taken.day_ends == taken.buckets.day_ends:
            taken.buckets.day_count -= 1
        for money in taken.money:
            money.spent -= taken.micro_usd

    async def block(self, provider: str, scope: str, model: str, until: float) -> None:
        """See Limits.block."""
        buckets = self._buckets.setdefault((provider, scope, model), _Buckets())
        buckets.blocked_until = max(buckets.blocked_until, until)

    async def stage(self, account: Account) -> Stage:
        """See Limits.stage."""
        wanted = self._caps.of(account, self._clock.now())
        await self._seed([counter for counter, _ in wanted])
        spent = [(self._counters[counter].spent, self._cap(counter, cap)) for counter, cap in wanted]
        return staged(spent, self._caps.soft)

    async def aclose(self) -> None:
        """Nothing is open."""

    async def _seed(self, counters: Sequence[Counter]) -> None:
        missing = [counter for counter in counters if counter not in self._counters]
        if not missing:
            return
        found: Mapping[Counter, int] = await self._sums.spent(missing) if self._sums is not None else {}
        for counter in missing:
            seed = found.get(counter, 0)
            self._counters.setdefault(counter, _Money(seed, seed))
        while len(self._counters) > MAX_COUNTERS:
            self._counters.popitem(last=False)

    def _cap(self, counter: Counter, cap: int) -> int:
        seed = self._counters[counter].seed
        return seed + max(cap - seed, 0) // self._workers

    def _take(self, need: Need, wanted: Sequence[tuple[Counter, int]]) -> Lease | Short:
        now = self._clock.now()
        quota = self._quotas.get((need.provider, need.model), Quota())
        buckets = self._buckets.setdefault((need.provider, need.scope, need.model), _Buckets())
        draws = quota.draws(need)
        self._refill(buckets, draws, now)
        day_ends = None if quota.rpd is None else self._day(buckets, quota, now)
        short = self._short(need, wanted, buckets, draws, quota, now=now)
        if short is not None:
            return short
        for draw in draws:
            buckets.levels[draw.what] -= draw.amount
        buckets.day_count += day_ends is not None
        money = [self._counters[counter] for counter, _ in wanted]
        for counter in money:
            counter.spent += need.micro_usd
        lease = Lease(self._ids.new(), need)
        self._leases[lease.id] = _Taken(buckets, draws, day_ends, money, need.micro_usd)
        if len(self._leases) > MAX_LEASES:
            self._leases.popitem(last=False)
        return lease

    def _short(
        self,
        need: Need,
        wanted: Sequence[tuple[Counter, int]],
        buckets: _Buckets,
        draws: Sequence[Draw],
        quota: Quota,
        *,
        now: float,
    ) -> Short | None:
        found: list[Short] = []
        if buckets.blocked_until > now:
            found.append(Short("blocked", buckets.blocked_until))
        for draw in draws:
            lacks = draw.amount - buckets.levels[draw.what]
            if lacks > 0:
                found.append(Short(draw.what, None if draw.amount > draw.cap else now + lacks / draw.rate))
        if quota.rpd is not None and buckets.day_count + 1 > quota.rpd:
            found.append(Short("requests_day", buckets.day_ends))
        for counter, cap in wanted:
            if self._counters[counter].spent + need.micro_usd > self._cap(counter, cap):
                found.append(Short(counter.kind, None if need.micro_usd > cap else counter.ends))
        return max(found, key=lambda short: float("inf") if short.until is None else short.until, default=None)

    @staticmethod
    def _refill(buckets: _Buckets, draws: Sequence[Draw], now: float) -> None:
        passed = max(now - buckets.at, 0.0)
        buckets.at = max(now, buckets.at)
        for draw in draws:
            level = buckets.levels.get(draw.what, draw.cap)
            buckets.levels[draw.what] = min(draw.cap, level + passed * draw.rate)

    @staticmethod
    def _day(buckets: _Buckets, quota: Quota, now: float) -> float:
        if buckets.day_ends <= now:
            buckets.day_count, buckets.day_ends = 0.0, quota.day_ends(now)
        return buckets.day_ends

    @staticmethod
    def _give_back(buckets: _Buckets, draw: Draw, amount: float) -> None:
        buckets.levels[draw.what] = min(draw.cap, buckets.levels.get(draw.what, draw.cap) + amount)


def staged(spent: Sequence[tuple[int, int]], soft: float) -> Stage:
    """The stage of counters, each with its cap."""
    if any(so_far >= cap for so_far, cap in spent):
        return "hard"
    return "soft" if any(so_far >= soft * cap for so_far, cap in spent) else "normal"
