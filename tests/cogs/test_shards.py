"""The role itself: several processes' shards on one bot, started in turn, told of once, ended cleanly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest
from redis.asyncio import Redis

from bot import client, shards
from bot.client import YourTale
from bot.settings import Settings
from core.db.migrate import migrate
from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground

from .conftest import House, settings_of
from .test_commands import BUILT


@asynccontextmanager
async def running(*all_settings: Settings) -> AsyncIterator[asyncio.Event]:
    """Several `yourtale shards`, stopped at the end of the block; each has to end by itself within seconds."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    stop = asyncio.Event()
    roles = [asyncio.create_task(shards.main(settings, stop)) for settings in all_settings]
    try:
        yield stop
    finally:
        stop.set()
        done, late = await asyncio.wait(roles, timeout=10)
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
        assert not late
        for role in done:
            role.result()


async def connected(playground: Playground, *shards_of: int) -> None:
    """Wait until exactly these shards are connected."""
    async with asyncio.timeout(15):
        while sorted(session.shard[0] for session in playground.context.gateway.of()) != sorted(shards_of):
            await asyncio.sleep(0.02)


async def test_two_processes_share_the_shards_and_tell_the_commands_once(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "IDENTIFY_MS", 50)
    await migrate(database_url)
    async with Playground(rate_limits=False, gateway=GatewaySettings(identify_interval=0.0)) as playground:
        first = settings_of(playground, database_url, redis_url, shard_ids=(0,), shard_count=2)
        second = settings_of(playground, database_url, redis_url, shard_ids=(1,), shard_count=2)
        async with running(first, second), await Person.connect(playground.page_url, "Ana", channel="taverna") as ana:
            await connected(playground, 0, 1)
            assert not (await ana.command("roll", dice="1d6")).failed
            told = {command["id"]: command["version"] for command in await ana.commands()}
            assert len(told) == len({name.split()[0] for name in BUILT})
            async with running(second):
                await connected(playground, 0, 1, 1)
            assert {command["id"]: command["version"] for command in await ana.commands()} == told
        await connected(playground)


async def test_a_refused_token_is_one_sentence(database_url: str, redis_url: str) -> None:
    from bot.settings_source import SettingsError

    await migrate(database_url)
    async with Playground() as playground:
        settings = settings_of(playground, database_url, redis_url)
        wrong = settings.model_copy(update={"discord_token": type(settings.discord_token)("bm9ib2R5.aaaaaa.bbbbbbb")})
        base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
        try:
            with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
                await shards.main(wrong, asyncio.Event())
        finally:
            discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def test_shards_of_one_bucket_identify_in_turn_over_all_processes(
    house: House, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "IDENTIFY_MS", 2_000)
    settings = settings_of(house.playground, "postgresql://nobody@127.0.0.1/none", redis_url)
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        one, other = (YourTale(settings, house.engine, house.bot.desk.accounts, redis) for _ in range(2))
        for bot in (one, other):
            monkeypatch.setattr(bot, "_buckets", 2)
        await one.before_identify_hook(0)
        waits = asyncio.create_task(other.before_identify_hook(2))
        await other.before_identify_hook(1)
        await asyncio.sleep(0.05)
        # Shard 2 has asked by now, and shard 0 holds the bucket still
        assert await redis.get("yourtale:identify:None:0") == "0"
        await asyncio.wait_for(waits, 10)
        assert await redis.get("yourtale:identify:None:0") == "2"
