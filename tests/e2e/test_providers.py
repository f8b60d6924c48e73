"""Providers that fail, each in its own way: the next one tells, or the oracle, and it is said once."""

import asyncio
from typing import Any

import pytest

from core.i18n import text
from playground.ai import Fault, Turn
from tests.e2e.play import Table, Watch, content, only_grows, told
from tests.e2e.providers import fresh_worker, ledger, teller
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

ENV = {
    "YOURTALE_AI_ORDER": "gemini,mistral,offline",
    "YOURTALE_GEMINI_MODELS": "gemini-2.5-flash-lite",
    "YOURTALE_EDIT_INTERVAL": "0.2",
    "YOURTALE_AI_FIRST_WORD_SECONDS": "1",
    "YOURTALE_AI_BETWEEN_SECONDS": "1",
    "YOURTALE_AI_WHOLE_SECONDS": "15",
}
ROLES = ("shards",)
ACT = "Escuto à porta do armazém."
OUTAGE, BACK, BUDGET = (text("pt-BR", f"telling.{key}") for key in ("outage", "back", "budget"))
STORY = (
    "Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso. "
    "Bento prende a respiração. O sal estala sob as botas dos dois."
)
"""True of a table that has just begun, so that no sentence of it is cut."""
MID_SENTENCE = 14


async def _table(stack: Stack, **env: str) -> Table:
    await fresh_worker(stack, **env)
    table = await Table.open(stack, channel=await stack.channel())
    await table.join("Lia", "Bento")
    return table


def _sentences(message: Any) -> list[str]:
    return [part.strip() for part in told(content(message)).replace("!", ".").split(". ") if part.strip()]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=503, times=0),
        Fault("hang", seconds=20, times=0),
        Fault("refuse", times=0),
        Fault("garbage", after=0, times=0),
        Fault("empty", times=0),
    ],
    ids=lambda fault: fault.kind,
)
async def test_the_next_provider_tells_when_the_first_is(shared: Stack, fault: Fault) -> None:
    table = await _table(shared)
    fault.provider = "gemini"
    shared.ai.order(fault)
    message = await table.told("Lia", ACT)
    rows = await ledger(table)
    assert [row["provider"] for row in rows][-1] == "mistral"
    assert rows[0]["provider"] == "gemini"
    assert all(row["outcome"] != rows[-1]["outcome"] for row in rows[:-1])
    assert await teller(table) == "mistral"
    assert OUTAGE not in content(message)


async def test_when_all_are_down_the_oracle_tells_and_both_outage_and_return_are_said_once(shared: Stack) -> None:
    table = await _table(shared)
    shared.ai.order(Fault("status", status=503, times=0))
    first = await table.told("Lia", ACT)
    assert content(first).endswith(OUTAGE)
    assert await teller(table) == "oracle"
    assert {row["provider"] for row in await ledger(table)} == {"gemini", "mistral"}
    assert OUTAGE not in content(await table.told("Bento", "Espero."))
    shared.ai.faults.clear()
    async with asyncio.timeout(30):
        while not content(back := await table.told("Lia", ACT)).endswith(BACK):
            assert OUTAGE not in content(back)
    assert await teller(table) in {"gemini", "mistral"}
    after = content(await table.told("Bento", "Espero."))
    assert BACK not in after
    assert OUTAGE not in after


async def test_a_provider_that_dies_in_mid_story_is_gone_on_from_and_nothing_is_repeated(shared: Stack) -> None:
    table = await _table(shared)
    pieces = tuple(f"{word} " for word in STORY.split())
    shared.ai.script(Turn(pieces=pieces), provider="gemini")
    shared.ai.script(Turn(pieces=pieces), provider="mistral")  # a model that begins again from the start
    shared.ai.order(
        Fault("half_stream", provider="gemini", after=MID_SENTENCE),
        Fault("status", provider="gemini", status=503, times=0),
    )
    watch = Watch(table)
    message = await table.told("Lia", ACT)
    await watch.stop()
    assert told(content(message)) == STORY
    assert only_grows(watch.forms[message["id"]])
    assert len(watch.narrations()) == 1
    assert await teller(table) == "mistral"
    assert {"gemini", "mistral"} == {row["provider"] for row in await ledger(table)}


async def test_when_all_die_in_mid_story_the_oracle_goes_on_behind_a_whole_sentence(shared: Stack) -> None:
    table = await _table(shared)
    shared.ai.script(Turn(pieces=tuple(f"{word} " for word in STORY.split())), provider="gemini")
    shared.ai.order(Fault("half_stream", provider="gemini", after=MID_SENTENCE), Fault("status", status=503, times=0))
    watch = Watch(table)
    message = await table.told("Lia", ACT)
    await watch.stop()
    assert content(message).startswith("Lia encosta o ouvido na porta. Lá dentro alguém arrasta um peso.")
    assert len(_sentences(message)) == len(set(_sentences(message))) >= 3
    assert only_grows(watch.forms[message["id"]])
    assert content(message).endswith(OUTAGE)


async def test_a_rejected_key_is_left_for_the_next_and_not_asked_again(shared: Stack) -> None:
    table = await _table(shared, GEMINI_API_KEYS="local-key,local-key-2", GEMINI_API_KEY="")
    shared.ai.keys["gemini"] = {"local-key-2"}
    assert OUTAGE not in content(await table.told("Lia", ACT))
    assert (await ledger(table))[0]["outcome"] == "key_rejected"
    assert len({row["key_hint"] for row in await ledger(table)}) == 2
    assert await teller(table) == "gemini"
    await table.told("Bento", "Espero.")
    assert sum(asked.key == "local-key" for asked in shared.ai.requests) == 1


async def test_a_key_rests_as_long_as_its_provider_says(shared: Stack) -> None:
    table = await _table(shared)
    shared.ai.order(Fault("rate_limited", provider="gemini", retry_after=60))
    await table.told("Lia", ACT)
    assert (await ledger(table))[0]["outcome"] == "rate_limited"
    assert await teller(table) == "mistral"
    await table.told("Bento", "Espero.")
    assert sum(asked.provider == "gemini" for asked in shared.ai.requests) == 1


async def test_a_story_that_a_provider_refuses_is_put_once_more_in_milder_words(shared: Stack) -> None:
    table = await _table(shared)
    shared.ai.order(Fault("blocked", provider="gemini"))
    message = await table.told("Lia", ACT)
    assert OUTAGE not in content(message)
    assert [row["outcome"] for row in await ledger(table)] == ["blocked", "ok"]
    first, second = (str(asked.body) for asked in shared.ai.requests)
    assert ACT in first
    assert ACT not in second
    assert await teller(table) == "gemini"


async def test_a_story_that_stays_refused_is_told_by_the_oracle(shared: Stack) -> None:
    table = await _table(shared)
    shared.ai.order(Fault("blocked", provider="gemini", times=2))
    message = await table.told("Lia", ACT)
    assert content(message).endswith(OUTAGE)
    assert [row["outcome"] for row in await ledger(table)] == ["blocked", "blocked"]
    assert await teller(table) == "oracle"
    assert content(await table.told("Bento", "Espero.")).endswith(BACK)


async def test_a_spent_budget_leaves_the_story_to_the_oracle_and_says_so(shared: Stack) -> None:
    table = await _table(shared, YOURTALE_BUDGET_SESSION_USD="0.000001")
    message = await table.told("Lia", ACT)
    assert content(message).endswith(BUDGET)
    assert BUDGET not in content(await table.told("Bento", "Espero."))
    assert await teller(table) == "oracle"
    assert shared.ai.requests == []
    assert await ledger(table) == []
