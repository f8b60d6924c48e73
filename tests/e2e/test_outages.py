"""A part of the whole goes down in mid-story: shards, Redis, PostgreSQL, a worker that sleeps; nothing is lost."""

import asyncio
import itertools
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.embedded import postgres, redis
from bot.embedded.process import Running
from playground.ai import Fault, Turn
from tests.e2e.play import Table, Watch, content, only_grows, told
from tests.e2e.stack import Role, Stack

pytestmark = pytest.mark.e2e

ENV = {
    "YOURTALE_AI_ORDER": "gemini,offline",
    "YOURTALE_EDIT_INTERVAL": "0.2",
    "YOURTALE_WORKER_LOCK_SECONDS": "2",
}
ROLES = ("shards", "worker", "scheduler")
ACT = "Escuto à porta do armazém."
STORY = (
    "Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso. "
    "Bento prende a respiração. O sal estala sob as botas dos dois. "
    "Uma corrente range no fundo. A porta treme no batente."
)
PIECES = tuple(f"{word} " for word in STORY.split())


@dataclass
class Servers:
    """A PostgreSQL and a Redis of this module, with the defaults of `yourtale run`, to kill and start again."""

    folder: Path
    postgres: Running
    redis: Running

    def kill(self, server: Running) -> None:
        server.process.kill()
        server.process.wait()

    async def start_redis(self) -> None:
        """Start Redis again, in a thread: the local Discord and the providers serve on meanwhile."""
        self.redis = await asyncio.to_thread(redis.start, self.folder, port=self.redis.port)

    async def start_postgres(self) -> None:
        """Start PostgreSQL again, in a thread."""
        self.postgres = await asyncio.to_thread(postgres.start, self.folder, port=self.postgres.port)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="yt-") as folder:
        place = Path(folder)
        own = Servers(place, postgres.start(place), redis.start(place))
        yield own
        own.redis.stop()
        own.postgres.stop()


@pytest.fixture(scope="module")
def database_url(servers: Servers) -> str:
    return servers.postgres.url


@pytest.fixture(scope="module")
def redis_url(servers: Servers) -> str:
    return servers.redis.url


async def _table(stack: Stack) -> Table:
    table = await Table.open(stack, channel=await stack.channel())
    await table.join("Lia", "Bento")
    return table


async def _in_mid_story(table: Table, seconds: float = 0.08) -> tuple[str, Any]:
    """Act and return the id of the action and the narration once its first words are shown."""
    table.stack.ai.order(Fault("slow_words", seconds=seconds, after=0, times=0))
    table.stack.ai.script(Turn(pieces=PIECES), provider="gemini")
    acted = await table.acted("Lia", ACT)
    assert acted.message is not None
    after = acted.message["id"]
    return after, await table.narration(after=after, finished=False)


def _living(stack: Stack, word: str) -> list[Role]:
    return [role for role in stack.roles if role.word == word and role.process.poll() is None]


async def test_a_story_is_told_to_its_end_without_the_shards_that_took_it(shared: Stack) -> None:
    table = await _table(shared)
    after, _ = await _in_mid_story(table)
    (shards,) = _living(shared, "shards")
    shards.kill()
    await shards.ended()
    assert content(await table.narration(after=after)).startswith(STORY)
    await shared.start("shards")
    assert await table.act("Bento", "Espero.")


async def test_what_waited_when_redis_was_emptied_is_swept_up(shared: Stack) -> None:
    table = await _table(shared)
    (worker,) = _living(shared, "worker")
    worker.kill()
    await worker.ended()
    acted = await table.acted("Lia", ACT)
    assert acted.message is not None
    await shared.redis.flushall()
    await shared.start("worker")
    await table.narration(after=acted.message["id"])
    assert len(await table.tellings()) == 1


async def test_redis_gone_in_mid_story_costs_no_act_and_no_word(shared: Stack, servers: Servers) -> None:
    table = await _table(shared)
    after, message = await _in_mid_story(table)
    watch = Watch(table)
    servers.kill(servers.redis)
    acted = await table.players["Bento"].command("act", text="Espero.")
    assert not acted.failed
    assert acted.message is not None
    await servers.start_redis()
    await table.narration(after=acted.message["id"], timeout=40)
    await watch.stop()
    assert told(content(table.gm.seen[message["id"]])).startswith(STORY)
    assert only_grows([content(message), *watch.forms[message["id"]]])
    assert len(await table.tellings()) == 2
    assert int(after) < int(message["id"])


async def test_postgres_restarted_in_mid_story_loses_nothing(shared: Stack, servers: Servers) -> None:
    table = await _table(shared)
    after, message = await _in_mid_story(table)
    watch = Watch(table)
    servers.kill(servers.postgres)
    await servers.start_postgres()
    whole = await table.narration(after=after, timeout=40)
    await watch.stop()
    assert whole["id"] == message["id"]
    assert only_grows([content(message), *watch.forms[message["id"]]])
    assert len(await table.tellings()) == 1
    assert await table.act("Bento", "Espero.")


async def test_a_worker_that_slept_through_its_lock_is_not_heard(shared: Stack) -> None:
    table = await _table(shared)
    watch = Watch(table)
    (first,) = _living(shared, "worker")
    after, message = await _in_mid_story(table)
    first.kill(signal.SIGSTOP)
    await shared.start("worker")
    whole = await table.narration(after=after, timeout=40)
    first.kill(signal.SIGCONT)
    assert await table.act("Bento", "Espero.")
    await watch.stop()
    assert whole["id"] == message["id"]
    assert only_grows(watch.forms[message["id"]])
    assert len(watch.narrations()) == len(await table.tellings()) == 2


async def test_two_workers_tell_every_round_of_every_session_once(shared: Stack) -> None:
    for _ in range(2 - len(_living(shared, "worker"))):
        await shared.start("worker")
    tables = [await _table(shared) for _ in range(4)]
    for _ in range(3):
        deeds = itertools.product(tables, ("Lia", "Bento"))
        await asyncio.gather(*(table.acted(hero, "Olho em volta do cais.") for table, hero in deeds))
    for table in tables:
        await _told_once_each(table)


async def _told_once_each(table: Table) -> None:
    acts = await table.stack.db.fetch(
        "SELECT seq FROM log WHERE session_id = $1 AND events->0->>'type' = 'Acted' ORDER BY seq", table.session
    )
    assert len(acts) == 6
    async with asyncio.timeout(30):
        while not (tellings := await table.tellings()) or tellings[-1]["through"] < acts[-1]["seq"]:
            await asyncio.sleep(0.1)
        while await table.stack.db.fetchval(
            "SELECT count(*) FROM delivery WHERE session_id = $1 AND status = 'open' AND message_ids <> '{}'",
            table.session,
        ):
            await asyncio.sleep(0.1)
    throughs = [t["through"] for t in tellings]
    assert throughs == sorted(set(throughs))
    shown = [m for m in await table.gm.messages(table.channel) if m["author"].get("bot") and table.growing(m)]
    assert len(shown) == len(tellings)
