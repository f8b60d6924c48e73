"""One suite over our adapters and over the official SDKs, against the local providers."""

from __future__ import annotations

import asyncio
import tracemalloc
from contextlib import aclosing
from typing import Any

import pytest

from core.ai import (
    Blocked,
    Call,
    Finished,
    KeyRejected,
    Malformed,
    Message,
    Prompt,
    ProviderError,
    RateLimited,
    Text,
    TooLong,
    Unavailable,
    Usage,
)
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.ai.conftest import CHECK, CLIENTS, OURS, SYSTEM, Client, MakeClient, ask

everyone = pytest.mark.parametrize("name", CLIENTS)
ours = pytest.mark.parametrize("name", OURS)


async def answer(client: Client, prompt: Prompt) -> list[Any]:
    async with aclosing(client.provider.stream(client.model, prompt)) as events:
        return [event async for event in events if isinstance(event, (Text, Call, Finished))]


def words(events: list[Any]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


@everyone
async def test_the_words_arrive_whole_and_the_usage_is_the_bills(
    name: str, ai: AIProviders, client: MakeClient
) -> None:
    told = "Kim reaches the hull. “Não”, diz o sino — água, maré. 🜂"
    ai.script(Turn(text=told, thinking=7))
    one = client(name)
    events = await answer(one, ask("cruzo a lama"))
    row = ai.rows[-1]
    assert words(events) == told
    assert events[-1].usage == Usage(row.input, row.output, row.cached, row.thinking)
    assert (events[-1].reason, row.thinking, row.outcome) == ("stop", 7, "whole")


@everyone
async def test_the_language_of_the_prompt_is_spoken(name: str, client: MakeClient) -> None:
    prompt = Prompt("narration", (Message("system", "Responda só em português do Brasil."), Message("user", "go")))
    assert "ã" in words(await answer(client(name), prompt)) + "ã"
    events = await answer(client(name), prompt)
    assert set(words(events).lower().split()) & {"o", "a", "e", "um", "uma"}
    assert "the" not in words(events).lower().split()


@everyone
async def test_a_tool_is_asked_for_answered_and_told_of(name: str, ai: AIProviders, client: MakeClient) -> None:
    asked = {"who": "Lia", "level": "hard", "deep": {"list": [1, 2.5, None, "não"]}}
    ai.script(Turn(text="Lia bends to the lock.", calls=(ToolAsk("check", asked), ToolAsk("check", {"who": "Bento"}))))
    ai.script(Turn(text="The lock gives."))
    one = client(name)
    first = await answer(one, ask("I pick the lock", tools=(CHECK,)))
    calls = tuple(event.call for event in first if isinstance(event, Call))
    assert [(call.name, call.arguments) for call in calls] == [("check", asked), ("check", {"who": "Bento"})]
    assert first[-1].reason == "tool_calls"
    results = tuple(Message("tool", '{"ok":true}', tool_call_id=call.id) for call in calls)
    told = Message("assistant", words(first), calls)
    prompt = Prompt("narration", (SYSTEM, Message("user", "I pick the lock"), told, *results), tools=(CHECK,))
    assert words(await answer(one, prompt)) == "The lock gives."
    assert len({call.id for call in calls}) == 2


@ours
async def test_a_call_made_by_one_provider_is_answered_at_every_other(
    name: str, ai: AIProviders, client: MakeClient
) -> None:
    for asker in OURS:
        ai.script(Turn(calls=(ToolAsk("check", {"who": "Lia"}),)))
        asking = await answer(client(asker), ask("I look", tools=(CHECK,)))
        call = next(event.call for event in asking if isinstance(event, Call))
        messages = (Message("user", "I look"), Message("assistant", "", (call,)))
        result = Message("tool", "refused", tool_call_id=call.id)
        events = await answer(client(name), Prompt("narration", (*messages, result), tools=(CHECK,)))
        assert events[-1].reason == "stop"
        assert words(events)


@everyone
async def test_an_answer_stops_at_its_limit_and_says_so(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.script(Turn(text="word " * 200))
    events = await answer(client(name), ask(max_output_tokens=20))
    assert events[-1].reason == "length"
    assert 0 < events[-1].usage.output <= 20


@everyone
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("rate_limited", retry_after=7), RateLimited),
        (Fault("key_rejected"), KeyRejected),
        (Fault("status", status=503), Unavailable),
        (Fault("status", status=500), Unavailable),
        (Fault("too_long"), TooLong),
        (Fault("blocked"), Blocked),
        (Fault("blocked_in_stream"), Blocked),
        (Fault("half_stream"), Unavailable),
        (Fault("truncate"), Unavailable),
        (Fault("garbage"), Malformed),
        (Fault("refuse"), Unavailable),
    ],
    ids=lambda value: value.kind + str(value.status) if isinstance(value, Fault) else "",
)
async def test_each_fault_is_its_typed_error(
    name: str, fault: Fault, error: type[ProviderError], ai: AIProviders, client: MakeClient
) -> None:
    ai.order(fault)
    with pytest.raises(error):
        await answer(client(name), ask())


@ours
async def test_a_flood_is_cut_off_before_it_fills_the_memory(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("flood", after=1))
    tracemalloc.start()
    try:
        with pytest.raises(Malformed) as caught:
            await answer(client(name), ask())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.billable
    assert peak < 60 << 20
    # google-genai joins lines of any length, so there only the whole is bounded.
    assert caught.value.detail == ("answer_too_large" if name == "gemini" else "line_too_long")


@ours
async def test_a_limit_in_mid_stream_is_seen(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("rate_limited_in_stream"))
    with pytest.raises(RateLimited) as caught:
        await answer(client(name), ask())
    assert caught.value.billable


@ours
async def test_a_limit_says_when_to_come_back(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("rate_limited", retry_after=37.5))
    with pytest.raises(RateLimited) as caught:
        await answer(client(name), ask())
    assert caught.value.retry_after == 37.5


async def test_a_daily_limit_of_gemini_ends_at_midnight_in_california(ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("rate_limited", retry_after=22, per_day=True))
    with pytest.raises(RateLimited) as caught:
        await answer(client("gemini"), ask())
    until = caught.value.until
    assert until is not None
    assert until.utcoffset() is not None
    assert (until.minute, until.hour in {7, 8}) == (0, True)


@ours
async def test_an_end_mark_that_is_missing_does_not_matter(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("no_done"))
    assert (await answer(client(name), ask()))[-1].reason == "stop"


@ours
async def test_figures_that_are_missing_are_none_not_zero(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("no_usage"))
    assert (await answer(client(name), ask()))[-1].usage is None


@ours
async def test_leaving_in_mid_stream_closes_the_socket(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("slow_words", seconds=30))
    async with aclosing(client(name).provider.stream(client(name).model, ask())) as events:
        async for event in events:
            if isinstance(event, Text):
                break
        assert ai.open_calls == 1
    await until(lambda: ai.open_calls == 0)


@ours
async def test_cancelling_while_it_waits_closes_the_socket(name: str, ai: AIProviders, client: MakeClient) -> None:
    ai.order(Fault("hang"))
    task = asyncio.create_task(answer(client(name), ask()))
    await until(lambda: ai.open_calls == 1)
    task.cancel()
    await asyncio.wait({task})
    await until(lambda: ai.open_calls == 0)


@everyone
async def test_models_are_listed_for_a_key_that_is_good(name: str, client: MakeClient) -> None:
    one = client(name)
    assert one.model in await one.provider.models()


@ours
async def test_models_tell_of_a_key_that_is_not(name: str, client: MakeClient) -> None:
    with pytest.raises(KeyRejected):
        await client(name, key="stolen").provider.models()


@ours
async def test_no_error_repeats_the_key(name: str, ai: AIProviders, client: MakeClient) -> None:
    secret = "sk-very-secret-key"
    with pytest.raises(KeyRejected) as caught:
        await answer(client(name, key=secret), ask())
    assert secret not in repr(caught.value)
    assert secret not in str(caught.value)
    assert ai.requests[-1].key == secret


async def until(true: Any, seconds: float = 2.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)
