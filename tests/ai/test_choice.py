"""Which of equal routes is asked."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from core.ai import Account, Message, ModelSettings, Prompt
from core.ai.choice import Homes, Pace, pick, scores
from core.ai.money import Price
from core.ai.quantile import Quantile
from core.ai.routes import Route
from playground.ai import AIProviders, Fault
from tests.ai.conftest import MakeRouter, ask, hear
from tests.ai.test_router import keys

LONG = Message("system", "The harbour lies dry for the ninth day, and nobody in it speaks of rain. " * 100)


def route(scope: str, weight: float = 1.0) -> Route:
    nothing: Any = None
    return Route("p", nothing, ModelSettings("m"), Price(0, 0, 0), scope, scope, weight=weight)


def scored(routes: list[Route], paces: dict[str, Pace], loads: dict[str, int], now: float = 100.0) -> list[float]:
    return scores(routes, now, lambda r: loads.get(r.scope, 0), lambda r: paces.setdefault(r.scope, Pace()))


def paced(seconds: float, now: float = 100.0) -> Pace:
    pace = Pace()
    pace.word(seconds, now)
    return pace


def test_the_quicker_of_two_is_taken_and_the_busier_left() -> None:
    routes = [route("a"), route("b")]
    paces = {"a": paced(0.9), "b": paced(0.3)}
    assert pick(routes, scored(routes, paces, {}), random.Random(1)).scope == "b"
    assert pick(routes, scored(routes, paces, {"b": 3}), random.Random(1)).scope == "a"


def test_who_fails_seems_slower_and_is_forgiven_with_time() -> None:
    routes = [route("a"), route("b")]
    paces = {"a": paced(0.3), "b": paced(0.4)}
    for _ in range(5):
        paces["a"].ended(100.0, failed=True)
    assert pick(routes, scored(routes, paces, {}), random.Random(1)).scope == "b"
    assert pick(routes, scored(routes, paces, {}, now=400.0), random.Random(1)).scope == "a"


def test_who_was_slow_long_ago_is_tried_again() -> None:
    routes = [route("a"), route("b")]
    paces = {"a": paced(2.0, now=0.0), "b": paced(0.3, now=300.0)}
    assert pick(routes, scored(routes, paces, {}, now=300.0), random.Random(1)).scope == "a"


def test_draws_follow_the_weights() -> None:
    routes = [route("a", 6.0), *(route(name) for name in "bcd")]
    source = random.Random(7)
    drawn = Counter(pick(routes, [1.0, 1.0, 1.0, 1.0], source).scope for _ in range(2_000))
    assert drawn["a"] > 1_500
    assert all(drawn[name] > 50 for name in "bc")


def test_a_session_stays_where_its_prompt_is_cached_unless_that_is_twice_worse() -> None:
    routes = [route("a"), route("b")]
    home = routes[0].quota
    assert pick(routes, [1.9, 1.0], random.Random(1), home).scope == "a"
    assert pick(routes, [2.1, 1.0], random.Random(1), home).scope == "b"


def test_homes_are_forgotten_when_there_are_too_many() -> None:
    homes = Homes(limit=2)
    for session in (1, 2, 3):
        homes.set(session, ("p", str(session), "m"))
    assert [homes.of(session) for session in (1, 2, 3)] == [None, ("p", "2", "m"), ("p", "3", "m")]


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_the_quantile_is_within_a_tenth_above(share: float) -> None:
    source, quantile = random.Random(3), Quantile()
    values = [source.lognormvariate(-1, 0.8) for _ in range(900)]
    for value in values:
        quantile.add(value)
    true = sorted(values)[int(share * len(values))]
    found = quantile.at(share)
    assert found is not None
    assert 0.95 * true <= found <= 1.15 * true


async def test_a_session_comes_back_to_the_key_that_holds_its_prompt(ai: AIProviders, router: MakeRouter) -> None:
    made = router("mistral", keys=("local-key", "local-key-2"))
    prompts = [Prompt("narration", (LONG, Message("user", f"I go on {turn}"))) for turn in range(4)]
    # Something else is in flight at the first key, so the session begins at the second.
    ai.order(Fault("slow_first", key="local-key", seconds=0.2))
    other = asyncio.create_task(hear(made, ask()))
    await asyncio.sleep(0.05)
    for prompt in prompts:
        await hear(made, prompt, Account(session_id=5))
    await other
    assert keys(ai)[1:] == ["local-key-2"] * 4
    assert [row.cached > 0 for row in ai.rows if row.key == "local-key-2"] == [False, True, True, True]


async def test_equals_share_the_work_and_the_next_tier_waits(ai: AIProviders, router: MakeRouter) -> None:
    models = {"tale-small": {}, "tale-large": {}}
    provider = {"base_url": ai.openai_url, "keys": ["local-key"], "models": models}
    ai.order(Fault("slow_first", seconds=0.05, times=0))
    tiers = [["openai/tale-small", "openai/tale-large"]]
    made = router(providers={"openai": provider}, order=tiers)
    await asyncio.gather(*(hear(made, ask()) for _ in range(8)))
    assert Counter(row.model for row in ai.rows) == {"tale-small": 4, "tale-large": 4}
    ai.reset()
    made = router(providers={"openai": provider}, order=["openai/tale-large", "openai/tale-small"])
    await asyncio.gather(*(hear(made, ask()) for _ in range(8)))
    assert {row.model for row in ai.rows} == {"tale-large"}


async def test_a_pinned_model_is_asked_alone(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", "mistral")
    done = await made.complete([{"role": "user", "content": "hm"}], model="mistral/mistral-small-latest")
    assert (done.provider, [row.provider for row in ai.rows]) == ("mistral", ["mistral"])
