"""One POST to a chat-completions endpoint, turned into events and typed errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import aiohttp
import orjson

from core.ai import sse
from core.ai.chat_wire import TOO_LONG, ChunkReader, error_text
from core.ai.errors import (
    Blocked,
    KeyRejected,
    Malformed,
    ProviderError,
    RateLimited,
    TooLong,
    Unavailable,
)
from core.ai.retry_hints import from_chat

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from core.ai.events import ProviderEvent

# The router holds the deadlines; here only a connection that nobody accepts is cut.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5)
KEY_STATUSES = frozenset({401, 402, 403})
BLOCKED = re.compile("content_filter|content_policy")


async def stream_chat(
    session: aiohttp.ClientSession,
    url: str,
    headers: Mapping[str, str],
    request: Mapping[str, object],
    reader: ChunkReader,
) -> AsyncGenerator[ProviderEvent, None]:
    """Post `request`, yield its events. Leaving the generator early closes the connection.

    Raises ProviderError, which says whether the provider may bill the call.
    """
    response = await _post(session, url, headers, request)
    whole = False
    try:
        if response.status != 200:
            raise classify(response.status, response.headers, await sse.error_body(response))
        async for document in _documents(response, reader):
            for event in reader.feed(document):
                yield event
        for event in reader.finish():
            yield event
        whole = True
    finally:
        if whole:
            response.release()
        else:
            response.close()


async def _post(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], request: Mapping[str, object]
) -> aiohttp.ClientResponse:
    try:
        return await session.post(url, data=orjson.dumps(request), headers=headers, timeout=TIMEOUT)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError) as error:
        raise Unavailable(type(error).__name__, sent=False) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unavailable(type(error).__name__, billable=True) from error


async def _documents(response: aiohttp.ClientResponse, reader: ChunkReader) -> AsyncGenerator[bytes, None]:
    """JSON documents of the body, streamed or not; a connection lost after the answer was complete is no error."""
    try:
        if response.content_type == "application/json":
            yield await sse.body(response)
            return
        async for data in sse.data_lines(response):
            if data == b"[DONE]":
                return
            yield data
    except (aiohttp.ClientError, OSError) as error:
        if not reader.over:
            raise Unavailable(type(error).__name__, billable=True) from error


async def list_models(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> tuple[str, ...]:
    """GET a `models` list. Raises ProviderError."""
    try:
        async with session.get(url, headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as response:
            if response.status != 200:
                raise classify(response.status, response.headers, await sse.error_body(response))
            document = orjson.loads(await sse.body(response))
            return tuple(str(model["id"]) for model in document["data"])
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(type(error).__name__) from error
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise Malformed("models") from error


def classify(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """Return the typed error of an HTTP answer other than 200. Such answers are not billed."""
    try:
        text = error_text(orjson.loads(body))
    except orjson.JSONDecodeError:
        text = body[:200].decode("utf-8", "replace")
    text = f"{status} {text}"
    # With 403 OpenRouter also tells of what its moderation flagged: the key is good
    if (status == 403 and "flagged" in text) or (status == 400 and BLOCKED.search(text)):
        return Blocked(text)
    if status in KEY_STATUSES:
        return KeyRejected(text)
    if status == 429:
        hint = from_chat(headers, text, datetime.now(UTC))
        return KeyRejected(text) if hint.spent else RateLimited(text, until=hint.until, retry_after=hint.retry_after)
    if status == 413 or (status in {400, 422} and TOO_LONG.search(text)):
        return TooLong(text)
    if status in {408, 409, 425} or status >= 500:
        return Unavailable(text)
    return Malformed(text)
