"""Circuits: when they open, the one probe, the way back, and that the longer deadline is kept."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from core.ai import NoProvider, Silent
from core.ai.breaker import Breaker, BreakerSettings
from playground.ai import AIProviders, Fault
from tests.ai.conftest import MakeRouter, ask, hear
from tests.ai.test_router import HandClock, asked

SETTINGS = BreakerSettings()


def opened(now: float = 100.0) -> Breaker:
    breaker = Breaker(SETTINGS)
    for _ in range(5):
        breaker.failed(now, probe=False)
    return breaker


def test_five_calls_of_which_half_failed_open_it_and_four_do_not() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(4):
        assert not breaker.failed(100.0, probe=False)
    assert breaker.standing(100.0) == "closed"
    assert breaker.failed(100.0, probe=False)
    assert breaker.standing(104.9) == "open"
    assert breaker.standing(105.1) == "due"


def test_fewer_than_half_do_not_open_it() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(20):
        breaker.succeeded(100.0, probe=False)
        breaker.succeeded(100.0, probe=False)
        assert not breaker.failed(100.0, probe=False)


def test_failures_long_ago_do_not_count() -> None:
    breaker = Breaker(SETTINGS)
    for _ in range(4):
        breaker.failed(100.0, probe=False)
    assert not breaker.failed(200.0, probe=False)


def test_a_failed_probe_doubles_the_rest_up_to_a_minute() -> None:
    breaker, now, rests = opened(), 100.0, []
    for _ in range(6):
        now = breaker.open_until
        breaker.claim(now)
        breaker.failed(now, probe=True)
        rests.append(breaker.open_until - now)
    assert rests == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


def test_while_one_probes_nobody_else_does() -> None:
    breaker = opened()
    assert breaker.standing(106.0) == "due"
    breaker.claim(106.0)
    assert breaker.standing(106.0) == "open"
    breaker.release()
    assert breaker.standing(106.0) == "due"


def test_it_comes_back_by_a_quarter_then_half_then_all() -> None:
    breaker = opened()
    breaker.claim(106.0)
    assert breaker.succeeded(107.0, probe=True)
    assert [breaker.share(at) for at in (107.0, 111.9, 112.1, 116.9, 117.1)] == [0.25, 0.25, 0.5, 0.5, 1.0]
    # Back for good, the next rest is a short one again.
    for _ in range(5):
        breaker.failed(120.0, probe=False)
    assert breaker.open_until == 125.0


def test_a_failure_on_the_way_back_opens_it_again_for_longer() -> None:
    breaker = opened()
    breaker.claim(106.0)
    breaker.succeeded(106.0, probe=True)
    assert breaker.failed(108.0, probe=False)
    assert breaker.open_until == 118.0


def test_a_shorter_deadline_never_replaces_a_longer_one() -> None:
    breaker = opened()
    breaker.open(160.0, 3)
    breaker.open(110.0, 1)
    assert breaker.open_until == 160.0


class Circuits(Silent):
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.rejected: list[tuple[str, str]] = []

    def circuit(self, provider: str, model: str, state: str, until: float) -> None:
        del model, until
        self.seen.append((provider, state))

    def key_rejected(self, provider: str, key_ref: str, detail: str) -> None:
        assert "local" not in key_ref + detail
        self.rejected.append((provider, key_ref))


async def test_of_many_callers_exactly_one_probes(ai: AIProviders, router: MakeRouter) -> None:
    clock, circuits = HandClock(), Circuits()
    made = router("gemini", "openai", parts={"clock": clock, "observer": circuits})
    ai.order(Fault("status", provider="gemini", times=5))
    for _ in range(5):
        await hear(made, ask())
    clock.at += 6
    ai.order(Fault("slow_first", provider="gemini", seconds=0.15))
    before = asked(ai).count("gemini")
    await asyncio.gather(*(hear(made, ask()) for _ in range(12)))
    assert asked(ai).count("gemini") == before + 1
    assert circuits.seen == [("gemini", "open"), ("gemini", "closed")]


async def test_a_probe_that_is_left_gives_its_place_to_the_next(ai: AIProviders, router: MakeRouter) -> None:
    clock = HandClock()
    made = router("openai", parts={"clock": clock}, limits={"attempts": 1})
    ai.order(Fault("status", times=5))
    for _ in range(5):
        with pytest.raises(NoProvider):
            await hear(made, ask())
    clock.at += 6
    ai.order(Fault("hang", seconds=5))
    probe = asyncio.create_task(hear(made, ask()))
    async with asyncio.timeout(2):
        while len(ai.requests) < 6:
            await asyncio.sleep(0.005)
    with pytest.raises(NoProvider) as caught:
        await hear(made, ask())
    assert caught.value.reason == "resting"
    probe.cancel()
    await asyncio.wait({probe})
    assert (await hear(made, ask())).text


@pytest.mark.parametrize("kind", ["blocked", "too_long", "rate_limited"])
async def test_what_says_nothing_about_health_opens_no_circuit(kind: str, ai: AIProviders, router: MakeRouter) -> None:
    circuits = Circuits()
    made = router("gemini", parts={"observer": circuits})
    ai.order(Fault(kind, times=8, retry_after=0.0))
    for _ in range(8):
        with suppress(NoProvider):
            await hear(made, ask())
    assert len(ai.requests) >= 8
    assert circuits.seen == []


async def test_the_operator_is_told_once_that_a_key_was_rejected(ai: AIProviders, router: MakeRouter) -> None:
    circuits = Circuits()
    made = router("mistral", keys=("stolen", "local-key"), parts={"observer": circuits})
    for _ in range(3):
        await hear(made, ask())
    assert [provider for provider, _ in circuits.rejected] == ["mistral"]
    assert len(ai.requests) == 4
