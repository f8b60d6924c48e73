"""The nineteen scenarios that an excellent router passes, by name and number, on real local servers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from core.ai import (
    Account,
    Caps,
    MemoryCache,
    MemoryLedger,
    MemoryLimits,
    NoProvider,
    Prompt,
    Quota,
    Usage,
)
from core.ai.shared_limits import SharedLimits
from playground.ai import AIProviders, Fault, Turn
from tests.ai.conftest import CHECK, MODELS, MakeRouter, ask, hear
from tests.ai.test_breaker import Circuits
from tests.ai.test_router import LONG, QUICK, HandClock, asked, keys

QUESTION = [{"role": "user", "content": "What is behind the door?"}]


async def test_01_a_429_with_retry_after_is_honoured(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("openai", parts={"clock": clock})
    ai.order(Fault("rate_limited", retry_after=30))
    for seconds in (0, 15, 12):
        clock.at += seconds
        with pytest.raises(NoProvider) as caught:
            await made.complete(QUESTION)
        assert caught.value.reason == "resting"
    clock.at += 4
    assert (await made.complete(QUESTION)).text
    assert len(ai.requests) == 2


async def test_02_a_429_that_stays_is_not_hammered(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("rate_limited", times=0))
    made = router("openai", keys=("local-key", "local-key-2"))
    for _ in range(20):
        with pytest.raises(NoProvider):
            await made.complete(QUESTION)
    assert len(ai.requests) == 2


async def test_03_a_500_once_is_overcome(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", status=500))
    done = await router("openai").complete(QUESTION)
    assert [attempt.outcome for attempt in done.attempts] == ["unavailable", "ok"]


async def test_04_a_503_for_ever_takes_bounded_attempts(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", status=503, times=0))
    made = router("gemini", "mistral", "openai", keys=("local-key", "local-key-2"))
    with pytest.raises(NoProvider):
        await made.complete(QUESTION)
    assert len(ai.requests) == 3
    for _ in range(60):
        with suppress(NoProvider):
            await made.complete(QUESTION)
    # Six routes, each open after five failures.
    assert len(ai.requests) <= 6 * 5


@pytest.mark.parametrize("kind", ["refuse", "half_stream"])
async def test_05_a_reset_connection_is_answered_elsewhere(kind: str, ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=LONG), provider="gemini")
    ai.script(Turn(text=LONG), provider="openai")
    ai.order(Fault(kind, provider="gemini", after=3))
    assert (await router("gemini", "openai").complete(QUESTION)).text == LONG


async def test_06_a_silent_provider_is_left(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("hang", provider="mistral", seconds=30))
    assert (await router("mistral", "openai", deadlines=QUICK).complete(QUESTION)).provider == "openai"


async def test_07_a_stall_of_30_seconds_is_continued_elsewhere(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=LONG), provider="mistral")
    ai.script(Turn(text=LONG), provider="openai")
    ai.order(Fault("slow_words", provider="mistral", after=3, seconds=30))
    done = await router("mistral", "openai", deadlines=QUICK).complete(QUESTION)
    assert (done.text, done.provider) == (LONG, "openai")


async def test_08_a_malformed_chunk_is_not_the_end(ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=LONG), provider="mistral")
    ai.script(Turn(text=LONG), provider="openai")
    ai.order(Fault("garbage", provider="mistral", after=2))
    done = await router("mistral", "openai").complete(QUESTION)
    assert (done.text, done.failures[0].code) == (LONG, "malformed")


@pytest.mark.parametrize("kind", ["mistral", "openai"])
async def test_09_an_answer_without_done_is_whole_all_the_same(kind: str, ai: AIProviders, router: MakeRouter) -> None:
    ai.script(Turn(text=LONG))
    ai.order(Fault("no_done"))
    done = await router(kind).complete(QUESTION)
    assert (done.text, done.reason, len(ai.requests)) == (LONG, "stop", 1)


async def test_10_a_context_too_long_is_not_tried_at_the_same_model(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("too_long", provider="mistral", times=0))
    made = router("mistral", "openai", keys=("local-key", "local-key-2"))
    assert (await made.complete(QUESTION)).provider == "openai"
    assert asked(ai) == ["mistral", "openai"]


@pytest.mark.parametrize(
    ("kind", "fault", "reason"),
    [
        ("gemini", "blocked", "PROHIBITED_CONTENT"),
        ("gemini", "blocked_in_stream", "SAFETY"),
        ("openai", "blocked_in_stream", "content_filter"),
    ],
)
async def test_11_a_content_filter_keeps_its_reason(
    kind: str, fault: str, reason: str, ai: AIProviders, router: MakeRouter
) -> None:
    ai.order(Fault(fault, provider=kind))
    with pytest.raises(NoProvider) as caught:
        await router(kind, "mistral").complete(QUESTION)
    assert (caught.value.reason, caught.value.blocked) == ("blocked", reason)
    assert asked(ai) == [kind]


async def test_12_a_primary_that_flaps_recovers(ai: AIProviders, router: MakeRouter) -> None:
    clock, circuits = HandClock(), Circuits()
    made = router("gemini", "openai", parts={"clock": clock, "observer": circuits})
    for _ in range(2):
        ai.order(Fault("status", provider="gemini", times=6))
        for _ in range(7):
            await made.complete(QUESTION)
        ai.faults.clear()
        clock.at += 70
        assert (await made.complete(QUESTION)).provider == "gemini"
        clock.at += 11
        assert [(await made.complete(QUESTION)).provider for _ in range(4)] == ["gemini"] * 4
    assert circuits.seen == [("gemini", "open"), ("gemini", "closed")] * 2


async def test_13_the_fallbacks_model_and_usage_are_reported(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", provider="gemini"))
    done = await router("gemini", "mistral").complete(QUESTION)
    row = ai.rows[-1]
    assert (done.provider, done.model) == ("mistral", MODELS["mistral"])
    assert done.usage == Usage(row.input, row.output, row.cached, row.thinking)
    told = [(one.provider, one.model, one.outcome, one.micro_usd, one.exact) for one in done.attempts]
    assert told == [
        ("gemini", MODELS["gemini"], "unavailable", 0, True),
        ("mistral", MODELS["mistral"], "ok", row.micro_usd, True),
    ]


async def test_14_what_lacks_one_bucket_takes_from_none(ai: AIProviders, router: MakeRouter) -> None:
    quotas = {("openai", MODELS["openai"]): Quota(rpm=2, tpm=1_000_000)}
    limits = MemoryLimits(quotas, Caps(session=1))
    made = router("openai", parts={"limits": limits})
    for _ in range(10):
        with pytest.raises(NoProvider) as caught:
            await made.complete(QUESTION, account=Account(session_id=1))
        assert caught.value.reason == "budget"
    # The requests that money refused used none of the two a minute.
    for _ in range(2):
        await made.complete(QUESTION)
    with pytest.raises(NoProvider) as caught:
        await made.complete(QUESTION)
    assert (caught.value.reason, len(ai.requests)) == ("resting", 2)


async def test_15_takes_and_returns_at_the_same_time_stay_in_bounds(ai: AIProviders, router: MakeRouter) -> None:
    quotas = {("openai", MODELS["openai"]): Quota(rpm=10)}
    made = router("openai", parts={"limits": MemoryLimits(quotas)}, limits={"longest_wait": 0.001})
    ai.order(Fault("status", status=503, times=3), Fault("refuse", times=2))
    results = await asyncio.gather(*(made.complete(QUESTION) for _ in range(40)), return_exceptions=True)
    assert all(isinstance(one, NoProvider) or not isinstance(one, BaseException) for one in results)
    assert len(ai.requests) <= 10
    assert sum(not isinstance(one, BaseException) for one in results) >= 5


async def test_16_every_key_that_failed_rests_and_success_begins_anew(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("mistral", keys=("local-key", "local-key-2"), parts={"clock": clock}, limits={"attempts": 6})
    ai.order(Fault("status", times=10))
    for _ in range(5):
        with pytest.raises(NoProvider):
            await made.complete(QUESTION)
    assert sorted(keys(ai)) == ["local-key"] * 5 + ["local-key-2"] * 5
    with pytest.raises(NoProvider) as caught:
        await made.complete(QUESTION)
    assert (caught.value.reason, len(ai.requests)) == ("resting", 10)
    clock.at += 6
    await made.complete(QUESTION)
    clock.at += 30
    ai.order(Fault("status", key=keys(ai)[-1], times=0))
    health = made._traffic.books.health
    assert all(condition.breaker.times <= 1 for condition in health._conditions.values())


async def test_17_without_redis_each_works_alone_and_one_probe_goes_out(ai: AIProviders, router: MakeRouter) -> None:
    # Nobody listens there.
    clock = HandClock()
    made = router("gemini", "openai", redis="redis://127.0.0.1:1/0", workers=2, parts={"clock": clock})
    ai.order(Fault("status", provider="gemini", times=5))
    for _ in range(5):
        assert (await made.complete(QUESTION)).provider == "openai"
    clock.at += 6
    ai.order(Fault("slow_first", provider="gemini", seconds=0.2))
    await asyncio.gather(*(made.complete(QUESTION) for _ in range(10)))
    assert asked(ai).count("gemini") == 6
    assert isinstance(made._limits, SharedLimits)


async def test_18_fallbacks_cannot_loop(ai: AIProviders, router: MakeRouter) -> None:
    ai.order(Fault("status", status=503, times=0))
    names = [f"openai/{MODELS['openai']}", f"mistral/{MODELS['mistral']}"]
    order = {"default": [*names, *names, names], "completion": [names[1], *names]}
    made = router("openai", "mistral", order=order, limits={"attempts": 50})
    with pytest.raises(NoProvider):
        await made.complete(QUESTION)
    # Each route twice at most, however often an order names it.
    assert sorted(asked(ai)) == ["mistral"] * 2 + ["openai"] * 2


async def test_19_other_parameters_and_tenants_miss_the_cache(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", pure={"rules": "guild"}, parts={"cache": MemoryCache()})
    one = Account(guild_id=1)

    async def sources(**changed: Any) -> str:
        account = changed.pop("account", one)
        prompt = Prompt("rules", ask().messages, **changed)
        return (await hear(made, prompt, account)).end.source

    assert [await sources(), await sources()] == ["provider", "cache"]
    for changed in (
        {"temperature": 0.1},
        {"max_output_tokens": 77},
        {"tools": (CHECK,)},
        {"schema": {"type": "object"}},
    ):
        assert await sources(**changed) == "provider"
    assert await sources(account=Account(guild_id=2)) == "provider"
    assert await sources() == "cache"


async def test_every_row_of_a_bad_day_is_the_bill_or_above_it(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    made = router("gemini", "mistral", "openai", deadlines=QUICK, hedge={"samples": 2, "share": 1.0})
    for kind in ("half_stream", "status", "truncate", "garbage", "slow_first", "rate_limited_in_stream"):
        ai.order(Fault(kind, seconds=1), Fault(kind, skip=1, seconds=1))
        with suppress(NoProvider):
            await made.complete(QUESTION)
    await made.aclose()
    assert sum(entry.micro_usd for entry in ledger.entries) >= sum(row.micro_usd for row in ai.rows)
    exact = [entry.micro_usd for entry in ledger.entries if entry.state == "settled" and entry.micro_usd]
    billed = [row.micro_usd for row in ai.rows]
    assert all(cost in billed for cost in exact)
    assert exact
