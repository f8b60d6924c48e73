"""Limits that all processes share: one atomic reservation on Redis, a worker's own part while Redis is away."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, Self

from core.ai.batches import Batches
from core.ai.caps import Caps
from core.ai.limits import Lease, LeaseIds, Short, Stage
from core.ai.memory_limits import MemoryLimits, staged
from core.ai.observer import SystemClock
from core.ai.quota import Quota, used
from core.ai.redis_script import Away, Script, connect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis.asyncio import Redis

    from core.ai.caps import Counter, Sums
    from core.ai.events import Usage
    from core.ai.ledger import Account
    from core.ai.limits import Need
    from core.ai.observer import Clock

Operation = dict[str, Any]
LATER_SECONDS = 0.05
KNOWN_SECONDS = 5.0
MAX_LATER = 20_000
MAX_KNOWN = 10_000
LEASE_SECONDS = 900.0


class SharedLimits:
    """See Limits.

    While Redis is away each of `workers` processes gives out its part of what is left by the ledger (`sums`); what
    it gave out is told to Redis when it is back. Settlements are put together and sent within 50 ms.
    """

    def __init__(
        self,
        redis: Redis,
        quotas: Mapping[tuple[str, str], Quota] | None = None,
        caps: Caps | None = None,
        *,
        sums: Sums | None = None,
        workers: int = 1,
        lease_seconds: float = LEASE_SECONDS,
        prefix: str = "{limits}:",
        clock: Clock | None = None,
    ) -> None:
        self._quotas = quotas or {}
        self._caps = caps or Caps()
        self._sums = sums
        self._clock = clock or SystemClock()
        self._ids = LeaseIds()
        self._script = Script(redis, prefix, lease_seconds, self._returned)
        self._batches: Batches[Operation, dict[str, Any]] = Batches(self._run)
        self._later: deque[Operation] = deque(maxlen=MAX_LATER)
        self._timer: asyncio.TimerHandle | None = None
        self._local = MemoryLimits(quotas, caps, sums=sums, workers=workers, clock=self._clock, ids=self._ids)
        self._local_leases: dict[int, list[Counter]] = {}
        self._owed: dict[str, int] = {}
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @classmethod
    def from_url(
        cls, url: str, quotas: Mapping[tuple[str, str], Quota] | None = None, caps: Caps | None = None, **options: Any
    ) -> Self:
        """Open a connection of its own to the Redis at `url`."""
        return cls(connect(url), quotas, caps, **options)

    @property
    def away(self) -> bool:
        """Whether Redis is away and a local part is given out."""
        return self._script.away

    async def take(self, need: Need) -> Lease | Short:
        """See Limits.take."""
        lease = Lease(self._ids.new(), need)
        counters = self._caps.of(need.account, self._clock.now())
        asked = self._take_of(lease, counters)
        try:
            answer = await self._seeded(asked, counters)
        except Away:
            return await self._take_locally(need, counters)
        except asyncio.CancelledError:
            self._send_later({"act": "refund", "id": str(lease.id)})
            raise
        if "short" in answer:
            return Short(answer["short"], answer.get("till"))
        return lease

    async def settle(self, lease: Lease, usage: Usage | None, micro_usd: int) -> None:
        """See Limits.settle."""
        if lease.id in self._local_leases:
            self._owe(self._local_leases.pop(lease.id), micro_usd - lease.need.micro_usd)
            await self._local.settle(lease, usage, micro_usd)
            return
        really = used(usage, micro_usd)
        self._send_later({"act": "settle", "id": str(lease.id), "used": really, "money": micro_usd})

    async def refund(self, lease: Lease) -> None:
        """See Limits.refund."""
        if lease.id in self._local_leases:
            self._owe(self._local_leases.pop(lease.id), -lease.need.micro_usd)
            await self._local.refund(lease)
            return
        self._send_later({"act": "refund", "id": str(lease.id)})

    async def block(self, provider: str, scope: str, model: str, until: float) -> None:
        """See Limits.block."""
        await self._local.block(provider, scope, model, until)
        self._send_later({"act": "block", "quota": f"{provider}:{scope}:{model}", "till": until})

    async def stage(self, account: Account) -> Stage:
        """See Limits.stage; what the last answers said is good for some seconds."""
        now = self._clock.now()
        counters = self._caps.of(account, now)
        known = [self._known.get(counter.key, (0, 0.0)) for counter, _ in counters]
        if any(at < now - KNOWN_SECONDS for _, at in known):
            try:
                await self._seeded({"act": "read", "counters": [[counter.key] for counter, _ in counters]}, counters)
            except Away:
                return await self._local.stage(account)
            known = [self._known[counter.key] for counter, _ in counters]
        caps = [cap for _, cap in counters]
        return staged([(spent, cap) for (spent, _), cap in zip(known, caps, strict=True)], self._caps.soft)

    async def reap(self, most: int = 500) -> int:
        """Close leases whose process died, as the ledger has it: at its row's money, given back without one.

        Returns how many. Raises Away.
        """
        ids = list(map(int, (await self._batches.submit({"act": "expired", "most": most}))["ids"] or ()))
        rows = await self._sums.charged(ids) if ids and self._sums is not None else {}
        for lease in ids:
            if self._sums is not None and lease not in rows:
                self._send_later({"act": "refund", "id": str(lease)})
            elif lease in rows:
                self._send_later({"act": "settle", "id": str(lease), "used": {}, "money": rows[lease]})
        self._flush()
        await self._batches.drain()
        return len(ids)

    async def aclose(self) -> None:
        """Send what waits, give back the connection."""
        self._flush()
        await self._batches.drain()
        await self._script.aclose()

    def _take_of(self, lease: Lease, counters: Sequence[tuple[Counter, int]]) -> Operation:
        need = lease.need
        quota = self._quotas.get((need.provider, need.model))
        asked: Operation = {
            "act": "take",
            "id": str(lease.id),
            "quota": f"{need.provider}:{need.scope}:{need.model}",
            "draws": [(d.what, d.amount, d.cap, d.rate) for d in quota.draws(need)] if quota else (),
            "counters": [
                (c.key, cap, c.kind) if c.ends is None else (c.key, cap, c.kind, c.ends) for c, cap in counters
            ],
            "money": need.micro_usd,
        }
        if quota is not None and quota.rpd is not None:
            asked["day"] = (quota.rpd, quota.day_ends(self._clock.now()))
        return asked

    async def _seeded(self, asked: Operation, counters: Sequence[tuple[Counter, int]]) -> dict[str, Any]:
        """Ask, and give Redis from the ledger the counters that it lacks. Raises Away."""
        while True:
            answer = await self._batches.submit(asked)
            for (counter, _), spent in zip(counters, answer.get("spent") or (), strict=False):
                self._know(counter.key, spent)
            if not answer.get("missing"):
                return answer
            missing = [counters[place - 1][0] for place in answer["missing"]]
            found = await self._sums.spent(missing) if self._sums is not None else {}
            for counter in missing:
                self._later.append({"act": "seed", "counter": counter.key, "money": found.get(counter, 0)})

    async def _run(self, batch: Sequence[Operation]) -> Sequence[dict[str, Any]]:
        """Send what waited before this batch, and it."""
        first = list(self._later)
        self._later.clear()
        asked = [*first, *(op for op in batch if op)]
        if not asked:
            return [{} for _ in batch]
        try:
            answers = (await self._script.run(asked))[len(first) :]
        except Away as away:
            self._put_back(first, batch, unknown=away.unknown)
            raise
        found = iter(answers)
        return [next(found) if op else {} for op in batch]

    def _put_back(self, first: Sequence[Operation], batch: Sequence[Operation], *, unknown: bool) -> None:
        again = [op for op in first if op["act"] != "seed"]
        if unknown:
            # Done or not: each of these may be done twice, and money only seems more.
            again += [{"act": "refund", "id": op["id"]} for op in batch if op and op["act"] == "take"]
        self._later.extendleft(reversed(again))

    def _send_later(self, op: Operation) -> None:
        self._later.append(op)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATER_SECONDS, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._later and not self._script.away:
            # An empty operation carries what waits; nobody waits for its answer.
            self._batches.submit({}).add_done_callback(lambda sent: sent.cancelled() or sent.exception())

    def _returned(self) -> None:
        self._later.extend({"act": "add", "counter": key, "money": money} for key, money in self._owed.items() if money)
        self._owed.clear()
        # What is in flight stays at its estimate: the ledger may have given Redis its row meanwhile.
        self._local_leases.clear()
        self._local.forget()
        self._flush()

    async def _take_locally(self, need: Need, counters: Sequence[tuple[Counter, int]]) -> Lease | Short:
        taken = await self._local.take(need)
        if isinstance(taken, Lease):
            self._local_leases[taken.id] = [counter for counter, _ in counters]
            self._owe(self._local_leases[taken.id], need.micro_usd)
        return taken

    def _owe(self, counters: Sequence[Counter], micro_usd: int) -> None:
        for counter in counters:
            if self._script.away:
                self._owed[counter.key] = self._owed.get(counter.key, 0) + micro_usd
            elif micro_usd > 0:
                self._send_later({"act": "add", "counter": counter.key, "money": micro_usd})

    def _know(self, key: str, spent: int) -> None:
        self._known[key] = (spent, self._clock.now())
        self._known.move_to_end(key)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
