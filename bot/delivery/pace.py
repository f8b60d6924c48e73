"""How often narrations are edited: about once a second, more slowly when many stories stream at once.

All workers share the count of streaming stories in Redis; without Redis each goes by its own.
"""

import time
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

KEY: Final = "yourtale:streams"
EDITS_PER_SECOND: Final = 35.0
"""What all stories may use of Discord's 50 requests a second; the rest is for commands."""
_FRESH_SECONDS: Final = 15.0


class Pace:
    """The shared limiter of edits."""

    def __init__(self, redis: Redis, interval: float, budget: float = EDITS_PER_SECOND) -> None:
        self._redis = redis
        self._interval = interval
        self._budget = budget
        self._mine: set[str] = set()

    async def wait_seconds(self, story: str) -> float:
        """Return the pause until this story's next edit, and say that it still streams."""
        self._mine.add(story)
        now = time.time()
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(KEY, {story: now})
                pipe.zremrangebyscore(KEY, 0, now - _FRESH_SECONDS)
                pipe.zcard(KEY)
                streaming = int((await pipe.execute())[-1])
        except (RedisError, OSError, TimeoutError):
            streaming = len(self._mine)
        return max(self._interval, streaming / self._budget)

    async def done(self, story: str) -> None:
        """Say that the story streams no more."""
        self._mine.discard(story)
        try:
            await self._redis.zrem(KEY, story)
        except (RedisError, OSError, TimeoutError):
            return
