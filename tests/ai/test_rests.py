"""Keys that rest, keys that are dead, and who is asked meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from core.ai import NoProvider
from playground.ai import AIProviders, Fault
from tests.ai.conftest import MakeRouter, ask, hear
from tests.ai.test_router import HandClock, asked, keys


async def test_a_limited_key_rests_and_the_other_is_used_meanwhile(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("gemini", keys=("local-key", "local-key-2"), parts={"clock": clock})
    ai.order(Fault("rate_limited", key="local-key", retry_after=40))
    for _ in range(3):
        await hear(made, ask())
    assert keys(ai) == ["local-key", "local-key-2", "local-key-2", "local-key-2"]
    clock.at += 41
    await hear(made, ask())
    assert keys(ai)[-1] == "local-key"


async def test_keys_of_one_quota_scope_rest_together(ai: AIProviders, router: MakeRouter) -> None:
    shared = ({"key": "local-key", "scope": "project"}, {"key": "local-key-2", "scope": "project"})
    ai.order(Fault("rate_limited", retry_after=40))
    made = router("gemini", keys=shared, parts={"clock": HandClock()})
    with pytest.raises(NoProvider) as caught:
        await hear(made, ask())
    assert caught.value.reason == "resting"
    assert len(ai.requests) == 1


async def test_a_rest_is_reported_and_the_key_is_left_alone_until_then(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("mistral", parts={"clock": clock})
    ai.order(Fault("rate_limited", retry_after=30))
    for _ in range(5):
        with pytest.raises(NoProvider) as caught:
            await hear(made, ask())
    assert caught.value.until == pytest.approx(clock.at + 30, abs=1)
    assert len(ai.requests) == 1


async def test_a_later_shorter_rest_does_not_shorten_a_longer_one(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("openai", parts={"clock": clock})
    ai.order(Fault("rate_limited", retry_after=500, after=0), Fault("rate_limited", retry_after=3))
    both = await asyncio.gather(hear(made, ask("a")), hear(made, ask("b")), return_exceptions=True)
    assert all(isinstance(one, NoProvider) for one in both)
    clock.at += 100
    with pytest.raises(NoProvider):
        await hear(made, ask())
    assert len(ai.requests) == 2


async def test_a_short_rest_is_waited_for(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("rate_limited", retry_after=0.2))
    assert (await hear(router("openai"), ask())).text
    assert len(ai.requests) == 2


async def test_a_rejected_key_is_never_used_again(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", keys=("stolen", "local-key"))
    for _ in range(3):
        await hear(made, ask())
    assert keys(ai) == ["stolen", "local-key", "local-key", "local-key"]


async def test_what_is_refused_at_the_door_is_no_attempt(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("rate_limited", key="local-key-2", retry_after=60))
    last = {"key": "local-key", "weight": 0.001}
    made = router("openai", keys=("stolen", "stolen-too", "local-key-2", last))
    assert (await hear(made, ask())).text
    assert sorted(keys(ai)[:3]) == ["local-key-2", "stolen", "stolen-too"]
    assert keys(ai)[3:] == ["local-key"]


async def test_when_every_key_is_rejected_that_is_the_reason(router: MakeRouter) -> None:
    with pytest.raises(NoProvider) as caught:
        await hear(router("openai", keys=("stolen",)), ask())
    assert caught.value.reason == "key_rejected"


async def test_a_primary_that_recovers_is_used_again(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("gemini", "openai", parts={"clock": clock})
    ai.order(Fault("status", provider="gemini", status=503, times=5))
    ends = [(await hear(made, ask())).end.provider for _ in range(5)]
    assert ends == ["openai"] * 5
    assert asked(ai).count("gemini") == 5
    assert (await hear(made, ask())).end.provider == "openai"
    assert asked(ai).count("gemini") == 5
    clock.at += 120
    assert (await hear(made, ask())).end.provider == "gemini"
