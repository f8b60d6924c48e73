"""Answers that must have a shape, on every provider."""

from __future__ import annotations

from typing import Any

import pytest

from core.ai import NoProvider, Tool
from core.ai.schema import coerced, faults
from playground.ai import AIProviders, ToolAsk, Turn
from tests.ai.conftest import MODELS, MakeRouter

WEATHER = {
    "type": "object",
    "properties": {"sky": {"type": "string", "enum": ["clear", "rain"]}, "wind": {"type": "integer", "minimum": 0}},
    "required": ["sky", "wind"],
    "additionalProperties": False,
}
QUESTION = [{"role": "user", "content": "What is the weather?"}]
ROLL = Tool("roll", "Roll.", {"type": "object", "properties": {"sides": {"type": "integer"}}, "required": ["sides"]})


@pytest.mark.parametrize("kind", MODELS)
async def test_each_provider_is_asked_for_the_schema_and_its_json_is_read(
    kind: str, ai: AIProviders, router: MakeRouter
) -> None:
    ai.script(Turn(text='{"sky": "rain", "wind": 3}'))
    done = await router(kind).complete(QUESTION, schema=WEATHER)
    assert done.value == {"sky": "rain", "wind": 3}
    body: Any = ai.requests[0].body
    if kind == "gemini":
        config = body["generationConfig"]
        assert (config["responseMimeType"], config["responseJsonSchema"]) == ("application/json", WEATHER)
    else:
        asked = body["response_format"]
        assert asked["type"] == "json_schema"
        assert asked["json_schema"] == {"name": "answer", "schema": WEATHER, "strict": True}


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"sky": "rain", "wind": 3}\n```',
        'Here it is: {"sky": "rain", "wind": 3}. Enjoy!',
        '{"sky": "rain", "wind": "3"}',
        '{"sky": "rain", "wind": 3.0}',
    ],
)
async def test_plain_slips_are_put_right_without_a_call(text: str, ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=text))
    done = await router("openai").complete(QUESTION, schema=WEATHER)
    assert (done.value, len(ai.requests)) == ({"sky": "rain", "wind": 3}, 1)


@pytest.mark.parametrize("kind", MODELS)
async def test_a_wrong_answer_is_sent_back_once_with_what_is_wrong(
    kind: str, ai: AIProviders, router: MakeRouter
) -> None:
    ai.script(Turn(text='{"sky": "hail"}'), Turn(text='{"sky": "clear", "wind": 0}'))
    done = await router(kind).complete(QUESTION, schema=WEATHER)
    assert done.value == {"sky": "clear", "wind": 0}
    assert [attempt.outcome for attempt in done.attempts] == ["ok", "ok"]
    sent = str(ai.requests[1].body)
    assert "hail" in sent
    assert "$.wind: required" in sent


async def test_a_second_wrong_answer_is_the_end(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text="sunny", repeat=True))
    with pytest.raises(NoProvider) as caught:
        await router("openai").complete(QUESTION, schema=WEATHER)
    assert (caught.value.reason, len(ai.requests)) == ("malformed", 2)


@pytest.mark.parametrize("kind", MODELS)
async def test_calls_fit_their_tools_or_are_sent_back_once(kind: str, ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(calls=(ToolAsk("roll", {}),)), Turn(calls=(ToolAsk("roll", {"sides": "20"}),)))
    done = await router(kind).complete(QUESTION, tools=[ROLL])
    assert [dict(call.arguments) for call in done.calls] == [{"sides": 20}]
    assert "$.sides: required" in str(ai.requests[1].body)


async def test_a_tool_that_does_not_exist_is_refused(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(calls=(ToolAsk("fly", {}),), repeat=True))
    with pytest.raises(NoProvider) as caught:
        await router("openai").complete(QUESTION, tools=[ROLL])
    assert (caught.value.reason, len(ai.requests)) == ("malformed", 2)


@pytest.mark.parametrize(
    ("value", "schema", "wrong"),
    [
        (True, {"type": "integer"}, ["$: type integer"]),
        ({"a": [1, "x"]}, {"properties": {"a": {"items": {"type": "number"}}}}, ["$.a[1]: type number"]),
        ({"b": 1}, {"additionalProperties": False}, ["$.b: additionalProperties"]),
        ({"b": "x"}, {"additionalProperties": {"type": "null"}}, ["$.b: type null"]),
        ("abc", {"maxLength": 2}, ["$: maxLength 2"]),
        ([], {"minItems": 1}, ["$: minItems 1"]),
        (5, {"maximum": 4}, ["$: maximum 4"]),
        (5, {"const": 4}, ["$: const 4"]),
        (5, {"anyOf": [{"type": "string"}, {"type": "null"}]}, ["$: anyOf"]),
        (None, {"type": ["string", "null"]}, []),
        (5, {"anyOf": [{"type": "string"}, {"type": "integer"}]}, []),
    ],
)
def test_what_is_wrong_is_named_with_its_place(value: Any, schema: dict[str, Any], wrong: list[str]) -> None:
    assert list(faults(value, schema)) == wrong


def test_a_value_of_any_depth_and_width_is_read_within_bounds() -> None:
    deep: Any = 1
    schema: Any = {"type": "string"}
    for _ in range(100):
        deep, schema = [deep], {"type": "array", "items": schema}
    assert faults(deep, schema) == ()
    assert len(faults(list(range(1_000)), {"items": {"type": "string"}})) == 8


def test_only_what_was_plainly_meant_is_put_right() -> None:
    kinds = {
        "type": "object",
        "properties": {"n": {"type": "number"}, "ok": {"type": "boolean"}, "of": {"type": "array"}},
    }
    assert coerced({"n": "1.5", "ok": "True", "of": "one"}, kinds) == {"n": 1.5, "ok": True, "of": ["one"]}
    assert coerced({"n": "many", "ok": "perhaps"}, kinds) == {"n": "many", "ok": "perhaps"}
