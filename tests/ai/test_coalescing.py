"""One answer for all who ask at the same time, over processes that share a Redis, whatever befalls the leader."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest
from redis.asyncio import Redis

from core.ai import Account, Call, Event, Finished, MemoryLedger, Message, NoProvider, Prompt, Router, Text, ToolCall
from core.ai.coalescing import InFlight
from core.ai.shared_streams import RedisStreams
from playground.ai import AIProviders, Fault
from tests.ai.conftest import MODELS, Heard, hear

RULES = Prompt("rules", (Message("user", "What does cover do?"),))
WORDS = ["The ", "tide ", "turns ", "at ", "dusk."]
END = Finished("stop", None, "openai", "tale")
SILENT = 0.4
LEADER = """
import asyncio, sys
from core.ai import Finished, Text
from core.ai.coalescing import InFlight
from core.ai.shared_streams import RedisStreams
from redis.asyncio import Redis

async def ask(shown):
    yield Text("The tide ")
    print("said", flush=True)
    await asyncio.sleep(60)

async def main():
    flights = InFlight(RedisStreams(Redis.from_url(sys.argv[1]), silent=float(sys.argv[2]), patience=1))
    async for event in flights.listen("key", ask, across=True):
        pass

asyncio.run(main())
"""


@pytest.fixture
async def clean(redis_url: str) -> AsyncIterator[str]:
    redis = Redis.from_url(redis_url)
    await redis.flushall()
    yield redis_url
    await redis.aclose()


Open = Callable[[], InFlight]


@pytest.fixture
async def process(clean: str) -> AsyncIterator[Open]:
    """Open the flights of one more process."""
    async with AsyncExitStack() as stack:

        def make() -> InFlight:
            made = InFlight(RedisStreams(Redis.from_url(clean), silent=SILENT, patience=1))
            stack.push_async_callback(made.aclose)
            return made

        yield make


class Model:
    """Counts what it is asked; tells the words that come behind those shown, slowly."""

    def __init__(self, pause: float = 0.02, events: tuple[Event, ...] = ()) -> None:
        self.asked: list[str] = []
        self.cancelled = 0
        self._pause = pause
        self._events = events or (*map(Text, WORDS), END)

    async def __call__(self, shown: str) -> AsyncGenerator[Event, None]:
        self.asked.append(shown)
        told = ""
        try:
            for event in self._events:
                if isinstance(event, Text):
                    told += event.text
                    if len(told) <= len(shown):
                        continue
                await asyncio.sleep(self._pause)
                yield event
        except (GeneratorExit, asyncio.CancelledError):
            self.cancelled += 1
            raise


async def listen(flights: InFlight, model: Any, key: str = "key") -> Heard:
    heard = Heard()
    async with aclosing(flights.listen(key, model, across=True)) as events:
        async for event in events:
            heard.events.append(event)
    return heard


async def soon(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(3):
        while not true():
            await asyncio.sleep(0.005)


async def test_processes_hear_one_answer(process: Open) -> None:
    model = Model()
    processes = [process() for _ in range(4)]
    heard = await asyncio.gather(*(listen(processes[n % 4], model) for n in range(12)))
    assert {one.text for one in heard} == {"".join(WORDS)}
    assert model.asked == [""]
    assert sorted(one.end.source for one in heard)[:3] == ["provider"] * 3


async def test_who_comes_in_the_middle_hears_it_from_the_beginning(process: Open) -> None:
    model, one, other = Model(pause=0.05), process(), process()
    first = asyncio.create_task(listen(one, model))
    await asyncio.sleep(0.15)
    late = await listen(other, model)
    assert (late.text, (await first).text, model.asked) == ("".join(WORDS), "".join(WORDS), [""])


async def test_who_comes_after_the_end_asks_anew(process: Open) -> None:
    model, one, other = Model(), process(), process()
    await listen(one, model)
    await listen(other, model)
    assert model.asked == ["", ""]


async def test_a_failure_is_stored_as_the_end(process: Open) -> None:
    asked = 0

    async def fails(shown: str) -> AsyncGenerator[Event, None]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        yield Text("The ")
        await asyncio.sleep(0.05)
        raise NoProvider("blocked", detail="SAFETY", blocked="SAFETY", shown="The ")

    results = await asyncio.gather(*(listen(process(), fails) for _ in range(3)), return_exceptions=True)
    assert asked == 1
    assert [(r.reason, r.blocked, r.shown) for r in results if isinstance(r, NoProvider)] == [
        ("blocked", "SAFETY", "The ")
    ] * 3


async def test_a_leader_killed_in_mid_word_is_followed_up_behind_its_words(process: Open, clean: str) -> None:
    leader = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LEADER, clean, str(SILENT), stdout=asyncio.subprocess.PIPE
    )
    assert leader.stdout is not None
    await leader.stdout.readline()
    redis = Redis.from_url(clean)
    async with asyncio.timeout(5):
        while not [key async for key in redis.scan_iter("*:words:*")]:
            await asyncio.sleep(0.02)
    model, other = Model(), process()
    following = [asyncio.create_task(listen(flights, model)) for flights in (other, process())]
    async with asyncio.timeout(5):
        while not [key async for key in redis.scan_iter("*:heard:*")]:
            await asyncio.sleep(0.02)
    await redis.aclose()
    leader.kill()
    await leader.wait()
    heard = await asyncio.gather(*following)
    assert [one.text for one in heard] == ["".join(WORDS)] * 2
    # On a busy machine whoever followed up may be taken for silent in its turn, and is followed up the same way
    assert model.asked[0] == "The tide "
    assert all("".join(WORDS).startswith(shown) for shown in model.asked)


async def test_a_leader_that_wakes_up_without_its_fence_writes_no_more(process: Open, clean: str) -> None:
    model, one, other = Model(pause=0.1), process(), process()
    first = asyncio.create_task(listen(one, model))
    await soon(lambda: model.asked)
    await asyncio.sleep(0.15)
    redis = Redis.from_url(clean)
    (lead,) = [key async for key in redis.scan_iter("*:lead")]
    flight = (await redis.get(lead)).decode().partition(":")[0]
    await redis.set(lead, f"{flight}:another", px=2_000)
    (words,) = [key async for key in redis.scan_iter("*:words:*")]
    before = await redis.xlen(words)
    assert (await first).text == "".join(WORDS)
    assert await redis.xlen(words) == before
    await redis.aclose()
    del other


async def test_the_leaders_asker_may_leave_while_others_follow(process: Open) -> None:
    model, one, other = Model(pause=0.1), process(), process()
    leader = asyncio.create_task(listen(one, model))
    await soon(lambda: model.asked)
    follower = asyncio.create_task(listen(other, model))
    await asyncio.sleep(0.15)
    leader.cancel()
    assert (await follower).text == "".join(WORDS)
    assert (model.asked, model.cancelled) == ([""], 0)


async def test_when_the_last_asker_of_all_leaves_the_call_is_given_up(process: Open) -> None:
    model = Model(pause=30)
    alone = asyncio.create_task(listen(process(), model))
    await soon(lambda: model.asked)
    alone.cancel()
    await soon(lambda: model.cancelled)
    again = Model()
    assert (await listen(process(), again)).text == "".join(WORDS)
    assert again.asked == [""]


async def test_asks_travel_and_are_not_asked_twice(process: Open) -> None:
    call = Call(ToolCall("c1", "check", {"who": "Lia", "level": "hard"}, "sig"))
    model = Model(pause=0.05, events=(Text("The pin "), call, Finished("tool_calls", None, "openai", "tale")))
    heard = await asyncio.gather(*(listen(process(), model) for _ in range(2)))
    assert [one.calls for one in heard] == [[call.call]] * 2
    assert model.asked == [""]


async def test_without_redis_each_process_asks_at_once() -> None:
    away = InFlight(RedisStreams(Redis.from_url("redis://127.0.0.1:1/0")))
    model = Model(pause=0)
    begun = time.monotonic()
    heard = await asyncio.gather(*(listen(away, model) for _ in range(3)))
    assert {one.text for one in heard} == {"".join(WORDS)}
    assert (model.asked, time.monotonic() - begun < 1) == ([""], True)
    await away.aclose()


async def test_a_redis_that_hangs_costs_fifty_milliseconds_once() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    streams = RedisStreams(Redis.from_url(f"redis://127.0.0.1:{port}/0"))
    flights, model = InFlight(streams), Model(pause=0)
    waited = []
    for _ in range(3):
        begun = time.monotonic()
        assert (await listen(flights, model)).text == "".join(WORDS)
        waited.append(time.monotonic() - begun)
    assert waited[0] >= 0.04
    assert min(waited[1:]) < 0.04
    await flights.aclose()
    server.close()


async def test_what_is_left_in_redis_expires(process: Open, clean: str) -> None:
    await listen(process(), Model())
    redis = Redis.from_url(clean)
    left = {key: await redis.ttl(key) async for key in redis.scan_iter("*")}
    assert left
    assert all(0 < seconds <= 30 for seconds in left.values())
    await redis.aclose()


async def test_routers_of_two_processes_make_one_call(clean: str, ai: AIProviders) -> None:
    provider = {"base_url": ai.openai_url, "keys": ["local-key"], "models": {MODELS["openai"]: {}}}
    mapping = {"providers": {"openai": provider}, "redis": clean, "pure": {"rules": "guild"}}
    ledger = MemoryLedger()
    ai.order(Fault("slow_words", seconds=0.02, after=1))
    async with (
        Router.from_mapping(mapping, ledger=ledger) as one,
        Router.from_mapping(mapping, ledger=ledger) as other,
    ):
        heard = await asyncio.gather(*(hear(router, RULES, Account(guild_id=1)) for router in (one, other)))
        elsewhere = await hear(other, RULES, Account(guild_id=2))
    assert heard[0].text == heard[1].text
    assert sorted(one.end.source for one in heard) == ["provider", "shared"]
    assert elsewhere.end.source == "provider"
    assert (len(ai.requests), len(ledger.entries)) == (2, 2)
