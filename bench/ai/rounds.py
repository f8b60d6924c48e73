"""What every measured client process does: takes rounds from its standard input, answers with what they cost.

Standard library only, since the peers run in an environment of their own.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable

REST_SECONDS = 0.1
"""What a client does behind a call (settling, logging) belongs to its cost: so long it is waited for."""

Call = Callable[[int], Awaitable[object]]
"""Makes one call; the number is never the same twice."""


async def serve(calls: dict[str, Call]) -> None:
    """Measure rounds `{"way", "calls", "together"}` until the input ends."""
    done = 0
    _say({"ready": sorted(calls)})
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        _say(await _round(calls[asked["way"]], asked["calls"], asked["together"], done))
        done += asked["calls"]


async def _round(call: Call, count: int, together: int, first: int) -> dict[str, object]:
    """Make `count` calls, `together` at once; milliseconds of CPU of this process a call, and each call's time."""
    numbers = iter(range(first, first + count))
    took: list[float] = []

    async def hand() -> None:
        for number in numbers:
            began = time.perf_counter()
            await call(number)
            took.append(1e3 * (time.perf_counter() - began))

    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(hand() for _ in range(together)))
    wall = time.perf_counter() - wall
    await asyncio.sleep(REST_SECONDS)
    cpu = time.process_time() - cpu
    return {"cpu_ms": 1e3 * cpu / count, "a_second": count / wall, "took_ms": took}


def _say(document: object) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()
