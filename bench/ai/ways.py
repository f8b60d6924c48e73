"""Our ways to a model and the bare ones, each in a process of its own: `python -m bench.ai.ways WAY`.

Addresses come in the environment: OPENAI, GEMINI and MISTRAL, DATABASE_URL and REDIS_URL.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any

import aiohttp
import orjson
import uvloop

from bench.ai.question import GEMINI, KEY, MISTRAL, OPENAI, OUTPUT_TOKENS, SYSTEM, TEMPERATURE, user
from bench.ai.rounds import Call, serve
from core.ai import Account, Finished, Message, Prompt, Router

Ways = AbstractAsyncContextManager[dict[str, Call]]
MODELS = {"openai": OPENAI, "gemini": GEMINI, "mistral": MISTRAL}
ROOMY = '{"rpm": 10000000, "tpm": 100000000000, "rpd": 1000000000}'
"""Limits that are counted and never reached."""


def prompt(number: int, kind: str = "narration") -> Prompt:
    """Return the question as the router takes it."""
    messages = (Message("system", SYSTEM), Message("user", user(number)))
    return Prompt(kind, messages, max_output_tokens=OUTPUT_TOKENS, temperature=TEMPERATURE)


@asynccontextmanager
async def floor() -> AsyncIterator[dict[str, Call]]:
    """The floor: aiohttp and orjson alone."""
    url = f"{os.environ['OPENAI']}/chat/completions"
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}

    def body(number: int, *, stream: bool) -> bytes:
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user(number)}]
        asked = {"model": OPENAI, "messages": messages, "max_tokens": OUTPUT_TOKENS, "temperature": TEMPERATURE}
        return orjson.dumps(asked | ({"stream": True, "stream_options": {"include_usage": True}} if stream else {}))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def plain(number: int) -> None:
            async with session.post(url, data=body(number, stream=False), headers=headers) as answer:
                assert orjson.loads(await answer.read())["choices"][0]["message"]["content"]

        async def stream(number: int) -> None:
            text = ""
            async with session.post(url, data=body(number, stream=True), headers=headers) as answer:
                async for line in answer.content:
                    if line.startswith(b"data: {"):
                        for choice in orjson.loads(line[6:])["choices"]:
                            text += choice["delta"].get("content") or ""
            assert text

        yield {"plain": plain, "stream": stream}


@asynccontextmanager
async def whole(kind: str = "openai") -> AsyncIterator[dict[str, Call]]:
    """The router with all that production gives it: limits on Redis, ledger on PostgreSQL, cache, metrics."""
    from redis.asyncio import Redis

    from bot.ai import Metered
    from bot.answers import Answers, ReadByGroups
    from bot.ledger import PostgresLedger
    from bot.limits import open_limits
    from bot.settings import load
    from core.db.pools import Database

    settings = load(None, beside=False)
    database = await Database.open(settings.database)
    redis = Redis.from_url(settings.redis, decode_responses=True)
    ledger = PostgresLedger(database.writer)
    limits = open_limits(settings, ledger)
    parts = {"ledger": ledger, "observer": Metered(), "cache": Answers(redis), "readings": ReadByGroups(redis)}
    mapping = _mapping(kind) | {"redis": settings.redis}
    async with Router.from_mapping(mapping, limits=limits, **parts) as router:
        yield _through(router, kind)
    await redis.aclose()
    await database.close()


@asynccontextmanager
async def alone(kind: str = "openai") -> AsyncIterator[dict[str, Call]]:
    """The router with everything in memory: as an outside program uses it."""
    async with Router.from_mapping(_mapping(kind)) as router:
        yield _through(router, kind)


def _mapping(kind: str) -> dict[str, Any]:
    models = {MODELS[kind]: {}, "tale-large": {"extra": {"stream": False}}} if kind == "openai" else [MODELS[kind]]
    return {
        "providers": {kind: {"base_url": os.environ[kind.upper()], "keys": [KEY], "models": models}},
        "order": {
            "default": [f"{kind}/{MODELS[kind]}"],
            **({"plain": ["openai/tale-large"], "plain looked up": ["openai/tale-large"]} if kind == "openai" else {}),
        },
        "pure": {name: {"tenant": "guild", "across": False} for name in ("looked up", "plain looked up", "kept")},
        "hedge": False,
    }


def _through(router: Router, kind: str) -> dict[str, Call]:
    async def ask(number: int, name: str) -> None:
        account, end = Account(guild_id=1, session_id=number % 50 + 1, reference=str(number)), None
        async with aclosing(router.stream(prompt(number, name), account=account)) as events:
            async for event in events:
                end = event
        assert isinstance(end, Finished)

    found: dict[str, Call] = {"stream": lambda n: ask(n, "narration")}
    if kind == "openai":
        found |= {
            "plain": lambda n: ask(n, "plain"),
            "plain looked up": lambda n: ask(n, "plain looked up"),
            "stream looked up": lambda n: ask(n, "looked up"),
            "hit": lambda _: ask(0, "kept"),
        }
    return found


@asynccontextmanager
async def adapter(kind: str) -> AsyncIterator[dict[str, Call]]:
    """One of our adapters without the router."""
    from core.ai.http import open_session
    from core.ai.settings import read

    provider = next(iter(read(_mapping(kind)).providers.values()))
    from core.ai.providers import open_provider

    async with open_session() as session:
        opened = open_provider(provider, provider.keys[0], session)

        async def stream(number: int) -> None:
            async with aclosing(opened.stream(MODELS[kind], prompt(number))) as events:
                assert [event async for event in events]

        yield {"stream": stream}
        await opened.aclose()


@asynccontextmanager
async def genai() -> AsyncIterator[dict[str, Call]]:
    """google-genai as its documentation shows it, with its usual transport (aiohttp)."""
    from google import genai as sdk
    from google.genai import types

    options = types.HttpOptions(base_url=os.environ["GEMINI"], api_version="v1beta")
    client = sdk.Client(api_key=KEY, http_options=options)

    async def stream(number: int) -> None:
        config = types.GenerateContentConfig(
            system_instruction=SYSTEM, max_output_tokens=OUTPUT_TOKENS, temperature=TEMPERATURE
        )
        answer = await client.aio.models.generate_content_stream(model=GEMINI, contents=user(number), config=config)
        assert "".join([chunk.text or "" async for chunk in answer])

    yield {"stream": stream}
    await client.aio.aclose()


@asynccontextmanager
async def mistralai() -> AsyncIterator[dict[str, Call]]:
    """The SDK mistralai as its documentation shows it."""
    from mistralai.client import Mistral

    async with Mistral(api_key=KEY, server_url=os.environ["MISTRAL"]) as client:

        async def stream(number: int) -> None:
            messages: Any = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user(number)}]
            asked = {"model": MISTRAL, "messages": messages, "max_tokens": OUTPUT_TOKENS, "temperature": TEMPERATURE}
            async with await client.chat.stream_async(**asked) as chunks:
                assert [chunk.data.choices async for chunk in chunks]

        yield {"stream": stream}


WAYS: dict[str, Callable[[], Ways]] = {
    "floor": floor,
    "whole": whole,
    "alone": alone,
    "gemini": lambda: whole("gemini"),
    "mistral": lambda: whole("mistral"),
    "mistral adapter": lambda: adapter("mistral"),
    "gemini adapter": lambda: adapter("gemini"),
    "google-genai": genai,
    "mistralai": mistralai,
}


async def main(name: str) -> None:
    """Measure one of them."""
    async with WAYS[name]() as calls:
        await serve(calls)


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(sys.argv[1]))
