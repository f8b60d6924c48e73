"""Server-sent events off an HTTP body, bounded."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp

from core.ai.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_LINE = 1 << 20
MAX_BODY = 4 << 20
MAX_ERROR_BODY = 64 << 10


async def data_lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Payload of each `data:` line; comments and other fields are passed over.

    Raises Malformed for a line above 1 MiB; the whole is bounded by the session (core.ai.http).
    """
    rest = b""
    async for chunk in response.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE:
            raise Malformed("line_too_long", billable=True)
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
    if rest.startswith(b"data:"):
        yield rest[5:].strip()


async def body(response: aiohttp.ClientResponse, limit: int = MAX_BODY) -> bytes:
    """Read the whole body; raises Malformed when it is larger than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise Malformed("body_too_large", billable=True)
        parts.append(chunk)
    return b"".join(parts)


async def error_body(response: aiohttp.ClientResponse) -> bytes:
    """Read what an error says, cut at 64 KiB; nothing when even that does not arrive."""
    parts: list[bytes] = []
    room = MAX_ERROR_BODY
    with suppress(aiohttp.ClientError, OSError):
        while room > 0 and (chunk := await response.content.read(room)):
            parts.append(chunk)
            room -= len(chunk)
    return b"".join(parts)
