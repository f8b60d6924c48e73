"""Traps of the SDKs, held by the real SDK; and our lean adapter beside the official one, request by request."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from core.ai import (
    Blocked,
    MemoryLimits,
    Message,
    NoProvider,
    Prompt,
    ProviderError,
    Quota,
    Text,
    ToolCall,
    Unavailable,
)
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.ai.conftest import CHECK, SYSTEM, MakeClient, MakeRouter, ask, hear

if TYPE_CHECKING:
    from core.ai import MemoryLedger

CALL = ToolCall("abcDEF123", "check", {"who": "Lia", "level": "hard"})
TURNS = (
    Message("assistant", "Lia bends to the lock.", (CALL,)),
    Message("tool", '{"ok":true}', tool_call_id="abcDEF123"),
)
PROMPTS = {
    "plain": ask("abro a porta — “já”"),
    "tools": ask(tools=(CHECK,), temperature=0.3, max_output_tokens=77),
    "answered": Prompt("narration", (SYSTEM, Message("user", "I pick the lock"), *TURNS), tools=(CHECK,)),
    "prefix": ask(prefix="The pin"),
    "answered, prefix": Prompt("narration", (Message("user", "go"), *TURNS), tools=(CHECK,), prefix="The pin"),
    "cached": ask(cache_scope="session-1"),
    "schema": ask(schema={"type": "object", "properties": {"sky": {"type": "string"}}, "required": ["sky"]}),
}


@pytest.mark.parametrize("which", PROMPTS)
async def test_mistral_gets_from_us_what_its_sdk_sends(which: str, ai: AIProviders, client: MakeClient) -> None:
    events: list[list[Any]] = []
    for name in ("mistral", "mistralai"):
        ai.script(Turn(text="The lock gives.", calls=(ToolAsk("check", {"who": "Kim"}),), thinking=3))
        one = client(name)
        async with aclosing(one.provider.stream(one.model, PROMPTS[which])) as stream:
            events.append([event async for event in stream])
    ours, theirs = ai.requests
    assert ours.body == without_defaults(theirs.body)
    assert ours.path == theirs.path
    for header in ("Authorization", "Content-Type", "Accept"):
        assert ours.headers[header] == theirs.headers[header]
    assert events[0] == events[1]


def without_defaults(body: dict[str, Any]) -> dict[str, Any]:
    """The SDK spells out two documented defaults of an assistant message."""
    for message in body["messages"]:
        if message.get("prefix") is False:
            del message["prefix"]
        for call in message.get("tool_calls") or ():
            assert call.pop("index") == 0
    return body


async def test_gemini_gets_the_request_that_its_documentation_describes(ai: AIProviders, client: MakeClient) -> None:
    one = client("gemini")
    async with aclosing(one.provider.stream(one.model, PROMPTS["answered, prefix"])) as stream:
        async for _ in stream:
            pass
    body = ai.requests[0].body
    assert ai.requests[0].path == f"/gemini/v1beta/models/{one.model}:streamGenerateContent?alt=sse"
    assert [content["role"] for content in body["contents"]] == ["user", "model", "user", "model", "user"]
    asked = body["contents"][1]["parts"]
    assert asked[0] == {"text": "Lia bends to the lock."}
    assert asked[1]["functionCall"] == {"name": "check", "args": {"who": "Lia", "level": "hard"}}
    assert "thoughtSignature" in asked[1]
    answered = body["contents"][2]["parts"][0]["functionResponse"]
    assert (answered["name"], answered["response"]) == ("check", {"ok": True})
    assert body["generationConfig"]["maxOutputTokens"] == 400
    # The SDK writes this one field in snake case, which Google's JSON takes as well.
    assert body["tools"][0]["functionDeclarations"][0]["parameters_json_schema"] == CHECK.parameters


async def test_a_signature_that_gemini_gave_goes_back_to_it(ai: AIProviders, client: MakeClient) -> None:
    ai.script(Turn(calls=(ToolAsk("check", {"who": "Lia"}),)))
    one = client("gemini")
    async with aclosing(one.provider.stream(one.model, ask(tools=(CHECK,)))) as stream:
        call = next(event.call for event in [e async for e in stream] if hasattr(event, "call"))
    turns = (Message("assistant", "", (call,)), Message("tool", "plain words", tool_call_id=call.id))
    prompt = Prompt("narration", (*ask().messages, *turns), tools=(CHECK,))
    async with aclosing(one.provider.stream(one.model, prompt)) as stream:
        assert [event async for event in stream]
    contents = ai.requests[1].body["contents"]
    assert contents[1]["parts"][0]["thoughtSignature"] == "bG9jYWwtdGhvdWdodA=="
    assert contents[2]["parts"][0]["functionResponse"]["response"] == {"result": "plain words"}


async def test_genai_does_not_sleep_after_a_connection_error(client: MakeClient, ai: AIProviders) -> None:
    one = client("gemini")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        one.provider._client._api_client._http_options.base_url = f"http://127.0.0.1:{held.getsockname()[1]}"  # type: ignore[attr-defined]
        started = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            async with aclosing(one.provider.stream(one.model, ask())) as stream:
                await anext(stream)
    # The SDK's own pause is a whole second or more.
    assert time.monotonic() - started < 0.9
    assert not caught.value.billable
    assert ai.requests == []


async def test_genai_asks_once_whatever_comes_back(ai: AIProviders, client: MakeClient) -> None:
    one = client("gemini")
    for status in (429, 500, 503):
        ai.order(Fault("rate_limited") if status == 429 else Fault("status", status=status))
        with suppress(ProviderError):
            async with aclosing(one.provider.stream(one.model, ask())) as stream:
                await anext(stream)
    assert len(ai.requests) == 3


@pytest.mark.parametrize("kind", ["gemini", "mistral", "openai"])
async def test_a_reader_who_is_slow_and_leaves_still_closes_the_socket(
    kind: str, ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    # Suspended at its own await, not in the SDK's: the case in which genai keeps the socket open.
    ai.order(Fault("slow_words", seconds=30, after=3))

    async def read_slowly() -> None:
        async for event in router(kind).stream(ask(), account=_nobody()):
            if isinstance(event, Text):
                await asyncio.sleep(10)

    task = asyncio.create_task(read_slowly())
    async with asyncio.timeout(2):
        while not ai.open_calls:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait({task})
    async with asyncio.timeout(2):
        while ai.open_calls or not ledger.entries or ledger.entries[0].state == "open":
            await asyncio.sleep(0.01)


async def test_a_429_inside_geminis_stream_is_a_rest_and_not_a_word(ai: AIProviders, router: MakeRouter) -> None:
    # The SDK raises it from its own iterator, where its retries do not reach.
    told = "One by one the lamps go out along the pier, and the water takes their light."
    for provider in ("gemini", "openai"):
        ai.script(Turn(text=told), provider=provider)
    ai.order(Fault("rate_limited_in_stream", provider="gemini", after=4))
    made = router("gemini", "openai")
    done = await made.complete([{"role": "user", "content": "go"}])
    assert (done.text, [attempt.outcome for attempt in done.attempts]) == (told, ["rate_limited", "ok"])
    # It had begun to work, so the row is an estimate, not nothing.
    assert not done.attempts[0].exact
    assert done.attempts[0].micro_usd >= ai.rows[0].micro_usd > 0
    assert (await hear(made, ask())).end.provider == "openai"


async def test_geminis_thoughts_that_eat_the_answer_are_no_answer(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text="Still, it holds.", thinking=90), provider="gemini")
    ai.script(Turn(text="It holds."), provider="mistral")
    done = await router("gemini", "mistral").complete([{"role": "user", "content": "go"}], max_output_tokens=40)
    assert done.text == "It holds."
    assert (done.attempts[0].outcome, done.attempts[0].exact) == ("malformed", True)
    assert done.attempts[0].micro_usd == ai.rows[0].micro_usd > 0


async def test_empty_candidates_with_a_block_reason_are_a_block(ai: AIProviders, client: MakeClient) -> None:
    one = client("gemini")
    ai.order(Fault("blocked"))
    with pytest.raises(Blocked) as caught:
        async with aclosing(one.provider.stream(one.model, ask())) as stream:
            async for _ in stream:
                pass
    assert caught.value.detail == "PROHIBITED_CONTENT"
    assert caught.value.usage is not None


async def test_a_refused_connection_is_never_paid_nor_counted(router: MakeRouter, ledger: MemoryLedger) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        limits = MemoryLimits(
            {("gemini", "gemini-3.5-flash-lite"): Quota(rpm=1), ("openai", "tale-small"): Quota(rpm=1)}
        )
        providers = {
            "gemini": {"base_url": url, "keys": ["k"], "models": ["gemini-3.5-flash-lite"]},
            "openai": {"base_url": url, "keys": ["k"], "models": {"tale-small": {"price": "free"}}},
        }
        made = router(providers=providers, parts={"limits": limits})
        for _ in range(2):
            with pytest.raises(NoProvider) as caught:
                await hear(made, ask())
            assert caught.value.reason == "exhausted"
    # The one request a minute was given back each time, and every row says zero for certain.
    assert {(entry.state, entry.micro_usd) for entry in ledger.entries} == {("settled", 0)}
    assert len(ledger.entries) == 6


async def test_a_reader_slower_than_the_deadline_is_not_the_providers_fault(
    ai: AIProviders, router: MakeRouter
) -> None:
    ai.order(Fault("slow_words", seconds=0.05, after=1))
    made = router("openai", deadlines={"first_word": 0.3, "between_words": 0.3})
    text = ""
    async with aclosing(made.stream(ask(), account=_nobody())) as events:
        async for event in events:
            if isinstance(event, Text):
                text += event.text
                if len(text) < 40:
                    await asyncio.sleep(0.35)
    assert len(ai.requests) == 1
    assert text.endswith(".")


def test_the_shards_load_no_sdk() -> None:
    code = "import bot.shards, sys; print([n for n in ('google.genai', 'mistralai') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


async def test_one_session_serves_every_key(ai: AIProviders, router: MakeRouter) -> None:
    made = router("gemini", "openai", keys=("local-key", "local-key-2"))
    ai.order(Fault("rate_limited", provider="gemini", retry_after=60, times=0))
    for _ in range(3):
        await hear(made, ask())
    assert {received.key for received in ai.requests} == {"local-key", "local-key-2"}
    session = made._session
    await made.aclose()
    assert session is not None
    assert session.closed


def _nobody() -> Any:
    from core.ai import Account

    return Account()
