"""Wake-ups over BullMQ, spread over K queues whose names carry a Redis Cluster hash tag.

A session always goes to the same queue of K. Changing K is safe: a wake-up lost on the way is given again by the
sweeper, since what is pending stands in the database.
"""

import asyncio
import contextlib
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

import bullmq
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

logger = logging.getLogger(__name__)

PREFIX: Final = "yourtale"
LOCK_SECONDS: Final = 10.0
WAKE_SECONDS: Final = 1.0
CLOSE_SECONDS: Final = 2.0
_DONE: Final[dict[str, Any]] = {"removeOnComplete": True, "removeOnFail": True, "attempts": 1}

Handle = Callable[[int], Awaitable[None]]


def queue_name(session_id: int, count: int) -> str:
    """Return the name of the queue that a session's wake-ups go to."""
    return f"{{turns-{zlib.crc32(str(session_id).encode()) % count}}}"


class TurnQueue:
    """The giving side: wakes a session. Needs Redis for a moment only; a failure costs time, never a turn."""

    def __init__(self, redis_url: str, count: int = 1) -> None:
        self._count = count
        # A person waits behind a wake, so one quick try: what fails is swept up later
        self._redis = Redis.from_url(
            redis_url,
            decode_responses=True,
            retry=Retry(NoBackoff(), 1),
            socket_timeout=WAKE_SECONDS,
            socket_connect_timeout=WAKE_SECONDS,
        )
        self._queues: dict[str, bullmq.Queue] = {}

    async def wake(self, session_id: int) -> None:
        """Ask for one look at a session. Raises redis.RedisError or TimeoutError when Redis is away."""
        name = queue_name(session_id, self._count)
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = bullmq.Queue(name, {"connection": self._redis, "prefix": PREFIX})
        options = {**_DONE, "deduplication": {"id": str(session_id), "keepLastIfActive": True}}
        async with asyncio.timeout(WAKE_SECONDS):
            await queue.add("turn", {"session": str(session_id)}, options)

    async def waiting(self) -> int:
        """Return how many wake-ups wait, over all queues."""
        total = 0
        for n in range(self._count):
            queue = bullmq.Queue(f"{{turns-{n}}}", {"connection": self._redis, "prefix": PREFIX})
            total += sum((await queue.getJobCounts("waiting", "delayed", "prioritized")).values())
        return total

    async def close(self) -> None:
        """Close the connection."""
        await self._redis.aclose()


class _OneAsks(bullmq.Worker):  # type: ignore[misc]
    """A worker whose free places ask for work one after the other.

    BullMQ lets all of them ask Redis at once for each job that comes: 3 places in use of 200 made some 190 calls a job.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._turn = asyncio.Lock()

    async def getNextJob(self, token: str) -> Any:  # noqa: N802 - BullMQ's name
        """Return the next job, or None when there is none now."""
        async with self._turn:
            return None if self.closing or self.paused else await super().getNextJob(token)


class Taker:
    """The taking side: hands each woken session to `handle`, many sessions at a time, one at a time each."""

    def __init__(
        self, redis_url: str, count: int, handle: Handle, concurrency: int, lock_seconds: float = LOCK_SECONDS
    ) -> None:
        self._handle = handle
        self._running: set[int] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        options = {
            "connection": redis_url,
            "prefix": PREFIX,
            "concurrency": concurrency,
            "lockDuration": int(lock_seconds * 1_000),
            "stalledInterval": int(lock_seconds * 500),
            "maxStalledCount": 1_000,
            "runRetryDelay": 1_000,
            "drainDelay": 2,
            "autorun": False,
            **_DONE,
        }
        self._workers = [_OneAsks(f"{{turns-{n}}}", self._process, options) for n in range(count)]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to take."""
        self._tasks = [asyncio.create_task(worker.run()) for worker in self._workers]

    async def drain(self, seconds: float) -> None:
        """Take nothing more, give what is in hand `seconds` to end, then let go of the rest.

        What is let go stays in the log and is told by another worker once its lock has run out.
        """
        for worker in self._workers:
            await worker.pause(do_not_wait_active=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        # An orderly close waits for Redis, which may be gone for good
        if self._running or not await self._closed(force=False):
            await self._closed(force=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _closed(self, *, force: bool) -> bool:
        """Close the workers, in `CLOSE_SECONDS` at most; tell whether that was enough."""
        closing = {asyncio.create_task(worker.close(force=force)) for worker in self._workers}
        _, late = await asyncio.wait(closing, timeout=CLOSE_SECONDS)
        return not late

    async def _process(self, job: Any, _token: str) -> None:
        session_id = int(job.data["session"])
        if session_id in self._running:
            # A lock that ran out while this process was busy: the first run goes on, and the log hears only one
            logger.info("already in hand", extra={"session_id": session_id})
            return
        self._running.add(session_id)
        self._idle.clear()
        try:
            await self._handle(session_id)
        finally:
            self._running.discard(session_id)
            if not self._running:
                self._idle.set()
