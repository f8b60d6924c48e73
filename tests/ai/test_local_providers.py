"""The local providers themselves: keys, control, bill, and what a stranger's client sees."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from playground.ai import AIProviders, Fault, Latency, Turn
from playground.ai.faults import KINDS
from playground.ai.latency import Draw

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUESTION = {"messages": [{"role": "user", "content": "abro a porta e olho para a água"}]}
CONTENTS = {"contents": [{"role": "user", "parts": [{"text": "I look at the sea and the boats"}]}]}


@pytest.fixture
async def http(ai: AIProviders) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(ai.base_url) as session:
        yield session


async def chat(http: aiohttp.ClientSession, provider: str, key: str = "local-key", **body: Any) -> Any:
    model = {"openai": "tale-small", "mistral": "mistral-small-latest"}[provider]
    headers = {"Authorization": f"Bearer {key}"}
    document = {"model": model, **QUESTION, **body}
    async with http.post(f"/{provider}/v1/chat/completions", json=document, headers=headers) as response:
        return response.status, await response.json(), response.headers


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_gemini_answers_whole_under_both_versions(version: str, http: aiohttp.ClientSession) -> None:
    url = f"/gemini/{version}/models/gemini-3.5-flash-lite:generateContent?key=local-key"
    async with http.post(url, json=CONTENTS) as response:
        document = await response.json()
    candidate = document["candidates"][0]
    assert candidate["finishReason"] == "STOP"
    assert candidate["content"]["parts"][0]["text"]
    usage = document["usageMetadata"]
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["candidatesTokenCount"]


@pytest.mark.parametrize("provider", ["openai", "mistral"])
async def test_chat_answers_whole_in_the_language_of_the_question(provider: str, http: aiohttp.ClientSession) -> None:
    status, document, _ = await chat(http, provider)
    text = document["choices"][0]["message"]["content"]
    assert (status, document["choices"][0]["finish_reason"]) == (200, "stop")
    assert " the " not in text
    again = (await chat(http, provider))[1]["choices"][0]["message"]["content"]
    assert again == text


@pytest.mark.parametrize("provider", ["openai", "mistral"])
async def test_a_key_that_is_not_known_is_refused_and_free(
    provider: str, ai: AIProviders, http: aiohttp.ClientSession
) -> None:
    status, document, _ = await chat(http, provider, key="stolen")
    assert status == 401
    assert document.get("detail") == "Unauthorized" or document["error"]["code"] == "invalid_api_key"
    assert ai.bill.document()["micro_usd"] == 0


async def test_gemini_refuses_a_bad_key_with_its_own_400(http: aiohttp.ClientSession) -> None:
    url = "/gemini/v1beta/models/gemini-3.5-flash-lite:generateContent"
    async with http.post(url, json=CONTENTS, headers={"x-goog-api-key": "stolen"}) as response:
        error = (await response.json())["error"]
    assert (response.status, error["details"][0]["reason"]) == (400, "API_KEY_INVALID")


async def test_each_provider_hints_at_when_to_come_back_in_its_own_way(
    ai: AIProviders, http: aiohttp.ClientSession
) -> None:
    ai.order(Fault("rate_limited", retry_after=12, per_day=True, times=0))
    _, _, openai = await chat(http, "openai")
    _, mistral_body, mistral = await chat(http, "mistral")
    url = "/gemini/v1/models/gemini-3.5-flash-lite:generateContent?key=local-key"
    async with http.post(url, json=CONTENTS) as response:
        details = (await response.json())["error"]["details"]
        assert "Retry-After" not in response.headers
    assert openai["Retry-After"] == "12"
    assert (mistral["x-ratelimit-remaining-req-minute"], mistral_body["code"]) == ("0", "1300")
    assert "PerDay" in details[0]["violations"][0]["quotaId"]
    assert details[1]["retryDelay"] == "12.000000000s"


async def test_faults_script_keys_and_latency_can_be_ordered_over_http(
    ai: AIProviders, http: aiohttp.ClientSession
) -> None:
    async with http.post("/control/ai/faults", json=[{"kind": "status", "status": 502}]) as response:
        assert len((await response.json())["ordered"]) == 1
    turns = {"turns": [{"text": "One."}, {"pieces": ["T", "wo."], "calls": [{"name": "check"}]}], "provider": "openai"}
    async with http.post("/control/ai/script", json=turns) as response:
        assert response.status == 200
    async with http.post("/control/ai/keys", json={"provider": "openai", "key": "mine"}) as response:
        assert "mine" in (await response.json())["keys"]
    async with http.post("/control/ai/latency", json={"first": {"kind": "fixed", "value": 0.05}}) as response:
        assert response.status == 200
    assert (await chat(http, "openai", key="mine"))[0] == 502
    started = time.monotonic()
    assert (await chat(http, "openai", key="mine"))[1]["choices"][0]["message"]["content"] == "One."
    assert time.monotonic() - started >= 0.05
    choice = (await chat(http, "openai", key="mine"))[1]["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("Two.", "tool_calls")
    async with http.get("/control/ai/bill") as response:
        bill = await response.json()
    assert [row["outcome"] for row in bill["rows"]] == ["refused", "whole", "whole"]
    assert bill["micro_usd"] == sum(row.micro_usd for row in ai.rows) > 0
    async with http.get("/control/ai/requests") as response:
        assert (await response.json())["requests"][0]["body"]["messages"] == QUESTION["messages"]
    async with http.post("/control/ai/reset") as response:
        assert response.status == 200
    assert (await chat(http, "openai", key="mine"))[0] == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "earthquake"}),
        ("faults", {"kind": "status", "colour": "red"}),
        ("faults", [1]),
        ("script", {"turns": [{"song": "x"}]}),
        ("script", {}),
        ("latency", {"first": {"speed": 1}}),
        ("keys", {"provider": "nobody", "key": "x"}),
    ],
)
async def test_a_wrong_order_is_refused_with_a_reason(path: str, body: Any, http: aiohttp.ClientSession) -> None:
    async with http.post(f"/control/ai/{path}", json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]


async def test_what_is_not_json_or_not_a_question_is_a_bad_request(http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": "Bearer local-key"}
    for data in (b"{", b"[]", b"{}", b'{"model": "tale-small", "messages": [{"role": "king", "content": ""}]}'):
        async with http.post("/openai/v1/chat/completions", data=data, headers=headers) as response:
            assert response.status == 400


async def test_mistral_refuses_what_the_real_one_refuses(http: aiohttp.ClientSession) -> None:
    messages = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    assert (await chat(http, "mistral", messages=messages))[0] == 400
    call = {"id": "too-long-an-id", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [{"role": "assistant", "content": "", "tool_calls": [call]}, {"role": "user", "content": "a"}]
    assert (await chat(http, "mistral", messages=messages))[0] == 400


async def test_figures_are_only_streamed_by_openai_where_asked_for(http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": "Bearer local-key"}
    for options, expected in (({}, False), ({"stream_options": {"include_usage": True}}, True)):
        body = {"model": "tale-small", "stream": True, **QUESTION, **options}
        async with http.post("/openai/v1/chat/completions", json=body, headers=headers) as response:
            text = await response.text()
        assert ('"usage"' in text) is expected
        assert text.endswith("data: [DONE]\n\n")


def test_draws_follow_their_distribution_and_repeat_with_their_seed() -> None:
    def draws(seed: int) -> list[float]:
        latency = Latency(first=Draw("lognormal", median=0.4, p99=2.0), seed=seed)
        return sorted(latency.first_seconds() for _ in range(2_000))

    values = draws(1)
    assert values[1_000] == pytest.approx(0.4, rel=0.1)
    assert values[1_980] == pytest.approx(2.0, rel=0.35)
    assert values == draws(1) != draws(2)
    assert Draw("values", values=(3.0,)).seconds(Latency()._source) == 3.0
    assert 1 <= Draw("uniform", low=1, high=2).seconds(Latency()._source) <= 2


def test_every_fault_says_what_it_does() -> None:
    assert all(KINDS.values())


async def test_a_cut_answer_is_billed_whole(ai: AIProviders, http: aiohttp.ClientSession) -> None:
    ai.script(Turn(text="water " * 50, repeat=True))
    ai.order(Fault("truncate", after=1, skip=1))
    await chat(http, "openai", stream=False)
    with pytest.raises(ValueError):
        await chat(http, "openai")
    whole, cut = ai.rows
    assert (cut.outcome, cut.micro_usd) == ("cut", whole.micro_usd)


async def test_the_process_says_where_it_listens_and_ends_when_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground.ai.serve", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        lines = dict([(await process.stdout.readline()).decode().strip().split(": ", 1) for _ in range(5)])
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {lines['Key']}"}
        async with session.get(f"{lines['OpenAI']}/models", headers=headers) as response:
            assert response.status == 200
    os.kill(process.pid, signal.SIGTERM)
    async with asyncio.timeout(5):
        assert await process.wait() == 0
