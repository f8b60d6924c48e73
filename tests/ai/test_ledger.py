"""Money: the ledger against the providers' own bill."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ai import (
    Account,
    Caps,
    Lease,
    MemoryLedger,
    MemoryLimits,
    Message,
    Need,
    NoProvider,
    Prompt,
    Router,
    Short,
    Usage,
)
from core.ai.money import Price, price_list
from playground.ai import AIProviders, BillRow, Fault, ToolAsk, Turn
from playground.ai.bill import PRICES
from playground.ai.faults import KINDS
from tests.ai.conftest import CHECK, MODELS, MakeRouter, ask, hear

if TYPE_CHECKING:
    from core.ai.ledger import Attempt, Entry


def check_against(ledger: MemoryLedger, ai: AIProviders) -> None:
    """Settled rows are the bill to the millionth; estimated ones are never below it."""
    unread = len(ledger.entries) - len(ai.rows)
    if unread:
        # On a busy machine a deadline can cut a call before the server has read it: no bill, but an estimate.
        assert 0 < unread <= sum(entry.state == "estimated" for entry in ledger.entries)
        assert sum(entry.micro_usd for entry in ledger.entries) >= sum(row.micro_usd for row in ai.rows)
        return
    for entry, row in zip(ledger.entries, ai.rows, strict=True):
        assert (entry.attempt.provider, entry.attempt.model) == (row.provider, row.model)
        check_row(entry, row)


def check_row(entry: Entry, row: BillRow) -> None:
    assert entry.state in {"settled", "estimated"}
    assert entry.attempt.estimate_micro_usd >= row.micro_usd
    if entry.state == "settled":
        assert entry.micro_usd == row.micro_usd
        if row.micro_usd:
            assert entry.usage == Usage(row.input, row.output, row.cached, row.thinking)
    else:
        assert entry.micro_usd >= row.micro_usd


@pytest.mark.parametrize("kind", MODELS)
async def test_a_settled_row_is_the_bill(kind: str, ai: AIProviders, router: MakeRouter, ledger: MemoryLedger) -> None:
    ai.script(Turn(text="The eel dives.", thinking=33), Turn(calls=(ToolAsk("check", {"who": "Lia"}),)))
    made = router(kind)
    for _ in range(3):
        await hear(made, ask(tools=(CHECK,)))
    assert [entry.state for entry in ledger.entries] == ["settled"] * 3
    check_against(ledger, ai)


async def test_words_the_provider_has_cached_are_cheaper(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    long = Message("system", "The harbour lies dry for the ninth day. " * 150)
    made = router("mistral")
    for text in ("I go on", "I wait"):
        await hear(made, Prompt("narration", (long, Message("user", text))))
    first, second = ledger.entries
    assert first.usage is not None
    assert second.usage is not None
    assert (first.usage.cached, second.usage.cached) == (0, ai.rows[1].cached)
    assert second.usage.cached >= 1_024
    assert second.micro_usd < first.micro_usd / 2
    check_against(ledger, ai)


FAULTS = st.builds(
    Fault,
    kind=st.sampled_from([kind for kind in KINDS if kind != "hang"]),
    after=st.integers(0, 6),
    skip=st.integers(0, 1),
    seconds=st.just(0.6),
    retry_after=st.sampled_from([None, 0.05, 30.0]),
)
TEXT = st.text(min_size=1, max_size=300)
TURNS = st.builds(
    Turn,
    text=st.text(alphabet="aé漢🜂 .", max_size=2_000),
    thinking=st.integers(0, 200),
    calls=st.lists(st.builds(ToolAsk, st.just("check"), st.fixed_dictionaries({"who": TEXT})), max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    faults=st.lists(FAULTS, max_size=4),
    turns=st.lists(TURNS, max_size=3),
    text=TEXT,
    prefix=st.text(max_size=40),
    limit=st.integers(1, 300),
    order=st.permutations(list(MODELS)),
)
async def test_no_fault_makes_the_ledger_say_less_than_the_bill(
    *, faults: list[Fault], turns: list[Turn], text: str, prefix: str, limit: int, order: list[str]
) -> None:
    async with AIProviders() as ai:
        ledger = MemoryLedger()
        urls = {"gemini": ai.gemini_url, "mistral": ai.mistral_url, "openai": ai.openai_url}
        providers = {
            kind: {"base_url": urls[kind], "keys": ["local-key"], "models": {MODELS[kind]: {"thinking_tokens": 50}}}
            for kind in order
        }
        ai.script(*turns)
        ai.order(*faults)
        deadlines = {"first_word": 0.4, "between_words": 0.4, "whole": 3}
        async with Router.from_mapping({"providers": providers, "deadlines": deadlines}, ledger=ledger) as made:
            for _ in range(2):
                with suppress(NoProvider):
                    await hear(made, ask(text, prefix=prefix, max_output_tokens=limit, tools=(CHECK,)))
        check_against(ledger, ai)


async def test_a_hanging_call_is_never_estimated_below_its_bill(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    ai.order(Fault("hang", times=0))
    ai.script(Turn(text="é" * 4_000, repeat=True))
    made = router("gemini", "openai", deadlines={"first_word": 0.1}, limits={"attempts": 2})
    with pytest.raises(NoProvider):
        await hear(made, ask("maré " * 200))
    assert [row.outcome for row in ai.rows] == ["cut", "cut"]
    assert all(entry.state == "estimated" for entry in ledger.entries)
    check_against(ledger, ai)


async def test_a_cancelled_caller_leaves_an_estimate_not_below_the_bill(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    for kind in MODELS:
        ai.order(Fault("slow_words", seconds=20, after=2))
        task = asyncio.create_task(hear(router(kind), ask()))
        async with asyncio.timeout(2):
            while len(ai.rows) < len(ledger.entries) or not ai.open_calls:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})
        async with asyncio.timeout(2):
            while ai.open_calls:
                await asyncio.sleep(0.01)
    assert {entry.outcome for entry in ledger.entries} == {"cancelled"}
    check_against(ledger, ai)


@dataclass
class Watching(MemoryLedger):
    """Notes how many questions had been received when a row was opened."""

    ai: Any = None
    received: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def open(self, row: Attempt) -> int:
        await asyncio.sleep(0.02)
        self.received.append(len(self.ai.requests))
        return await super().open(row)


async def test_the_row_is_written_before_the_provider_is_called(ai: AIProviders, router: MakeRouter) -> None:
    watching = Watching(ai=ai)
    ai.order(Fault("status", provider="mistral"))
    await hear(router("mistral", "openai", parts={"ledger": watching}), ask())
    assert watching.received == [0, 1]


async def test_a_row_says_who_pays_and_names_no_key(ai: AIProviders, router: MakeRouter, ledger: MemoryLedger) -> None:
    account = Account(guild_id=1, session_id=2, person_id=3, reference="r-4", from_seq=5, attempt=6)
    await hear(router("openai"), ask(), account)
    attempt = ledger.entries[0].attempt
    assert (attempt.account, attempt.kind, attempt.step) == (account, "narration", 1)
    assert "local-key" not in repr(ledger.entries)
    assert ai.requests[0].key == "local-key"


async def test_a_spent_budget_stops_before_the_call(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", parts={"limits": MemoryLimits(caps=Caps(session=700, guild=10_000, soft=1))})
    heard = 0
    with pytest.raises(NoProvider) as caught:
        for _ in range(50):
            await hear(made, ask(), Account(guild_id=1, session_id=7))
            heard += 1
    assert caught.value.reason == "budget"
    assert 0 < heard == len(ai.requests)
    assert sum(row.micro_usd for row in ai.rows) <= 700
    assert (await hear(made, ask(), Account(guild_id=1, session_id=8))).text


class Reserving(MemoryLimits):
    """Limits that note what they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Need] = []

    async def take(self, need: Need) -> Lease | Short:
        self.asked.append(need)
        return await super().take(need)


async def test_money_is_reserved_as_the_rows_have_it_and_tokens_as_they_are_likely_to_come(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    limits = Reserving()
    ai.order(Fault("half_stream", provider="mistral"), Fault("status", provider="gemini"))
    prompt = Prompt("narration", (Message("user", "I open the door and look around the harbour. " * 40),))
    await hear(router("mistral", "gemini", "openai", parts={"limits": limits}), prompt)
    assert [need.micro_usd for need in limits.asked] == [row.attempt.estimate_micro_usd for row in ledger.entries]
    guesses = [need.input_tokens for need in limits.asked]
    assert [0.8 * row.input < guess < 1.4 * row.input for guess, row in zip(guesses, ai.rows, strict=True)] == [
        True
    ] * 3


async def test_what_is_too_dear_for_the_budget_is_passed_over_for_the_cheaper(
    ai: AIProviders, router: MakeRouter
) -> None:
    limits = MemoryLimits(caps=Caps(installation=800, soft=1))
    heard = await hear(router("gemini", "openai", parts={"limits": limits}), ask(), Account(guild_id=1))
    assert (heard.end.provider, len(ai.requests)) == ("openai", 1)


def test_the_local_prices_are_those_that_the_router_knows() -> None:
    known = price_list()
    for kind, models in PRICES.items():
        for model, (fresh, cached, output) in models.items():
            price = known.prices[kind, model]
            assert price == Price.per_million({"input": fresh, "cached": cached, "output": output})
    assert all(known.sources.values())


def test_a_cost_is_rounded_up_once_per_call() -> None:
    price = Price.per_million({"input": 0.15, "output": 0.6, "cached": 0.015})
    assert price == Price(150, 600, 15)
    assert price.cost(Usage(input=1)) == 1
    assert price.cost(Usage(input=1_000, cached=400, output=10, thinking=5)) == (600 * 150 + 400 * 15 + 15 * 600) / 1000
    assert price.cost(Usage()) == 0
