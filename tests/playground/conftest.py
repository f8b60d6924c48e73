from collections.abc import AsyncIterator

import pytest_asyncio

from playground.gateway.hub import GatewaySettings
from playground.people import Person
from playground.server import Playground


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Playground]:
    async with Playground(gateway=GatewaySettings(identify_interval=0.0)) as playground:
        yield playground


@pytest_asyncio.fixture
async def lia(server: Playground) -> AsyncIterator[Person]:
    async with await Person.connect(server.page_url, "Lia", channel="taverna") as person:
        yield person
