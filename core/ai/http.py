"""The HTTP session of all providers, which no answer can fill the memory through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import aiohttp

from core.ai.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_ANSWER = 16 << 20


class _Bounded:
    """A body that ends in Malformed after 16 MiB; all else is the real one's."""

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content
        self._room = MAX_ANSWER

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def iter_any(self) -> AsyncIterator[bytes]:
        async for chunk in self._content.iter_any():
            self._take(chunk)
            yield chunk

    async def read(self, size: int = -1) -> bytes:
        if size >= 0:
            return self._take(await self._content.read(size))
        parts = [chunk async for chunk in self.iter_any()]
        return b"".join(parts)

    def _take(self, chunk: bytes) -> bytes:
        self._room -= len(chunk)
        if self._room < 0:
            raise Malformed("answer_too_large", billable=True)
        return chunk


class BoundedResponse(aiohttp.ClientResponse):
    """A response whose body is bounded, whoever reads it: google-genai takes lines of any length."""

    async def start(self, connection: Any) -> Self:
        """Read the head, then bound the body."""
        await super().start(connection)
        self.content = _Bounded(self.content)  # type: ignore[assignment]
        return self


def open_session() -> aiohttp.ClientSession:
    """Return a session for all keys of all providers; the router limits how much it asks at once."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), response_class=BoundedResponse)
