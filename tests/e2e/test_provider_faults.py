"""Every fault of every provider during one story, and an outage in mid-campaign: told on, true, paid for once."""

import asyncio
import itertools
import re
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from core.ai.routes import fingerprint
from core.i18n import text
from playground.ai import Fault, ToolAsk, Turn
from playground.ai.faults import KINDS
from tests.e2e.play import Table, content, told
from tests.e2e.providers import fresh_worker, ledger, teller
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {
    "YOURTALE_GEMINI_MODELS": "gemini-2.5-flash-lite",
    "YOURTALE_EDIT_INTERVAL": "0.2",
    "YOURTALE_AI_FIRST_WORD_SECONDS": "0.6",
    "YOURTALE_AI_BETWEEN_SECONDS": "0.6",
    "YOURTALE_AI_WHOLE_SECONDS": "15",
}
ROLES = ("shards",)
KEYS = ("local-key", "local-key-2")
FAULTS = (
    Fault("slow_first", seconds=0.3),
    Fault("thinks_aloud", seconds=0.3),
    Fault("slow_words", seconds=2),
    Fault("status", status=503),
    Fault("no_done"),
    Fault("half_stream"),
    Fault("truncate"),
    Fault("garbage"),
    Fault("no_usage"),
    Fault("flood"),
    Fault("hang", seconds=5),
    Fault("blocked"),
    Fault("blocked_in_stream"),
    Fault("empty"),
    Fault("refuse"),
    Fault("too_long"),
    Fault("rate_limited_in_stream"),
    Fault("rate_limited", retry_after=0.2),
    Fault("key_rejected"),
)
TABLES = {"gemini": "pt-BR", "mistral": "en-US", "openai": "pt-BR"}
DEEDS = {"pt-BR": "Escuto o vento.", "en-US": "I listen to the wind."}
TAKE = ToolAsk("item", {"deed": "take", "who": "pc2", "item": "lantern", "to": "pc2"})
TAKEN = {
    "pt-BR": "Bento pega a lanterna. O pavio ainda fuma.",
    "en-US": "Bento takes the lantern. The wick smokes.",
}


@pytest.mark.parametrize(("provider", "language"), TABLES.items(), ids=TABLES)
async def test_every_fault_of_a_provider_is_told_over_and_every_call_is_paid_once(
    shared: Stack, provider: str, language: str
) -> None:
    assert {fault.kind for fault in FAULTS} == set(KINDS)
    await fresh_worker(
        shared,
        **{
            "YOURTALE_AI_ORDER": f"{provider},offline",
            f"{provider.upper()}_API_KEYS": ",".join(KEYS),
            f"{provider.upper()}_API_KEY": "",
        },
    )
    table = await Table.open(shared, language, await shared.channel())
    await table.join("Lia", "Bento")
    for fault in FAULTS:
        shared.ai.order(replace(fault, provider=provider))
        message = await table.told("Lia", DEEDS[language])
        assert shared.ai.faults.ordered == (), fault.kind
        sentences = re.findall(r"[^.!?…]+[.!?…]", told(content(message)))
        assert len(sentences) == len(set(sentences)) > 0, fault.kind
        # A good turn between two bad ones keeps the circuit closed, so that the next fault is met
        await table.told("Bento", DEEDS[language])
    tellings = await table.tellings()
    assert len(tellings) == 2 * len(FAULTS)
    assert all(after["start"] == before["seq"] for before, after in itertools.pairwise(tellings))
    await _paid(table)


@pytest.mark.parametrize("language", ["pt-BR", "en-US"])
async def test_an_outage_in_mid_campaign_is_said_once_at_each_end_and_changes_nothing(
    shared: Stack, language: str
) -> None:
    outage, back = text(language, "telling.outage"), text(language, "telling.back")
    await fresh_worker(shared, YOURTALE_AI_ORDER="gemini,mistral,offline")
    table = await Table.open(shared, language, await shared.channel())
    await table.join("Lia", "Bento")
    shared.ai.script(Turn(calls=(TAKE,)), Turn(text=TAKEN[language]), provider="gemini")
    assert told(content(await table.told("Bento", DEEDS[language]))) == TAKEN[language]
    await table.told("Lia", DEEDS[language])
    before = _facts(shared)
    assert "lantern with pc2" in before
    shared.ai.order(Fault("status", status=503, times=0))
    lines = [content(await table.told(hero, DEEDS[language])) for hero in ("Lia", "Bento", "Lia")]
    assert [line.endswith(outage) for line in lines] == [True, False, False]
    assert await teller(table) == "oracle"
    shared.ai.faults.clear()
    lines = [lines[-1]]
    async with asyncio.timeout(30):
        while not lines[-1].endswith(back):
            lines.append(content(await table.told("Bento", DEEDS[language])))
    assert await teller(table) in {"gemini", "mistral"}
    assert _facts(shared) == before
    lines.append(content(await table.told("Lia", DEEDS[language])))
    assert sum(back in line for line in lines) == 1
    assert not any(outage in line for line in lines)
    await _paid(table)


def _facts(stack: Stack) -> str:
    """Return where everybody and everything is, as the last question told it; the oracle may bless somebody."""
    body = str(stack.ai.requests[-1].body)
    heroes = re.findall(r"pc\d \w+ at \w+", body[body.rindex("<facts") :])
    return " ".join([*heroes, *re.findall(r"items: [^\\]+", body)[-1:]])


async def _paid(table: Table) -> None:
    """Assert that what is settled is on the bill to the millionth, and that estimates hold all that is left of it.

    An attempt that timed out before it reached the provider has a row and no bill.
    """
    booked, billed = defaultdict(list), defaultdict(list)
    for row in await ledger(table):
        booked[row["key_hint"]].append(row)
    for call in table.stack.ai.rows:
        if call.micro_usd:
            billed[fingerprint(call.key)].append(call.micro_usd)
    for key, rows in booked.items():
        left: Counter[int] = Counter(billed.pop(key, ()))
        settled: Counter[int] = Counter()
        settled.update(row["micro_usd"] for row in rows if row["state"] == "settled" and row["micro_usd"])
        assert settled <= left
        left -= settled
        estimates = [row["micro_usd"] for row in rows if row["state"] == "estimated"]
        assert left.total() <= len(estimates)
        assert sum(left.elements()) <= sum(estimates)
    assert not billed
