from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground

from .raw import Raw


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground(gateway=GatewaySettings(identify_interval=0.0)) as playground:
        yield playground


@pytest_asyncio.fixture
async def raw(server: Playground) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as http:
        yield Raw(server, http)


@pytest_asyncio.fixture
async def lia(server: Playground) -> AsyncIterator[Person]:
    async with await Person.connect(server.page_url, "Lia", channel="taverna") as person:
        yield person


@pytest.fixture
def taverna(server: Playground) -> str:
    return next(c.id for c in server.seeded.guild.channels.values() if c.name == "taverna")
