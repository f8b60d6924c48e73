"""A session from its opening to its end: both languages, each storyteller."""

import pytest

from tests.e2e.play import Table
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ORDERS = [{"YOURTALE_AI_ORDER": order} for order in ("offline", "gemini", "mistral", "openai")]
DEEDS = {"pt-BR": "Olho em volta do cais.", "en-US": "I look around the harbour."}


@pytest.mark.parametrize("stack", ORDERS, indirect=True, ids=lambda env: env["YOURTALE_AI_ORDER"])
async def test_a_session_from_start_to_end_in_both_languages(stack: Stack) -> None:
    await stack.start("shards", "worker")
    for locale, channel in (("pt-BR", "mesa-1"), ("en-US", "tavern")):
        table = await Table.open(stack, locale, channel)
        await table.join("Lia", "Bento")
        first = await table.begin()
        told = await table.act("Lia", DEEDS[locale])
        assert 10 <= len(first.split()) <= 130
        assert told != first
        await table.end()
    calls, rows = len(stack.ai.bill.rows), await stack.db.fetch("SELECT state, micro_usd FROM ledger")
    assert len(rows) == calls
    assert sum(r["micro_usd"] for r in rows) == sum(row.micro_usd for row in stack.ai.bill.rows)
    assert all(r["state"] == "settled" for r in rows)
    assert bool(calls) == (stack.env["YOURTALE_AI_ORDER"] != "offline")
