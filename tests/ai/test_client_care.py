"""Traps of the SDKs, held by the real SDK; and our lean adapter beside the official one, request by request."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from core.ai import Message, Prompt, ProviderError, Text, ToolCall, Unavailable
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
