"""The turn queue on a real Redis."""

import asyncio
from collections import Counter

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.queue import Taker, TurnQueue
from core.queue.turns import queue_name


@pytest.fixture
async def redis(redis_url: str) -> Redis:
    client = Redis.from_url(redis_url, decode_responses=True)
    await client.flushdb()
    return client


def test_a_session_always_goes_to_the_same_of_many_queues_and_its_name_carries_a_hash_tag() -> None:
    names = {queue_name(session, 4) for session in range(10_000)}
    assert names == {"{turns-0}", "{turns-1}", "{turns-2}", "{turns-3}"}
    assert len({queue_name(7, 4) for _ in range(10)}) == 1


async def test_wakes_that_come_while_a_session_is_in_hand_make_one_more_look(redis_url: str, redis: Redis) -> None:
    looks: Counter[int] = Counter()
    at_once: Counter[int] = Counter()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def look(session: int) -> None:
        at_once[session] += 1
        assert at_once[session] == 1
        looks[session] += 1
        begun.set()
        await go_on.wait()
        at_once[session] -= 1

    queue, taker = TurnQueue(redis_url, 2), Taker(redis_url, 2, look, 10)
    taker.start()
    await queue.wake(1)
    await asyncio.wait_for(begun.wait(), 10)
    for _ in range(5):
        await queue.wake(1)
    go_on.set()
    async with asyncio.timeout(10):
        while looks[1] < 2:
            await asyncio.sleep(0.02)
    await taker.drain(5)
    assert looks == {1: 2}
    assert await queue.waiting() == 0
    await queue.close()


async def test_a_busy_session_does_not_starve_another(redis_url: str, redis: Redis) -> None:
    done: list[int] = []
    queue = TurnQueue(redis_url)

    async def look(session: int) -> None:
        done.append(session)
        if session == 1 and len(done) < 50:
            await queue.wake(1)

    await queue.wake(1)
    await queue.wake(2)
    taker = Taker(redis_url, 1, look, 1)
    taker.start()
    async with asyncio.timeout(10):
        while 2 not in done:
            await asyncio.sleep(0.01)
    await taker.drain(5)
    assert done.index(2) < 5
    await queue.close()


async def test_what_is_in_hand_is_finished_before_the_taker_ends(redis_url: str, redis: Redis) -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def look(_: int) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        finished.set()

    queue, taker = TurnQueue(redis_url), Taker(redis_url, 1, look, 4)
    taker.start()
    await queue.wake(5)
    await asyncio.wait_for(begun.wait(), 10)
    await taker.drain(5)
    assert finished.is_set()
    await queue.close()


async def test_a_look_that_fails_leaves_nothing_that_blocks_the_next_wake(redis_url: str, redis: Redis) -> None:
    looks = 0

    async def look(_: int) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise RuntimeError("once")

    queue, taker = TurnQueue(redis_url), Taker(redis_url, 1, look, 1)
    taker.start()
    for wanted in (1, 2):
        await queue.wake(9)
        async with asyncio.timeout(10):
            while looks < wanted:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
    await taker.drain(5)
    assert looks == 2
    assert await queue.waiting() == 0
    await queue.close()


async def test_a_wake_without_redis_fails_soon_instead_of_holding_a_person_up() -> None:
    queue = TurnQueue("redis://127.0.0.1:1/0")
    with pytest.raises((OSError, TimeoutError, RedisError)):
        await asyncio.wait_for(queue.wake(1), 3)
    await queue.close()
