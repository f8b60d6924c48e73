"""What a table reads of its budget below a narration: once when it comes close, once when it is spent."""

from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.spending import Spent, spent
from core.ai import Account, Caps
from core.game.log import Loaded
from core.i18n import text

_SAID_SECONDS: Final = 32 * 86_400


class Candles:
    """Reads how far a table's budgets are spent; `caps` are those of the settings. What was said is noted in Redis."""

    def __init__(self, pool: asyncpg.Pool, redis: Redis, caps: Caps) -> None:
        self._pool = pool
        self._redis = redis
        self._caps = caps

    async def near(self, loaded: Loaded) -> str:
        """Return the line that a budget is close to its limit: once, until it is far from it again."""
        found = await self._spent(loaded)
        if found is None:
            return ""
        key = f"yourtale:near:{loaded.session_id}"
        try:
            if found.stage == "normal":
                await self._redis.delete(key)
                return ""
            first = await self._redis.set(key, "1", nx=True, ex=_SAID_SECONDS)
        except (RedisError, OSError, TimeoutError):
            return ""
        return text(loaded.state.language, "telling.near") if first else ""

    async def spent(self, loaded: Loaded) -> str:
        """Return the line about a budget that is spent, with when it is there again where that is known."""
        found, now = await self._spent(loaded), datetime.now(UTC)
        by_month = found and found.guild_limit is not None and found.month >= self._caps.soft * found.guild_limit
        if not by_month:
            return text(loaded.state.language, "telling.budget")
        begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        until = (begin + timedelta(days=32)).replace(day=1)
        return text(loaded.state.language, "telling.budget_until", until=f"<t:{int(until.timestamp())}:R>")

    async def _spent(self, loaded: Loaded) -> Spent | None:
        account = Account(
            guild_id=loaded.guild_id, session_id=loaded.session_id, session_limit=loaded.state.budget or None
        )
        if not self._caps.of(account, datetime.now(UTC).timestamp()):
            return None
        return await spent(self._pool, self._caps, account)
