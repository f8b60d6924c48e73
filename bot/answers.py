"""Answers that many may share, and who has read which, on Redis. A Redis that is away is a miss."""

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

ANSWERS: Final = "yourtale:answers:"
READ: Final = "yourtale:read:"
READ_SECONDS: Final = 180 * 86_400
"""How long after its last reading a session's places in the pools of variants are known."""
_AWAY: Final = (RedisError, OSError, TimeoutError)


class Answers:
    """A core.ai Cache."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, key: str) -> bytes | None:
        """Return what was put, or None."""
        try:
            kept = await self._redis.get(f"{ANSWERS}{key}")
        except _AWAY:
            return None
        return kept.encode() if isinstance(kept, str) else kept

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep it, at most that long."""
        try:
            await self._redis.set(f"{ANSWERS}{key}", value, ex=max(int(seconds), 1))
        except _AWAY:
            return


class ReadByGroups:
    """A core.ai Readings: one hash a group, a counter a key. Without Redis everyone reads the first variant."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def next(self, group: str, key: str) -> int:
        """Count one more reading and return how many there were before it."""
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.hincrby(f"{READ}{group}", key[:16], 1)
            pipe.expire(f"{READ}{group}", READ_SECONDS)
            counted = await pipe.execute()
        except _AWAY:
            return 0
        return int(counted[0]) - 1
