"""Second calls: when, how many, who is heard, and what the loser costs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.ai import Account, Caps, MemoryLedger, MemoryLimits, Prompt, Router
from core.ai.allowance import Allowance
from playground.ai import AIProviders, Fault
from playground.ai.latency import Draw, Latency
from tests.ai.conftest import MakeRouter, ask, hear
from tests.ai.test_ledger import check_against
from tests.ai.test_router import keys

ALWAYS = {"samples": 4, "share": 1.0}
# The first is asked first, whatever it is like.
TWO = ({"key": "local-key", "weight": 1_000}, {"key": "local-key-2"})


async def warmed(ai: AIProviders, router: MakeRouter, kind: str = "openai", **mapping: Any) -> Router:
    """Return a router that knows how long first words take: about 20 ms."""
    ai.latency = Latency(first=Draw(value=0.02))
    made = router(kind, **{"keys": TWO, "hedge": ALWAYS, **mapping})
    for _ in range(5):
        await hear(made, ask())
    ai.requests.clear()
    return made


async def until_closed(ai: AIProviders, calls: int) -> float:
    """Seconds until no more than `calls` calls are open at the servers."""
    started = asyncio.get_running_loop().time()
    async with asyncio.timeout(2):
        while ai.open_calls > calls:
            await asyncio.sleep(0.001)
    return asyncio.get_running_loop().time() - started


@pytest.mark.parametrize("kind", ["openai", "mistral", "gemini"])
async def test_a_late_first_word_is_asked_for_in_the_other_scope(
    kind: str, ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    made = await warmed(ai, router, kind)
    ai.order(Fault("slow_first", key="local-key", seconds=10, times=0))
    heard = await hear(made, ask())
    assert heard.text
    assert keys(ai)[-1] == "local-key-2"
    # The loser's socket is closed by the time the answer is whole, and it is charged at the most it can cost.
    assert await until_closed(ai, 0) < 2
    await made.aclose()
    lost = [entry for entry in ledger.entries if entry.outcome == "cancelled"]
    assert [entry.state for entry in lost] == ["estimated"] * len(lost)
    assert lost
    check_against(ledger, ai)


async def test_thoughts_are_no_words(ai: AIProviders, router: MakeRouter) -> None:
    for kind in ("gemini", "mistral"):
        made = await warmed(ai, router, kind)
        ai.order(Fault("thinks_aloud", key="local-key", provider=kind, seconds=10, times=0))
        assert (await hear(made, ask())).text
        assert keys(ai)[-1] == "local-key-2"
        ai.reset()


async def test_keys_of_one_scope_are_not_raced(ai: AIProviders, router: MakeRouter) -> None:
    shared = tuple(key | {"scope": "project"} for key in TWO)
    made = await warmed(ai, router, keys=shared)
    ai.order(Fault("slow_first", seconds=0.3, times=0))
    await hear(made, ask())
    assert len(ai.requests) == 1


async def test_nothing_is_hedged_before_it_is_known_what_late_means(ai: AIProviders, router: MakeRouter) -> None:
    made = router("openai", keys=TWO, hedge=ALWAYS)
    ai.order(Fault("slow_first", seconds=0.3, times=0))
    await hear(made, ask())
    assert len(ai.requests) == 1


async def test_nothing_is_hedged_after_a_429(ai: AIProviders, router: MakeRouter) -> None:
    made = await warmed(ai, router, keys=(*TWO, "local-key-3"))
    ai.keys["openai"].add("local-key-3")
    ai.order(Fault("rate_limited", retry_after=30), Fault("slow_first", seconds=0.3, times=0))
    await hear(made, ask())
    assert len(ai.requests) == 2
    # The quota that was limited is not used as a second either, and kinds of trouble elsewhere stop it as well.
    health = made._traffic.books.health
    for _ in range(5):
        health.all_calls.ended(health.clock.now(), failed=True)
    await hear(made, ask())
    assert len(ai.requests) == 3


async def test_kinds_that_can_wait_are_not_hedged(ai: AIProviders, router: MakeRouter) -> None:
    made = await warmed(ai, router, hedge=ALWAYS | {"off": ["rules"]})
    ai.order(Fault("slow_first", seconds=0.3, times=0))
    await hear(made, Prompt("rules", ask().messages))
    assert len(ai.requests) == 1


async def test_a_second_call_that_cannot_be_paid_is_not_made(ai: AIProviders, router: MakeRouter) -> None:
    account = Account(session_id=1)
    limits = MemoryLimits(caps=Caps(session=700))
    made = await warmed(ai, router, parts={"limits": limits})
    ai.order(Fault("slow_first", seconds=0.3, times=0))
    await hear(made, ask(), account)
    assert len(ai.requests) == 1
    assert made._traffic.hedges.tokens == pytest.approx(5.0)


async def test_a_second_that_fails_leaves_the_race_to_the_first(ai: AIProviders, router: MakeRouter) -> None:
    made = await warmed(ai, router)
    ai.order(Fault("status", key="local-key-2", times=0), Fault("slow_first", key="local-key", seconds=0.2))
    heard = await hear(made, ask())
    assert heard.text
    assert keys(ai)[:2] == ["local-key", "local-key-2"]


async def test_extra_calls_stay_within_a_twentieth(ai: AIProviders, router: MakeRouter) -> None:
    made = await warmed(ai, router, hedge={"samples": 4, "share": 0.05})
    started = len(ai.rows)
    ai.order(Fault("slow_first", key="local-key", seconds=0.04, times=0))
    ai.order(Fault("slow_first", key="local-key-2", seconds=0.04, times=0))
    for _ in range(4):
        await asyncio.gather(*(hear(made, ask()) for _ in range(20)))
    assert 80 <= len(ai.rows) - started <= 84 + 1


def test_the_allowance_saves_up_little_and_gives_back_nothing() -> None:
    allowance = Allowance(0.05, 5.0)
    for _ in range(1_000):
        allowance.earn()
    assert [allowance.spend() for _ in range(6)] == [True] * 5 + [False]
    for _ in range(19):
        allowance.earn()
    assert not allowance.can()
    allowance.earn()
    assert allowance.spend()


async def test_a_caller_who_leaves_during_the_race_leaves_no_socket_open(
    ai: AIProviders, router: MakeRouter, ledger: MemoryLedger
) -> None:
    made = await warmed(ai, router)
    ai.order(Fault("hang", seconds=10, times=0))
    task = asyncio.create_task(hear(made, ask()))
    async with asyncio.timeout(2):
        while ai.open_calls < 2:
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait({task})
    assert await until_closed(ai, 0) < 2
    await made.aclose()
    assert all(entry.state != "open" for entry in ledger.entries)
