"""Limits that processes share: races, a Redis that hangs, dies, forgets, and comes back."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.embedded import redis as embedded
from bot.embedded.process import Running
from core.ai import Account, Caps, Lease, Need, Quota, Short, Usage
from core.ai.caps import Counter
from core.ai.shared_limits import SharedLimits

TABLE = Account(guild_id=1, session_id=2)
RACER = """
import asyncio, sys
from core.ai import Account, Caps, Lease, Need
from core.ai.shared_limits import SharedLimits

async def main():
    limits = SharedLimits.from_url(sys.argv[1], {}, Caps(guild=int(sys.argv[2])))
    need = Need(Account(guild_id=1), "mistral", "org", "small", 1, 1, 100)
    await limits.stage(need.account)
    print("ready", flush=True)
    sys.stdin.readline()
    answers = await asyncio.gather(*(limits.take(need) for _ in range(50)))
    print(sum(isinstance(answer, Lease) for answer in answers), flush=True)
    await limits.aclose()

asyncio.run(main())
"""


def need(account: Account = TABLE, micro_usd: int = 100) -> Need:
    return Need(account, "mistral", "org", "small", 40, 10, micro_usd)


class Books:
    """A ledger's sums, kept by hand: what was opened, at its money now."""

    def __init__(self, before: int = 0) -> None:
        self.before = before
        self.rows: dict[int, int] = {}

    async def spent(self, counters: Sequence[Counter]) -> Mapping[Counter, int]:
        return {counter: self.before + sum(self.rows.values()) for counter in counters}

    async def charged(self, leases: Sequence[int]) -> Mapping[int, int]:
        return {lease: self.rows[lease] for lease in leases if lease in self.rows}


class Server:
    """A Redis of one test, which can be held, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: Running = embedded.start(folder, durable=True)

    @property
    def url(self) -> str:
        return self.running.url

    def hold(self) -> None:
        self.running.process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        self.running.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.running.process.kill()
        self.running.process.wait()

    def start(self) -> None:
        self.running = embedded.start(self.folder, durable=True, port=self.running.port)


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="yt-") as folder:
        made = Server(Path(folder))
        yield made
        made.let_go()
        made.kill()


MakeLimits = Callable[..., SharedLimits]


@pytest.fixture
async def limits(server: Server) -> AsyncIterator[MakeLimits]:
    async with AsyncExitStack() as stack:

        def make(caps: Caps | None = None, quota: Quota | None = None, **options: Any) -> SharedLimits:
            quotas = {("mistral", "small"): quota} if quota else {}
            made = SharedLimits.from_url(server.url, quotas, caps, **options)
            stack.push_async_callback(made.aclose)
            return made

        yield make


async def given(limits: SharedLimits, times: int, micro_usd: int = 100) -> list[Lease]:
    answers = [await limits.take(need(micro_usd=micro_usd)) for _ in range(times)]
    return [answer for answer in answers if isinstance(answer, Lease)]


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_hundred_racers_in_two_processes_never_pass_the_cap(server: Server) -> None:
    racers = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            RACER,
            server.url,
            "3750",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdout
        assert await racer.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))
    won = [int(answer[0]) for answer in answers]
    assert sum(won) == 37


async def test_counters_that_redis_lost_are_built_from_the_ledger(server: Server, limits: MakeLimits) -> None:
    books = Books(before=600)
    made = limits(Caps(guild=1_000), sums=books)
    assert await made.stage(TABLE) == "normal"
    for lease in await given(made, 2):
        books.rows[lease.id] = 100
    async with Redis.from_url(server.url) as redis:
        await redis.flushall()
    for lease in await given(made, 5):
        books.rows[lease.id] = 100
    assert books.before + sum(books.rows.values()) == 1_000
    assert await made.stage(TABLE) == "hard"


async def test_what_was_in_flight_while_redis_was_emptied_is_not_counted_less(
    server: Server, limits: MakeLimits
) -> None:
    books = Books()
    made = limits(Caps(guild=1_000), sums=books)
    (lease,) = await given(made, 1, 900)
    books.rows[lease.id] = 900
    async with Redis.from_url(server.url) as redis:
        await redis.flushall()
    assert await given(made, 1, 200) == []
    books.rows[lease.id] = 10
    await made.settle(lease, Usage(), 10)
    assert await given(made, 1, 200) == []
    async with Redis.from_url(server.url) as redis:
        await redis.flushall()
    assert len(await given(made, 1, 200)) == 1


async def test_a_redis_that_hangs_delays_nobody_and_parts_are_given_out(server: Server, limits: MakeLimits) -> None:
    books = Books(before=200)
    made = [limits(Caps(guild=1_000), Quota(rpm=60), sums=books, workers=2) for _ in range(2)]
    assert len(await given(made[0], 1)) == len(await given(made[1], 1)) == 1
    books.before = 400
    server.hold()
    leases = [await given(one, 10) for one in made]
    assert [len(part) for part in leases] == [3, 3], "half of the 600 that the ledger has left, each"
    assert all(one._script.away for one in made), "it is not asked again before it has answered"


async def test_what_was_given_out_meanwhile_counts_when_redis_is_back(server: Server, limits: MakeLimits) -> None:
    made = limits(Caps(guild=1_000, session=5_000))
    await given(made, 2)
    server.hold()
    local = await given(made, 5)
    assert len(local) == 5
    await made.settle(local[0], Usage(), 20)
    await made.refund(local[1])
    server.let_go()
    await until(lambda: not made._script.away)
    # 200 before, 20 settled, three at their estimate: 480 are left.
    assert len(await given(made, 10)) == 4


async def test_a_redis_that_is_gone_is_gone_around_and_found_again(server: Server, limits: MakeLimits) -> None:
    books = Books()
    made = limits(Caps(guild=1_000), sums=books)
    for lease in await given(made, 2):
        books.rows[lease.id] = 100
    server.kill()
    for lease in await given(made, 3):
        books.rows[lease.id] = 100
    assert len(books.rows) == 5
    server.start()
    await until(lambda: not made._script.away)
    for lease in await given(made, 10):
        books.rows[lease.id] = 100
    assert sum(books.rows.values()) == 1_000


async def test_a_redis_started_again_with_older_data_is_not_believed(server: Server, limits: MakeLimits) -> None:
    books = Books()
    made = limits(Caps(guild=1_000), sums=books)
    await given(made, 1)
    books.before = 950  # what the file on the disk does not know
    server.kill()
    server.start()
    await given(made, 1)
    await until(lambda: not made._script.away)
    assert await given(made, 3) == []


async def test_a_take_that_redis_answers_too_late_is_given_back(server: Server, limits: MakeLimits) -> None:
    made, other = limits(Caps(guild=1_000), workers=1), limits(Caps(guild=1_000))
    await given(made, 1)
    await given(other, 1)
    server.hold()
    await given(made, 1, 500)
    server.let_go()
    await until(lambda: not made._script.away)
    await made.aclose()
    # 200 before, 500 given out while Redis hung; the take that hung in Redis itself holds nothing.
    assert len(await given(other, 10)) == 3


async def test_a_caller_who_gives_up_holds_nothing(limits: MakeLimits) -> None:
    made = limits(Caps(guild=100))
    await made.stage(TABLE)
    taking = asyncio.create_task(made.take(need()))
    await asyncio.sleep(0)
    taking.cancel()
    await asyncio.wait({taking})
    assert taking.cancelled()
    assert len(await given(made, 1)) == 1


async def test_the_leases_of_the_dead_are_closed_as_the_ledger_has_them(limits: MakeLimits) -> None:
    books = Books()
    made = limits(Caps(guild=1_000), Quota(rpm=6_000, rpd=3), sums=books, lease_seconds=0.05)
    _, told, settled = await given(made, 3, 300)
    await asyncio.sleep(0.1)
    books.rows = {told.id: 300, settled.id: 40}
    assert await made.reap() == 3
    assert await made.reap() == 0
    # 340 are spent; one request of the three was never sent.
    assert len(await given(made, 1, 660)) == 1
    short = await made.take(need(micro_usd=0))
    assert isinstance(short, Short)
    assert short.what == "requests_day"
    await made.settle(told, Usage(), 0)
    assert isinstance(await made.take(Need(TABLE, "other", "org", "m", 1, 1, 1)), Short)


async def test_a_block_holds_for_every_process(limits: MakeLimits) -> None:
    made, other = limits(), limits()
    await made.block("mistral", "org", "small", time.time() + 1_000)
    async with asyncio.timeout(5):
        while not isinstance(short := await other.take(need()), Short):
            await asyncio.sleep(0.01)
    assert short.what == "blocked"
