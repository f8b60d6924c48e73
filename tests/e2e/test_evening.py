"""A session from its opening to its end, in both languages."""

import pytest

from tests.e2e.play import Table
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("locale", ["pt-BR", "en-US"])
async def test_a_session_from_start_to_end(stack: Stack, locale: str) -> None:
    await stack.start("shards", "worker", "scheduler")
    table = await Table.open(stack, locale)
    await table.join("Lia", "Bento")
    first = await table.begin()
    assert len(first.split()) <= 120
    told = await table.act("Lia", "Olho em volta do cais." if locale == "pt-BR" else "I look around the harbour.")
    assert "Lia" in told
    assert told != first
    await table.end()
