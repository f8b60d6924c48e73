"""Siblings over Redis: a channel for news, a hash for who comes later, a lock for the one probe."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.ai.siblings import News

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from core.ai.routes import QuotaName

PATIENCE = 0.05
AWAY = 1.0
KEPT_SECONDS = 90_000
MOST_KEPT = 1_000
MOST_BYTES = 2_000
FAILURES = (RedisError, OSError, TimeoutError)

# Keeps the longer of two deadlines, whoever writes last.
KEEP = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or tonumber(cjson.decode(known)['until'] or 0) < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return redis.call('PUBLISH', KEYS[2], ARGV[2])
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


def open_siblings(url: str) -> RedisSiblings:
    """Return siblings with a connection of their own to the Redis at `url`; nothing is sent yet."""
    return RedisSiblings(Redis.from_url(url, socket_connect_timeout=PATIENCE), owned=True)


class RedisSiblings:
    """Siblings that share one Redis. Redis away: everything is local, and the channel is opened again by itself."""

    def __init__(self, redis: Redis, *, prefix: str = "yourtale:ai:", owned: bool = False) -> None:
        self._redis = redis
        self._owned = owned
        self._hash = f"{prefix}health"
        self._channel = f"{prefix}news"
        self._probes = f"{prefix}probe:"
        self._token = secrets.token_hex(8)
        self._away_until = 0.0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listener: asyncio.Task[Any] | None = None
        self._hear: Callable[[News], None] | None = None

    async def start(self, hear: Callable[[News], None]) -> None:
        """See Siblings.start; waits at most 50 ms for the first reading."""
        self._hear = hear
        ready = asyncio.Event()
        self._listener = self._go(self._listen(ready))
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await ready.wait()

    def tell(self, news: News) -> None:
        """See Siblings.tell."""
        self._go(self._send(news))

    async def claim(self, quota: QuotaName, seconds: float) -> bool:
        """See Siblings.claim; True when Redis cannot be asked."""
        taken = await self._asked(
            self._redis.set(self._probe(quota), self._token, nx=True, px=max(int(seconds * 1000), 1)), default=True
        )
        return bool(taken)

    def release(self, quota: QuotaName) -> None:
        """See Siblings.release."""
        self._go(self._asked(self._redis.eval(RELEASE, 1, self._probe(quota), self._token), default=0))

    async def aclose(self) -> None:
        """See Siblings.aclose; what was told last is still sent."""
        if self._listener is not None:
            self._listener.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._owned:
            await self._redis.aclose()

    def _probe(self, quota: QuotaName) -> str:
        return self._probes + "|".join(quota)

    def _go(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send(self, news: News) -> None:
        text = msgspec.json.encode(news)
        field = f"{news.provider}|{news.scope}|{news.model}"
        if news.kind in {"rests", "open"}:
            kept = f"{news.kind}|{field}"
            work = self._redis.eval(KEEP, 2, self._hash, self._channel, kept, text, news.until, KEPT_SECONDS)
            await self._asked(work, default=0)
            return
        if news.kind == "closed":
            await self._asked(self._redis.hdel(self._hash, f"open|{field}"), default=0)
            self.release((news.provider, news.scope, news.model))
        await self._asked(self._redis.publish(self._channel, text), default=0)

    async def _asked(self, work: Any, *, default: Any) -> Any:
        """Return what Redis says within 50 ms; after a failure it is not asked for a second."""
        now = time.monotonic()
        if now < self._away_until:
            work.close()
            return default
        try:
            async with asyncio.timeout(PATIENCE):
                return await work
        except FAILURES:
            self._away_until = now + AWAY
            return default

    async def _listen(self, ready: asyncio.Event) -> None:
        while True:
            with suppress(*FAILURES):
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(self._channel)
                    await self._read_kept()
                    ready.set()
                    while True:
                        message = await channel.get_message(timeout=30.0)
                        if message is not None:
                            self._heard(message["data"])
            await asyncio.sleep(AWAY)

    async def _read_kept(self) -> None:
        if await self._redis.hlen(self._hash) > MOST_KEPT:
            await self._redis.delete(self._hash)
            return
        for text in (await self._redis.hgetall(self._hash)).values():
            self._heard(text)

    def _heard(self, text: bytes | str) -> None:
        if len(text) > MOST_BYTES or self._hear is None:
            return
        with suppress(msgspec.DecodeError):
            self._hear(msgspec.json.decode(text, type=News))
