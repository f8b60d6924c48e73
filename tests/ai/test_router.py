"""Order, fallback, resting keys, deadlines: what other routers get wrong."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import Any

import pytest

from core.ai import (
    Account,
    Attempt,
    Message,
    NoProvider,
    Prompt,
    Silent,
    ToolCall,
    Usage,
)
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.ai.conftest import CHECK, MODELS, MakeRouter, ask, hear

QUICK = {"first_word": 0.25, "between_words": 0.25, "whole": 5.0}
LONG = "One by one the lamps go out along the pier, and the water takes their light."


class HandClock:
    def __init__(self) -> None:
        self.at = time.time()

    def now(self) -> float:
        return self.at


def asked(ai: AIProviders) -> list[str]:
    return [received.provider for received in ai.requests]


def keys(ai: AIProviders) -> list[str]:
    return [received.key for received in ai.requests]


async def test_the_first_of_the_order_answers_and_is_named(ai: AIProviders, router: MakeRouter) -> None:
    heard = await hear(router("mistral", "gemini"), ask())
    assert (heard.end.provider, heard.end.model, heard.end.source) == ("mistral", MODELS["mistral"], "provider")
    assert asked(ai) == ["mistral"]


@pytest.mark.parametrize("kind", ["status", "refuse", "empty", "truncate", "garbage", "too_long", "key_rejected"])
async def test_what_fails_before_a_word_is_answered_by_the_next(kind: str, ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=LONG), provider="openai")
    ai.order(Fault(kind, provider="mistral", after=0, times=0))
    heard = await hear(router("mistral", "openai"), ask())
    assert (heard.text, heard.end.provider) == (LONG, "openai")


async def test_a_server_error_once_is_overcome_by_the_only_model(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", status=500))
    assert (await hear(router("openai"), ask())).text
    assert len(ai.requests) == 2


async def test_an_outage_is_not_hammered(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", status=503, times=0))
    made = router("openai", "mistral", keys=("local-key", "local-key-2"))
    with pytest.raises(NoProvider) as caught:
        await hear(made, ask())
    assert (caught.value.reason, caught.value.shown) == ("exhausted", "")
    assert "503" in caught.value.detail
    assert len(ai.requests) <= 6


async def test_a_route_is_tried_twice_and_no_more(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", status=503, times=0))
    with pytest.raises(NoProvider):
        await hear(router("openai"), ask())
    assert len(ai.requests) == 2


async def test_a_provider_that_fails_less_than_half_the_time_stays_in_use(ai: AIProviders, router: MakeRouter) -> None:
    made = router("gemini", "openai")
    await hear(made, ask())
    for _ in range(4):
        ai.order(Fault("status", provider="gemini"))
        await hear(made, ask())
        for _ in range(2):
            assert (await hear(made, ask())).end.provider == "gemini"


@pytest.mark.parametrize("kind", ["hang", "slow_first"])
async def test_a_first_word_that_does_not_come_is_asked_elsewhere(
    kind: str, ai: AIProviders, router: MakeRouter
) -> None:
    ai.order(Fault(kind, provider="gemini", seconds=20))
    heard = await hear(router("gemini", "openai", deadlines=QUICK), ask())
    assert heard.end.provider == "openai"
    async with asyncio.timeout(2):
        while ai.open_calls:
            await asyncio.sleep(0.01)


async def test_the_whole_has_a_deadline_of_its_own(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("slow_words", after=1, seconds=0.15, times=0))
    with pytest.raises(NoProvider) as caught:
        await hear(router("openai", deadlines=QUICK | {"whole": 0.5}), ask())
    assert caught.value.reason == "deadline"
    assert caught.value.shown


async def test_a_block_keeps_its_reason_is_not_retried_and_hurts_no_key(ai: AIProviders, router: MakeRouter) -> None:
    made = router("gemini", "openai")
    ai.order(Fault("blocked", provider="gemini"))
    with pytest.raises(NoProvider) as caught:
        await hear(made, ask())
    assert caught.value.reason == "blocked"
    assert "PROHIBITED_CONTENT" in caught.value.detail
    assert asked(ai) == ["gemini"]
    assert (await hear(made, ask())).end.provider == "gemini"


async def test_a_prompt_too_long_for_a_model_is_not_tried_with_its_other_key(
    ai: AIProviders, router: MakeRouter
) -> None:
    ai.order(Fault("too_long", times=0))
    with pytest.raises(NoProvider) as caught:
        await hear(router("openai", keys=("local-key", "local-key-2")), ask())
    assert caught.value.reason == "too_long"
    assert len(ai.requests) == 1


async def test_a_prompt_over_our_own_limit_is_not_sent(ai: AIProviders, router: MakeRouter) -> None:
    with pytest.raises(NoProvider) as caught:
        await hear(router("openai"), ask("salt " * 20_000))
    assert (caught.value.reason, ai.requests) == ("too_long", [])


async def test_a_prompt_without_measure_is_not_even_looked_at(ai: AIProviders, router: MakeRouter) -> None:
    limits = {"prompt_bytes": 1_000}
    with pytest.raises(NoProvider) as caught:
        await hear(router("openai", limits=limits), ask("x" * 1_001))
    assert (caught.value.reason, ai.requests) == ("too_long", [])


async def test_calls_at_the_same_time_are_spread_over_the_keys(ai: AIProviders, router: MakeRouter) -> None:
    made = router("mistral", keys=("local-key", "local-key-2"))
    ai.order(Fault("slow_first", seconds=0.1, times=0))
    await asyncio.gather(*(hear(made, ask()) for _ in range(10)))
    assert sorted(keys(ai)) == ["local-key"] * 5 + ["local-key-2"] * 5


class Notes(Silent):
    def __init__(self) -> None:
        self.notes: list[tuple[Any, ...]] = []

    def attempt_started(self, attempt: Attempt) -> None:
        self.notes.append(("started", attempt.provider, attempt.model))

    def first_word(self, attempt: Attempt, seconds: float) -> None:
        assert 0 < seconds < 5
        self.notes.append(("word", attempt.provider))

    def attempt_finished(
        self, attempt: Attempt, outcome: str, seconds: float, usage: Usage | None, micro_usd: int
    ) -> None:
        assert 0 < seconds < 5
        self.notes.append((outcome, attempt.provider, bool(usage and usage.output), micro_usd > 0))


async def test_an_observer_is_told_of_every_attempt(ai: AIProviders, router: MakeRouter) -> None:
    notes = Notes()
    ai.order(Fault("status", provider="mistral"), Fault("half_stream", provider="gemini", after=2))
    await hear(router("mistral", "gemini", "openai", parts={"observer": notes}), ask())
    assert notes.notes == [
        ("started", "mistral", MODELS["mistral"]),
        ("unavailable", "mistral", False, False),
        ("started", "gemini", MODELS["gemini"]),
        ("word", "gemini"),
        ("unavailable", "gemini", False, True),
        ("started", "openai", MODELS["openai"]),
        ("word", "openai"),
        ("ok", "openai", True, True),
    ]


async def test_thoughts_cannot_eat_the_answer_of_a_model_that_has_an_allowance(
    ai: AIProviders, router: MakeRouter
) -> None:
    ai.script(Turn(text="Still, it holds.", thinking=90, repeat=True))
    with pytest.raises(NoProvider):
        await hear(router("openai"), ask(max_output_tokens=40))
    model = {"tale-small": {"thinking_tokens": 100}}
    provider = {"base_url": ai.openai_url, "keys": ["local-key"], "models": model}
    heard = await hear(router(providers={"openai": provider}), ask(max_output_tokens=40))
    assert heard.text == "Still, it holds."
    assert heard.end.usage is not None
    assert heard.end.usage.thinking == 90


async def test_orders_may_differ_by_kind_of_prompt(ai: AIProviders, router: MakeRouter) -> None:
    order = {"default": ["openai/tale-small"], "rules": [f"mistral/{MODELS['mistral']}"]}
    made = router("openai", "mistral", order=order)
    await hear(made, ask())
    await hear(made, Prompt("rules", ask().messages))
    assert asked(ai) == ["openai", "mistral"]


@pytest.mark.parametrize("wrong", ["Hello", [], [{"role": "wizard", "content": "Hello"}]])
async def test_complete_refuses_what_is_no_conversation(ai: AIProviders, router: MakeRouter, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"messages|role"):
        await router("openai").complete(wrong)
    assert not ai.requests


async def test_complete_takes_plain_messages_and_tells_what_failed_before(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", provider="gemini"))
    ai.script(Turn(text="It is raised by one."), provider="openai")
    done = await router("gemini", "openai").complete([{"role": "user", "content": "What does cover do?"}])
    assert (done.text, done.provider, done.reason) == ("It is raised by one.", "openai", "stop")
    assert [(failure.provider, failure.code) for failure in done.failures] == [("gemini", "unavailable")]


async def test_complete_reads_servers_that_do_not_stream(ai: AIProviders, router: MakeRouter) -> None:
    model = {"tale-small": {"extra": {"stream": False}}}
    provider = {"base_url": ai.openai_url, "keys": ["local-key"], "models": model}
    ai.script(Turn(text="Whole.", calls=(ToolAsk("check", {"who": "Kim"}),)))
    done = await router(providers={"openai": provider}).complete([{"role": "user", "content": "hm"}], tools=[CHECK])
    assert (done.text, done.calls[0].arguments) == ("Whole.", {"who": "Kim"})
    assert done.usage is not None


async def test_nothing_that_is_set_up_means_no_route(router: MakeRouter) -> None:
    with pytest.raises(NoProvider) as caught:
        await hear(router(), ask())
    assert caught.value.reason == "no_route"


async def test_a_caller_who_leaves_closes_the_socket_and_the_row(
    ai: AIProviders, router: MakeRouter, ledger: Any
) -> None:
    ai.order(Fault("slow_words", seconds=30, after=2))
    async with aclosing(router("gemini").stream(ask(), account=Account())) as events:
        async for _ in events:
            break
    async with asyncio.timeout(2):
        while ai.open_calls:
            await asyncio.sleep(0.01)
    assert [(row.state, row.outcome) for row in ledger.entries] == [("estimated", "cancelled")]


async def test_a_call_id_that_mistral_refuses_is_rewritten_the_same_way_twice(
    ai: AIProviders, router: MakeRouter
) -> None:
    call = ToolCall("functions.check:0", "check", {"who": "Lia"})
    turns = (Message("assistant", "", (call,)), Message("tool", "no", tool_call_id=call.id))
    await hear(router("mistral"), Prompt("narration", (*ask().messages, *turns), tools=(CHECK,)))
    sent = ai.requests[-1].body["messages"]
    assert sent[-1]["tool_call_id"] == sent[-2]["tool_calls"][0]["id"]
