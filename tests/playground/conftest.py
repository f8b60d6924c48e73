import os
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground

from .raw import Raw


def playground(**settings: Any) -> Playground:
    """Return a playground without identify spacing, with Discord's OpenAPI file where there is one."""
    settings.setdefault("gateway", GatewaySettings(identify_interval=0.0))
    return Playground(openapi=os.environ.get("YOURTALE_OPENAPI") or None, **settings)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with playground() as made:
        yield made


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
