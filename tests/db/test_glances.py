"""Status, recap and statistics go to the replica when it has what this process saw, else to the writer."""

import asyncio
import base64
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, get_args

import discord

from bot import metrics, shards
from bot.embedded.process import Running
from bot.settings import load
from core.db.pools import Database
from core.db.readers import Choice
from core.db.vault import Vault
from core.game.engine import Engine
from core.game.log import Log
from core.game.readings import TABLE, Line, Statistics, recap, statistics
from core.game.rules.gm import Narrate, SetValue
from core.game.rules.rolls import Roll, SecretRoll
from core.game.rules.talk import Act
from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground
from tests.db.conftest import caught_up, pause, resume
from tests.game.conftest import Table, fresh

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
VAULT = Vault([bytes(range(32))])


async def wake(_session: int) -> None:
    """Nobody tells here."""


def engine_of(database: Database, noted: list[Choice] | None = None) -> Engine:
    """Another process's engine, so to speak: it knows only what it saw itself."""
    return Engine(Log(database.writer, VAULT), VAULT, wake, database, None if noted is None else noted.append)


async def story(log: Log, table: Table) -> tuple[list[Line], Statistics]:
    rows = await log.rows(table.session)
    words = await log.words(table.session, [row.seq for row in rows])
    return recap(rows, words, {}, TABLE), statistics(rows, TABLE)


async def glance(table: Table) -> tuple[list[Line], Statistics]:
    return await table.engine.glance(table.channel, lambda log: story(log, table))


async def test_recap_and_statistics_come_from_the_replica_unless_it_is_behind(database: Database) -> None:
    noted: list[Choice] = []
    table = Table(engine_of(database, noted), [])
    await table.start()
    lia = await table.join("Lia")
    await table.give(Act, by=lia, text="Abro a porta.")
    await table.give(SecretRoll, by=table.gm, dice="1d20")
    await caught_up(database)

    elsewhere = engine_of(database)
    await pause(
        database, lambda: elsewhere.execute(Narrate(key="a", by=table.gm, text="Ela range."), channel=table.channel)
    )
    await elsewhere.execute(Narrate(key="b", by=table.gm, text="Ela cai."), channel=table.channel)
    lines, numbers = await glance(table)
    assert "Ela cai." not in [line.text for line in lines]
    assert numbers.rolls == 0

    await table.give(Roll, by=lia, dice="2d6")
    lines, numbers = await glance(table)
    assert [line.text for line in lines][:-1] == ["Abro a porta.", "Ela range.", "Ela cai."]
    assert (numbers.rolls, numbers.hidden_rolls, numbers.thrown[0].dice) == (1, 0, 2)

    await resume(database)
    assert await glance(table) == (lines, numbers)
    assert noted == ["reader", "behind", "reader"]


async def test_a_replica_that_dies_while_it_is_read_is_passed_over(database: Database, replica: Running) -> None:
    noted: list[Choice] = []
    table = Table(engine_of(database, noted), [])
    await table.start()
    await table.join("Lia")
    await caught_up(database)
    asked: list[Log] = []

    async def read(log: Log) -> int:
        if not asked:
            # Without its postmaster a backend lives on for a moment
            backend = await database.reader.fetchval("SELECT pg_backend_pid()")
            replica.process.kill()
            os.kill(backend, signal.SIGKILL)
            replica.process.wait()
        asked.append(log)
        return len(await log.rows(table.session))

    assert await table.engine.glance(table.channel, read) == 2
    assert noted == ["reader"]
    assert asked[0] is not table.engine.log
    assert asked[1:] == [table.engine.log]


@asynccontextmanager
async def running(playground: Playground, **more: Any) -> AsyncIterator[None]:
    """The role that serves interactions, as `yourtale shards` runs it, connected."""
    settings = load(
        None,
        beside=False,
        discord_token=playground.token,
        discord_rest_url=playground.rest_url,
        discord_gateway_url=playground.gateway_url,
        button_keys=(KEY,),
        master_keys=(KEY,),
        **more,
    )
    base, gateway, stop = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, asyncio.Event()
    role = asyncio.create_task(shards.main(settings, stop))
    try:
        async with asyncio.timeout(15):
            while not list(playground.context.gateway.of()):
                await asyncio.sleep(0.02)
        yield
    finally:
        stop.set()
        await asyncio.wait_for(role, 10)
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def chosen(choice: Choice) -> float:
    return float(metrics.REPLICA_READS.labels(choice)._value.get())


async def test_a_persons_status_is_read_from_the_replica_unless_it_is_behind(
    database: Database, replica: Running, database_url: str, redis_url: str
) -> None:
    openapi = os.environ.get("YOURTALE_OPENAPI")
    quick = GatewaySettings(identify_interval=0.0)
    urls = {"database_url": database_url, "database_read_url": replica.url, "redis_url": redis_url}
    async with (
        Playground(gateway=quick, openapi=openapi, rate_limits=False) as playground,
        running(playground, **urls),
        await Person.connect(playground.page_url, "Ana", channel="taverna") as ana,
    ):
        await ana.command("session start", title="Estrada de Brasas", language="pt-BR", lead="gm")
        await ana.command("join", character="thief:Lia")
        await caught_up(database)

        async def hit_points(value: str) -> None:
            command = SetValue(key=str(fresh()), by=int(ana.id), who="pc1", field="hp", value=value)
            await engine_of(database).execute(command, channel=int(ana.channel_id or 0))

        async def status() -> str:
            shown = (await ana.command("session status")).message
            assert shown is not None
            return str(shown["content"])

        before = {choice: chosen(choice) for choice in get_args(Choice)}
        assert "9 de 9 PV" in await status()
        await pause(database, lambda: hit_points("8"))
        await hit_points("3")
        assert "3 de 9 PV" not in await status()
        await ana.command("roll", dice="1d6")
        assert "3 de 9 PV" in await status()
        await resume(database)
        assert "3 de 9 PV" in await status()
        noted = {choice: chosen(choice) - n for choice, n in before.items()}
        assert noted == {"reader": 3, "behind": 1, "failed": 0}
        assert list(playground.context.requests.violations) == []
