"""One leader among many processes, by a lease in Redis."""

import os
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

LEASE_MS: Final = 10_000

# Renew if it is ours, take it if it is nobody's: in one step, so two processes never both believe
_HOLD: Final = """
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] or not holder then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 1
end
return 0
"""
_RESIGN: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Leader:
    """Says whether this process leads. Without Redis nobody does: what waits is swept up when it is back."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._key = f"yourtale:leader:{name}"
        self._me = os.urandom(8).hex()

    async def leads(self) -> bool:
        """Take or renew the lease, if it can be had."""
        try:
            return bool(await self._redis.eval(_HOLD, 1, self._key, self._me, str(LEASE_MS)))
        except (RedisError, OSError, TimeoutError):
            return False

    async def resign(self) -> None:
        """Let the next one lead at once."""
        try:
            await self._redis.eval(_RESIGN, 1, self._key, self._me)
        except (RedisError, OSError, TimeoutError):
            return
