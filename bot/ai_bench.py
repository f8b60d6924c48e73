"""The router against the local providers: what it adds to a call, how many it carries, what faults do to it."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from bot.ai_local import MODELS, local_mapping, local_providers
from core.ai import MemoryLedger, NoProvider, Router
from core.i18n import text

TOGETHER: Final = 16
EVERY: Final = 5
FAULTS: Final = ("half_stream", "status", "rate_limited", "empty", "garbage")
LEAST: Final = 20
MOST: Final = 5_000
_ASKED: Final = {"role": "user", "content": "I open the door"}


@dataclass(frozen=True)
class Bench:
    """Milliseconds, calls and answers a second, money in millionths of a dollar."""

    calls: int
    added_ms: float
    added_p95_ms: float
    answers_per_second: float
    together: int
    faulty_every: int
    answered: int
    attempts: int
    faulty_p95_ms: float
    billed: int
    booked: int

    def lines(self, locale: str) -> list[str]:
        """Return it for a person to read."""
        calls = {"calls": self.calls}
        added = {"added": f"{self.added_ms:.2f}", "worst": f"{self.added_p95_ms:.2f}"}
        fault = {"every": self.faulty_every, "answered": self.answered, "attempts": self.attempts}
        return [
            text(locale, "ai.bench.latency", **added, **calls),
            text(locale, "ai.bench.throughput", rate=f"{self.answers_per_second:.0f}", together=self.together, **calls),
            text(locale, "ai.bench.faults", **fault, worst=f"{self.faulty_p95_ms:.0f}", **calls),
            text(locale, "ai.bench.billed", billed=self.billed, booked=self.booked),
        ]


def run(*, calls: int) -> Bench:
    """Start the local providers, measure, and end them. Raises SettingsError when they do not start."""
    with local_providers() as addresses:
        return asyncio.run(_measure(addresses, min(max(calls, LEAST), MOST)))


async def _measure(addresses: Mapping[str, str], calls: int) -> Bench:
    mapping = local_mapping(addresses)
    ledger = MemoryLedger()
    async with aiohttp.ClientSession() as session, Router.from_mapping(mapping, ledger=ledger) as router:
        alone = {**mapping, "order": [f"openai/{MODELS['openai']}"]}
        async with Router.from_mapping(alone, ledger=ledger) as one:
            bare = await _times(lambda: _bare(session, addresses["openai"]), calls)
            unbooked = await _billed(session, addresses["control"])
            through = await _times(lambda: _asked(one), calls)
        begun = time.monotonic()
        await _together(lambda: _asked(router), calls)
        rate = calls / (time.monotonic() - begun)
        before = len(ledger.entries)
        for place in range(calls // EVERY):
            fault = {"kind": FAULTS[place % len(FAULTS)], "skip": EVERY - 1, "after": 1, "retry_after": 1}
            await _post(session, f"{addresses['control']}/faults", fault)
        took = await _together(lambda: _asked(router), calls)
        answered = [seconds for seconds in took if seconds is not None]
        attempts = len(ledger.entries) - before
    async with aiohttp.ClientSession() as session:
        billed = await _billed(session, addresses["control"]) - unbooked
    added = [1000 * (mine - statistics.median(bare)) for mine in through]
    return Bench(
        calls=calls,
        added_ms=statistics.median(added),
        added_p95_ms=_p95(added),
        answers_per_second=rate,
        together=TOGETHER,
        faulty_every=EVERY,
        answered=len(answered),
        attempts=attempts,
        faulty_p95_ms=1000 * _p95(answered),
        billed=billed,
        booked=sum(entry.micro_usd for entry in ledger.entries),
    )


async def _times(call: Callable[[], Awaitable[Any]], calls: int) -> list[float]:
    """Return the seconds of each of `calls`, one after the other, once it is warm."""
    found = []
    for number in range(calls + calls // 5):
        begun = time.monotonic()
        await call()
        if number >= calls // 5:
            found.append(time.monotonic() - begun)
    return found


async def _together(call: Callable[[], Awaitable[Any]], calls: int) -> list[float | None]:
    """Return the seconds of each, TOGETHER of them at once; None for one that nobody answered."""
    door = asyncio.Semaphore(TOGETHER)

    async def one() -> float | None:
        async with door:
            begun = time.monotonic()
            try:
                await call()
            except NoProvider:
                return None
            return time.monotonic() - begun

    return list(await asyncio.gather(*(one() for _ in range(calls))))


async def _asked(router: Router) -> None:
    await router.complete([_ASKED], max_output_tokens=200)


async def _bare(session: aiohttp.ClientSession, url: str) -> None:
    """Ask without a router, streaming as it does."""
    body = {"model": MODELS["openai"], "messages": [_ASKED], "stream": True, "max_tokens": 200}
    headers = {"Authorization": "Bearer local-key", "Content-Type": "application/json"}
    async with session.post(f"{url}/chat/completions", data=orjson.dumps(body), headers=headers) as response:
        async for line in response.content:
            if line.startswith(b"data: {"):
                orjson.loads(line[6:])


async def _post(session: aiohttp.ClientSession, url: str, document: Mapping[str, object]) -> None:
    async with session.post(url, json=document) as response:
        response.raise_for_status()


async def _billed(session: aiohttp.ClientSession, control: str) -> int:
    async with session.get(f"{control}/bill") as response:
        return int(orjson.loads(await response.read())["micro_usd"])


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else 0.0
