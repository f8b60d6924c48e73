"""CPU a call costs its client, way by way, against the local providers in a process of their own.

`python -m tests.ai.cost [--calls 300] [--redis redis://…]` prints milliseconds of CPU; no test, since it is timed.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import subprocess
import sys
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

from core.ai import Account, Message, ModelSettings, Prompt, Router
from core.ai.http import open_session
from tests.ai.conftest import CLIENTS, MODELS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PROMPT = Prompt("narration", (Message("user", "I open the door"),), max_output_tokens=200)
LIMITS = {"rpm": 10_000_000, "tpm": 10_000_000_000}
BUDGET = {"guild_usd": 1_000, "session_usd": 1_000}


async def raw(session: aiohttp.ClientSession, url: str, *, stream: bool) -> None:
    """The floor: aiohttp and orjson alone."""
    body = {"model": MODELS["openai"], "messages": [{"role": "user", "content": "I open the door"}], "stream": stream}
    headers = {"Authorization": "Bearer local-key", "Content-Type": "application/json"}
    async with session.post(f"{url}/chat/completions", data=orjson.dumps(body), headers=headers) as response:
        if not stream:
            orjson.loads(await response.read())
            return
        async for line in response.content:
            if line.startswith(b"data: {"):
                orjson.loads(line[6:])


async def cost(name: str, calls: int, call: Callable[[], Awaitable[None]]) -> None:
    for _ in range(calls // 5):
        await call()
    gc.collect()
    started, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        await call()
    cpu, wall = time.process_time() - started, time.perf_counter() - wall
    sys.stdout.write(f"{name:34} {1000 * cpu / calls:7.3f} ms CPU {1000 * wall / calls:7.3f} ms\n")
    sys.stdout.flush()


async def through(router: Router) -> None:
    async with aclosing(router.stream(PROMPT, account=Account(guild_id=1, session_id=2))) as events:
        async for _ in events:
            pass


async def measure(urls: dict[str, str], calls: int, redis: str) -> None:
    async with aiohttp.ClientSession() as plain:
        await cost("raw, whole answer", calls, lambda: raw(plain, urls["openai"], stream=False))
        await cost("raw, stream", calls, lambda: raw(plain, urls["openai"], stream=True))
    async with open_session() as session:
        for name, (shape, kind) in CLIENTS.items():
            model: dict[str, Any] = {MODELS[kind]: ModelSettings(MODELS[kind])}
            client: Any = shape(session, urls[kind], "local-key", model, name=kind)  # type: ignore[call-arg]

            async def alone(client: Any = client, kind: str = kind) -> None:
                async with aclosing(client.stream(MODELS[kind], PROMPT)) as events:
                    async for _ in events:
                        pass

            await cost(f"{name} alone, stream", calls, alone)
            await client.aclose()
    for kind in MODELS:
        await routed(kind, urls[kind], calls, redis)


async def routed(kind: str, url: str, calls: int, redis: str) -> None:
    variants: dict[str, dict[str, Any]] = {"stream": {}, "whole answer": {"extra": {"stream": False}}}
    for name, options in variants.items() if kind == "openai" else [("stream", {})]:
        provider = {"base_url": url, "keys": ["local-key"], "models": {MODELS[kind]: options}, "limits": LIMITS}
        mapping: dict[str, Any] = {"providers": {kind: provider}, "budget": BUDGET}
        async with Router.from_mapping(mapping) as router:
            await cost(f"router, {kind}, {name}", calls, lambda: through(router))
        if redis:
            async with Router.from_mapping(mapping | {"redis": redis}) as router:
                await cost(f"router and Redis, {kind}, {name}", calls, lambda: through(router))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--redis", default="")
    given = parser.parse_args()
    command = [sys.executable, "-m", "playground.ai.serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = dict(server.stdout.readline().strip().split(": ", 1) for _ in range(5))
        try:
            asyncio.run(measure({kind.lower(): url for kind, url in said.items()}, given.calls, given.redis))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
