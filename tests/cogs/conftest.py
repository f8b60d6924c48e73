"""The real client on a local Discord, over a real database and Redis; people play it through the person API."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord
import pytest_asyncio
from redis.asyncio import Redis

from bot.client import YourTale, point_at
from bot.settings import Settings, load
from core.accounts import Accounts
from core.db.migrate import migrate
from core.db.pools import Database
from core.db.vault import Vault
from core.game.engine import Engine
from core.game.log import Log
from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


@dataclass
class House:
    """Everything of one running bot."""

    playground: Playground
    bot: YourTale
    engine: Engine
    database: Database
    woken: list[int]
    http: aiohttp.ClientSession
    rest: str
    people: list[Person] = field(default_factory=list)

    async def person(self, name: str, channel: str = "taverna") -> Person:
        """Connect somebody; closed at the end."""
        made = await Person.connect(self.playground.page_url, name, channel=channel)
        self.people.append(made)
        return made

    async def control(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"{self.playground.page_url}/control/{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()


def settings_of(playground: Playground, database_url: str, redis_url: str, **more: Any) -> Settings:
    return load(
        None,
        beside=False,
        database_url=database_url,
        redis_url=redis_url,
        discord_token=playground.token,
        discord_rest_url=playground.rest_url,
        discord_gateway_url=playground.gateway_url,
        button_keys=(KEY,),
        master_keys=(KEY,),
        **more,
    )


@pytest_asyncio.fixture(scope="session")
async def house(database_url: str, redis_url: str) -> AsyncIterator[House]:
    await migrate(database_url)
    quick = GatewaySettings(identify_interval=0.0)
    async with Playground(gateway=quick, openapi=os.environ.get("YOURTALE_OPENAPI"), rate_limits=False) as playground:
        settings = settings_of(playground, database_url, redis_url)
        base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
        point_at(settings)
        database = await Database.open(database_url)
        redis = Redis.from_url(redis_url, decode_responses=True)
        woken: list[int] = []

        async def wake(session: int) -> None:
            woken.append(session)

        vault = Vault(settings.master_key_bytes)
        engine = Engine(Log(database.writer, vault), vault, wake)
        bot = YourTale(settings, engine, Accounts(database, vault), redis)
        async with bot, aiohttp.ClientSession() as http:
            running = asyncio.create_task(bot.start(settings.token))
            await asyncio.wait_for(bot.wait_until_ready(), 20)
            found = House(playground, bot, engine, database, woken, http, discord.http.Route.BASE)
            yield found
            for person in found.people:
                await person.close()
            assert list(playground.context.requests.violations) == []
            await bot.close()
            await running
        await redis.aclose()
        await database.close()
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


_channels = iter(range(10_000))


@pytest_asyncio.fixture
async def channel(house: House) -> str:
    """A fresh channel of its own."""
    # Other tests of this process point discord.py at a Discord of theirs
    discord.http.Route.BASE = house.rest
    guild = house.playground.seeded.guild
    made = await house.control("channels", guild_id=guild.id, name=f"mesa-{next(_channels)}-x")
    return str(made["id"])


Come = Callable[[str], Awaitable[Person]]


@pytest_asyncio.fixture
async def come(house: House, channel: str) -> AsyncIterator[Come]:
    """Bring somebody into that channel by name."""
    there: list[Person] = []

    async def arrive(name: str) -> Person:
        made = await Person.connect(house.playground.page_url, name, channel=channel)
        there.append(made)
        return made

    yield arrive
    for person in there:
        await person.close()
