"""Answers that are a function of their prompt."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from core.ai import Account, MemoryCache, MemoryLedger, Message, NoProvider, Prompt, Text, Tool, Usage
from core.ai.cache import cache_key
from playground.ai import AIProviders, Fault, ToolAsk, Turn
from tests.ai.conftest import CHECK, MakeRouter, ask, hear

RULES = Prompt("rules", (Message("user", "What does cover do?"),))
PURE = {"rules": "guild", "monster": "everyone"}


@pytest.fixture
def parts() -> dict[str, MemoryCache]:
    return {"cache": MemoryCache()}


async def test_a_pure_question_is_asked_once_and_then_remembered(
    ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache], ledger: MemoryLedger
) -> None:
    made = router("mistral", "openai", pure=PURE, parts=parts)
    first = await hear(made, RULES, Account(guild_id=1))
    again = await hear(made, RULES, Account(guild_id=1))
    assert again.text == first.text
    assert (again.end.source, again.end.usage, again.end.model) == ("cache", Usage(), first.end.model)
    assert (len(ai.requests), len(ledger.entries)) == (1, 1)


async def test_narration_is_never_remembered(
    ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache]
) -> None:
    made = router("openai", pure=PURE, parts=parts)
    await hear(made, ask())
    await hear(made, ask())
    assert len(ai.requests) == 2


async def test_guilds_do_not_share_unless_the_kind_is_for_everyone(
    ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache]
) -> None:
    made = router("openai", pure=PURE, parts=parts)
    for guild in (1, 2):
        await hear(made, RULES, Account(guild_id=guild))
        await hear(made, replace(RULES, kind="monster"), Account(guild_id=guild))
    assert len(ai.requests) == 3


async def test_askers_at_the_same_time_hear_one_answer(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    made = router("gemini", pure=PURE)
    ai.order(Fault("slow_words", seconds=0.02, after=1))
    heard = await asyncio.gather(*(hear(made, RULES, Account(guild_id=1)) for _ in range(20)))
    assert len({one.text for one in heard}) == 1
    assert (len(ai.requests), len(ledger.entries)) == (1, 1)
    assert sorted(one.end.source for one in heard) == ["provider", *["shared"] * 19]


async def test_the_first_asker_may_leave_without_hurting_the_others(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", pure=PURE)
    ai.order(Fault("slow_words", seconds=0.03, after=1))
    leader = asyncio.create_task(hear(made, RULES, Account(guild_id=1)))
    await asyncio.sleep(0.03)
    follower = asyncio.create_task(hear(made, RULES, Account(guild_id=1)))
    await asyncio.sleep(0.03)
    leader.cancel()
    assert (await follower).end.reason == "stop"
    assert len(ai.requests) == 1


async def test_when_the_last_asker_leaves_the_call_is_given_up(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", pure=PURE)
    ai.order(Fault("slow_words", seconds=20, after=1))
    async with aclosing(made.stream(RULES, account=Account(guild_id=1))) as events:
        async for event in events:
            assert isinstance(event, Text)
            break
    async with asyncio.timeout(2):
        while ai.open_calls:
            await asyncio.sleep(0.01)


async def test_a_failure_is_told_to_every_asker_and_not_remembered(
    ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache]
) -> None:
    made = router("openai", pure=PURE, parts=parts)
    ai.order(Fault("blocked"))
    results = await asyncio.gather(*(hear(made, RULES, Account(guild_id=1)) for _ in range(3)), return_exceptions=True)
    assert [isinstance(result, NoProvider) for result in results] == [True] * 3
    assert (await hear(made, RULES, Account(guild_id=1))).end.source == "provider"


@pytest.mark.parametrize(
    "turn", [Turn(text="word " * 400), Turn(text="Cover.", calls=(ToolAsk("check", {"who": "Lia"}),))]
)
async def test_cut_answers_and_asks_are_not_remembered(
    turn: Turn, ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache]
) -> None:
    made = router("openai", pure=PURE, parts=parts)
    ai.script(turn)
    prompt = replace(RULES, tools=(CHECK,), max_output_tokens=60)
    await hear(made, prompt, Account(guild_id=1))
    assert (await hear(made, prompt, Account(guild_id=1))).end.source == "provider"


def test_whatever_may_change_the_answer_changes_the_key() -> None:
    other = [
        replace(RULES, messages=(Message("user", "What does cover not do?"),)),
        replace(RULES, messages=(Message("system", "What does cover do?"),)),
        replace(RULES, temperature=0.1),
        replace(RULES, max_output_tokens=10),
        replace(RULES, locale="pt-BR"),
        replace(RULES, prefix="It"),
        replace(RULES, kind="monster"),
        replace(RULES, tools=(Tool("check", "", {}),)),
    ]
    keys = {cache_key(prompt, "1", ("a/b",)) for prompt in [RULES, *other]}
    keys |= {cache_key(RULES, "2", ("a/b",)), cache_key(RULES, "1", ("a/c",))}
    assert len(keys) == len(other) + 3
    assert cache_key(replace(RULES), "1", ("a/b",)) == cache_key(RULES, "1", ("a/b",))


async def test_the_oldest_answers_make_room() -> None:
    cache = MemoryCache(entries=2)
    for key in ("a", "b"):
        await cache.put(key, b"1", 9)
    await cache.get("a")
    await cache.put("c", b"1", 9)
    assert [await cache.get(key) for key in ("a", "b", "c")] == [b"1", None, b"1"]


async def test_paraphrases_share_an_answer_where_the_prompt_says_what_it_asks_for(
    ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache]
) -> None:
    made = router("openai", pure=PURE, parts=parts)
    system = Message("system", "Light rules.")
    asked = [
        Prompt("rules", (system, Message("user", words)), identity=identity)
        for words, identity in [("What is cover?", "cover"), ("Explain cover.", "cover"), ("Explain cover.", "hide")]
    ]
    sources = [(await hear(made, prompt, Account(guild_id=1))).end.source for prompt in asked]
    assert sources == ["provider", "cache", "provider"]
    other = replace(asked[0], messages=(Message("system", "Other rules."), asked[0].messages[1]))
    assert (await hear(made, other, Account(guild_id=1))).end.source == "provider"
    assert len(ai.requests) == 3


async def test_a_kind_for_those_in_flight_alone_is_never_kept(
    ai: AIProviders, router: MakeRouter, parts: dict[str, MemoryCache]
) -> None:
    made = router("openai", pure={"rules": {"tenant": "session", "seconds": 0}}, parts=parts)
    heard = await asyncio.gather(*(hear(made, RULES, Account(session_id=n)) for n in (1, 1, 2)))
    assert sorted(one.end.source for one in heard) == ["provider", "provider", "shared"]
    assert (await hear(made, RULES, Account(session_id=1))).end.source == "provider"
    assert len(ai.requests) == 3
