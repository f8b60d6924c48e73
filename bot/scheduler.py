"""What happens by the clock, done by whoever holds the leader lock: the sweep, the gauges, lost attempts."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import metrics
from bot.http import HEALTH
from bot.leader import Leader
from bot.ledger import PostgresLedger
from bot.limits import open_limits
from bot.settings import Settings
from bot.wiring import Parts, open_parts
from core.ai.redis_script import Away
from core.ai.shared_limits import SharedLimits

SWEEP_SECONDS: Final = 2
ROUNDS_SECONDS: Final = 1
PATIENCE_SECONDS: Final = 5.0
"""A wake-up this young is still on its way; older ones are given again."""
LOST_AFTER_SECONDS: Final = 900.0
logger = logging.getLogger(__name__)


async def main(settings: Settings, stop: asyncio.Event) -> None:
    """Run the jobs until asked to stop."""
    async with open_parts(settings) as parts:
        leader = Leader(parts.redis, "scheduler")
        ledger = PostgresLedger(parts.database.writer)
        limits = open_limits(settings, ledger)
        jobs = Jobs(parts, ledger, limits, leader)
        scheduler = AsyncIOScheduler()
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 30}
        scheduler.add_job(jobs.sweep, "interval", seconds=SWEEP_SECONDS, **options)
        scheduler.add_job(jobs.close_rounds, "interval", seconds=ROUNDS_SECONDS, **options)
        scheduler.add_job(jobs.count, "interval", seconds=15, **options)
        scheduler.add_job(jobs.give_up_lost, "interval", seconds=60, **options)
        scheduler.start()
        HEALTH.ready("database", parts.alive)
        await stop.wait()
        scheduler.shutdown(wait=False)
        await leader.resign()
        await limits.aclose()


class Jobs:
    """The jobs; each does nothing unless this process leads."""

    def __init__(self, parts: Parts, ledger: PostgresLedger, limits: SharedLimits, leader: Leader) -> None:
        self._parts = parts
        self._ledger = ledger
        self._limits = limits
        self._leader = leader

    async def sweep(self) -> None:
        """Wake what is pending: after Redis was emptied, a wake was lost, or a pause is over."""
        if not await self._leader.leads():
            return
        for session_id in await self._parts.pending.due(PATIENCE_SECONDS):
            await self._parts.queue.wake(session_id)
            metrics.WAKE_UPS.labels("swept").inc()

    async def close_rounds(self) -> None:
        """Wake the tables whose round is over; each stays on the list until its worker has closed it."""
        if await self._leader.leads():
            for session_id in await self._parts.pending.rounds_over():
                await self._parts.queue.wake(session_id)
                metrics.WAKE_UPS.labels("round").inc()

    async def count(self) -> None:
        """Set the gauges that only one process should set."""
        if await self._leader.leads():
            metrics.PENDING_OLDEST_SECONDS.set(await self._parts.pending.oldest_seconds())
            metrics.SESSIONS_ACTIVE.set(await self._parts.pending.active_sessions())

    async def give_up_lost(self) -> None:
        """Close the ledger rows of calls whose process died, at their estimate, and what they had reserved."""
        if await self._leader.leads():
            lost = await self._ledger.give_up_lost(LOST_AFTER_SECONDS)
            if lost:
                logger.warning("attempts closed as estimates", extra={"lost": lost})
            with suppress(Away):
                metrics.AI_REAPED.inc(await self._limits.reap())
