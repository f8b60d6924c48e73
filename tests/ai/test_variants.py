"""One group never reads the same text twice before it has read them all."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from core.ai import Account, MemoryCache, MemoryReadings, Message, NoProvider, Prompt
from playground.ai import AIProviders, Fault, Turn
from tests.ai.conftest import MakeRouter, hear

CRAB = Prompt("description", (Message("system", "You describe."), Message("user", "The crab, in a line.")))
PURE = {"description": {"tenant": "everyone", "variants": 4}}
PARTS = {"crab": [f"The crab, seen in way {n}." for n in range(8)]}


@pytest.fixture
def parts() -> dict[str, object]:
    return {"cache": MemoryCache(), "readings": MemoryReadings()}


def script(ai: AIProviders) -> None:
    ai.script(*(Turn(text=text) for text in PARTS["crab"]))


async def test_a_group_reads_every_variant_before_one_again(
    ai: AIProviders, router: MakeRouter, parts: dict[str, object]
) -> None:
    script(ai)
    made = router("openai", pure=PURE, parts=parts)
    read = [(await hear(made, CRAB, Account(session_id=1))).text for _ in range(12)]
    assert all(len(set(read[n : n + 4])) == 4 for n in (0, 4, 8))
    assert len(ai.requests) == 4


async def test_groups_share_the_pool_and_each_has_its_own_place_in_it(
    ai: AIProviders, router: MakeRouter, parts: dict[str, object]
) -> None:
    script(ai)
    made = router("openai", pure=PURE, parts=parts)
    orders = [1, 2, 2, 1, 3, 1, 2, 3, 1, 2, 3, 3]
    read: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for session in orders:
        read[session].append((await hear(made, CRAB, Account(session_id=session))).text)
    assert all(len(set(texts)) == 4 for texts in read.values())
    assert (len(ai.requests), len({text for texts in read.values() for text in texts})) == (4, 4)


async def test_a_group_that_asks_twice_at_once_hears_two_texts(
    ai: AIProviders, router: MakeRouter, parts: dict[str, object]
) -> None:
    script(ai)
    made = router("openai", pure=PURE, parts=parts)
    heard = await asyncio.gather(*(hear(made, CRAB, Account(session_id=1)) for _ in range(2)))
    assert len({one.text for one in heard}) == 2


async def test_a_model_is_shown_what_it_must_not_say_again(
    ai: AIProviders, router: MakeRouter, parts: dict[str, object]
) -> None:
    script(ai)
    made = router("openai", pure=PURE, parts=parts)
    for _ in range(2):
        await hear(made, CRAB, Account(session_id=1))
    assert PARTS["crab"][0] not in str(ai.requests[0].body)
    assert PARTS["crab"][0] in str(ai.requests[1].body)


async def test_a_text_that_is_an_earlier_one_again_takes_no_place(
    ai: AIProviders, router: MakeRouter, parts: dict[str, object]
) -> None:
    ai.script(Turn(text="The crab."), Turn(text="the  CRAB."), Turn(text="The crab, afar."))
    made = router("openai", pure=PURE, parts=parts)
    for session in (1, 1, 2, 2):
        await hear(made, CRAB, Account(session_id=session))
    assert len(ai.requests) == 3


async def test_a_failure_takes_no_place(ai: AIProviders, router: MakeRouter, parts: dict[str, object]) -> None:
    made = router("openai", pure=PURE, parts=parts)
    ai.order(Fault("blocked"))
    with pytest.raises(NoProvider):
        await hear(made, CRAB, Account(session_id=1))
    assert (await hear(made, CRAB, Account(session_id=2))).end.source == "provider"
    assert (await hear(made, CRAB, Account(session_id=3))).end.source == "cache"


async def test_another_thing_has_a_pool_of_its_own(
    ai: AIProviders, router: MakeRouter, parts: dict[str, object]
) -> None:
    script(ai)
    made = router("openai", pure=PURE, parts=parts)
    await hear(made, CRAB, Account(session_id=1))
    eel = replace(CRAB, messages=(Message("user", "The eel, in a line."),))
    assert (await hear(made, eel, Account(session_id=1))).end.source == "provider"


async def test_readings_are_counted_by_group_and_bounded() -> None:
    readings = MemoryReadings(groups=2)
    counted = Counter[str]()
    for group in ("a", "b", "a", "a"):
        assert await readings.next(group, "k") == counted[group]
        counted[group] += 1
    await readings.next("c", "k")
    assert await readings.next("a", "k") == 3
    assert await readings.next("b", "k") == 0
