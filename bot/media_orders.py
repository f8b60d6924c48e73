"""Orders of pictures and voices: what a shard puts into Redis for a worker, each narration's once."""

from typing import Any, Final, Literal

import msgspec
from redis.asyncio import Redis

from bot.settings import Settings
from core.ai.events import Usage
from core.ai.media import PICTURE_TOKENS
from core.ai.money import price_list

Kind = Literal["picture", "voice"]
QUEUE: Final = "yourtale:media:orders"
MARK: Final = "yourtale:media:"
ORDER_SECONDS: Final = 600
KEPT_SECONDS: Final = 14 * 86_400
QUEUED_MOST: Final = 200
VOICE_LETTERS: Final = 600
"""Of a narration of the usual length, for the cost that is named beforehand."""


class Order(msgspec.Struct, frozen=True):
    """One thing to make: for the telling from row `start`, wanted by whoever holds `token` in `locale`."""

    kind: Kind
    session: int
    start: int
    channel: int
    application: int
    token: str
    locale: str
    reference: str

    @property
    def mark(self) -> str:
        """The key that holds that it was ordered, then where it was sent."""
        return f"{MARK}{self.kind}:{self.session}:{self.start}"


class Orders:
    """What the shards need: whether there is any, what it costs, and a way to order it (cogs.media.Orders)."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._models = {"picture": settings.picture_models, "voice": settings.voice_models}
        self._redis = redis

    def cost(self, kind: Kind) -> int | None:
        """Return about what one costs in millionths of a dollar; None where none can be had."""
        if not self._models[kind]:
            return None
        provider, _, model = self._models[kind][0].partition("/")
        price = price_list().prices.get((provider, model))
        used = Usage(300, PICTURE_TOKENS) if kind == "picture" else Usage(VOICE_LETTERS, 2 * VOICE_LETTERS)
        return price.cost(used) if price else 0

    async def order(self, **fields: Any) -> bool:
        """Order it; tell whether that was new."""
        order = msgspec.convert(fields, Order)
        if not await self._redis.set(order.mark, "1", nx=True, ex=KEPT_SECONDS):
            return False
        await self._redis.lpush(QUEUE, msgspec.json.encode(order))
        await self._redis.ltrim(QUEUE, 0, QUEUED_MOST - 1)
        await self._redis.expire(QUEUE, ORDER_SECONDS)
        return True
