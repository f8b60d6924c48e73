"""Kept answers and readings on a real Redis, and without one."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.answers import ANSWERS, READ, READ_SECONDS, Answers, ReadByGroups


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    opened = Redis.from_url(redis_url)
    await opened.flushall()
    yield opened
    await opened.aclose()


async def test_an_answer_is_kept_no_longer_than_asked(redis: Redis) -> None:
    answers = Answers(redis)
    await answers.put("k", b"told", 60)
    assert await answers.get("k") == b"told"
    assert 0 < await redis.ttl(f"{ANSWERS}k") <= 60
    assert await answers.get("other") is None


async def test_readings_count_by_group_and_expire(redis: Redis) -> None:
    readings = ReadByGroups(redis)
    assert [await readings.next("s1", "crab") for _ in range(3)] == [0, 1, 2]
    assert [await readings.next("s2", "crab"), await readings.next("s1", "eel")] == [0, 0]
    assert 0 < await redis.ttl(f"{READ}s1") <= READ_SECONDS


async def test_without_redis_there_is_nothing_kept_and_nothing_raised() -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.05)
    await Answers(away).put("k", b"told", 60)
    assert await Answers(away).get("k") is None
    assert [await ReadByGroups(away).next("s1", "crab") for _ in range(2)] == [0, 0]
    await away.aclose()
