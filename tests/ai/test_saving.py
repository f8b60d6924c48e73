"""A budget that is nearly spent: cheaper models first, shorter answers."""

from __future__ import annotations

import pytest

from core.ai import Account, Caps, MemoryLimits, Need, NoProvider, Quota, Short
from core.ai.routes import fingerprint
from playground.ai import AIProviders, Fault
from tests.ai.conftest import MODELS, MakeRouter, ask, hear
from tests.ai.test_router import HandClock, asked

SESSION = Account(session_id=1)


async def test_the_soft_stage_asks_the_cheaper_and_for_less(ai: AIProviders, router: MakeRouter) -> None:
    made = router("gemini", "mistral", parts={"limits": MemoryLimits(caps=Caps(session=6_000, soft=0.05))})
    await hear(made, ask(max_output_tokens=100), SESSION)
    while asked(ai)[-1] == "gemini":
        assert len(ai.requests) < 20
        await hear(made, ask(max_output_tokens=100), SESSION)
    assert ai.requests[-1].body["max_tokens"] == 60
    # Another session is told as ever.
    await hear(made, ask(), Account(session_id=2))
    assert asked(ai)[-1] == "gemini"


async def test_a_route_short_of_quota_leaves_the_call_to_the_next(ai: AIProviders, router: MakeRouter) -> None:
    limits = MemoryLimits({("gemini", MODELS["gemini"]): Quota(rpm=1)})
    made = router("gemini", "openai", parts={"limits": limits})
    for _ in range(3):
        await hear(made, ask())
    assert asked(ai) == ["gemini", "openai", "openai"]


async def test_a_short_lack_of_quota_is_waited_for(ai: AIProviders, router: MakeRouter) -> None:
    limits = MemoryLimits({("openai", MODELS["openai"]): Quota(rpm=300)})
    need = Need(Account(), "openai", fingerprint("local-key"), MODELS["openai"], 1, 1, 0)
    while not isinstance(await limits.take(need), Short):
        pass
    # The next request is there after a fifth of a second.
    assert (await hear(router("openai", parts={"limits": limits}), ask())).text


async def test_a_daily_429_blocks_the_quota_for_everybody(ai: AIProviders, router: MakeRouter) -> None:
    limits = MemoryLimits()
    ai.order(Fault("rate_limited", provider="gemini", per_day=True, retry_after=22))
    await hear(router("gemini", "openai", parts={"limits": limits}), ask())
    # Another process, which has not seen the 429, does not ask either.
    await hear(router("gemini", "openai", parts={"limits": limits}), ask())
    assert asked(ai) == ["gemini", "openai", "openai"]


async def test_a_probe_that_lacks_quota_gives_its_place_back(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    limits = MemoryLimits({("openai", MODELS["openai"]): Quota(rpm=5)}, clock=clock)
    made = router("openai", parts={"limits": limits, "clock": clock}, limits={"attempts": 1})
    ai.order(Fault("status", times=5))
    for _ in range(5):
        with pytest.raises(NoProvider):
            await hear(made, ask())
    # The circuit may be probed, but the next request of the minute is seven seconds away.
    clock.at += 5.1
    with pytest.raises(NoProvider) as caught:
        await hear(made, ask())
    assert caught.value.reason == "resting"
    clock.at += 7
    assert (await hear(made, ask())).text
