"""What one process learns, its siblings know: over a real Redis, and without one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.embedded.process import Running
from core.ai import Account, Router
from core.ai.shared_health import RedisSiblings, open_siblings
from core.ai.siblings import News
from playground.ai import AIProviders
from tests.ai.conftest import MODELS, ask, hear

QUOTA = ("openai", "project", "tale-small")


def nothing(news: News) -> None:
    del news


async def say_nothing(*_: object) -> None:
    await asyncio.sleep(60)


async def soon(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(3):
        while not true():
            await asyncio.sleep(0.005)


@pytest.fixture
async def clean(redis_url: str) -> AsyncIterator[str]:
    redis = Redis.from_url(redis_url)
    await redis.flushall()
    yield redis_url
    await redis.aclose()


@pytest.fixture
async def two(clean: str, ai: AIProviders) -> AsyncIterator[tuple[Router, Router]]:
    """Two routers that share a Redis, as two processes would."""
    provider = {"base_url": ai.openai_url, "keys": ["stolen", "local-key"], "models": {MODELS["openai"]: {}}}
    mapping = {"providers": {"openai": provider}, "redis": clean, "workers": 2, "limits": {"attempts": 1}}
    async with Router.from_mapping(mapping) as one, Router.from_mapping(mapping) as other:
        yield one, other


async def test_a_rejected_key_is_dead_for_the_siblings_too(two: tuple[Router, Router], ai: AIProviders) -> None:
    one, other = two
    await hear(one, ask())
    await soon(lambda: other._traffic.books.health._dead)
    await hear(other, ask(), Account())
    assert [received.key for received in ai.requests] == ["stolen", "local-key", "local-key"]


async def test_an_open_circuit_and_a_rest_are_known_at_once_and_to_who_comes_later(clean: str, ai: AIProviders) -> None:
    heard: list[News] = []
    late: list[News] = []
    one, other = open_siblings(clean), open_siblings(clean)
    await one.start(nothing)
    await other.start(heard.append)
    until = time.time() + 30
    one.tell(News("open", *QUOTA, until=until, times=1))
    one.tell(News("rests", *QUOTA, until=until + 60))
    await soon(lambda: len(heard) == 2)
    # A shorter deadline told later does not replace the longer one for who comes later.
    one.tell(News("rests", *QUOTA, until=until - 20))
    await soon(lambda: len(heard) == 3)
    third = open_siblings(clean)
    await third.start(late.append)
    assert {(news.kind, news.until) for news in late} == {("open", until), ("rests", until + 60)}
    one.tell(News("closed", *QUOTA))
    await soon(lambda: heard[-1].kind == "closed")
    fourth: list[News] = []
    last = open_siblings(clean)
    await last.start(fourth.append)
    assert [news.kind for news in fourth] == ["rests"]
    for siblings in (one, other, third, last):
        await siblings.aclose()


async def test_of_two_processes_one_probes(clean: str) -> None:
    one, other = open_siblings(clean), open_siblings(clean)
    await one.start(nothing)
    await other.start(nothing)
    claims = await asyncio.gather(*(siblings.claim(QUOTA, 5) for siblings in (one, other, one, other)))
    assert sum(claims) == 1
    first = one if claims[0] or claims[2] else other
    second = other if first is one else one
    second.release(QUOTA)
    await asyncio.sleep(0.05)
    assert not await second.claim(QUOTA, 5)
    first.release(QUOTA)
    await asyncio.sleep(0.05)
    assert await second.claim(QUOTA, 5)
    for siblings in (one, other):
        await siblings.aclose()


async def test_a_redis_that_is_away_costs_at_most_a_blink(redis_server: Running) -> None:
    assert redis_server
    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    siblings = RedisSiblings(Redis.from_url(f"redis://127.0.0.1:{port}"))
    started = asyncio.get_running_loop().time()
    await siblings.start(nothing)
    for _ in range(20):
        assert await siblings.claim(QUOTA, 5)
        siblings.tell(News("dead", "openai", "ref"))
    assert asyncio.get_running_loop().time() - started < 1.0
    await siblings.aclose()
    silent.close()


async def test_what_is_no_news_is_passed_over(clean: str) -> None:
    heard: list[News] = []
    siblings = open_siblings(clean)
    await siblings.start(heard.append)
    redis = Redis.from_url(clean)
    for text in (b"{", b"x" * 10_000, b'{"kind": "other"}', b'{"kind": "dead", "provider": "p", "scope": "k"}'):
        await redis.publish("yourtale:ai:news", text)
    await soon(lambda: heard)
    assert heard == [News("dead", "p", "k")]
    await siblings.aclose()
    await redis.aclose()
