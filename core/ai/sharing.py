"""Answers of pure kinds: out of the cache, or one call for all who ask the same at the same time."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import msgspec

from core.ai.cache import Answer, InFlight, cache_key
from core.ai.events import Event, Finished, Text, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from core.ai.cache import Cache
    from core.ai.ledger import Account
    from core.ai.observer import Observer
    from core.ai.prompt import Prompt


class Sharing:
    """The pure kinds' way to an answer; `cache` None shares only what is in flight."""

    def __init__(self, cache: Cache | None, observer: Observer) -> None:
        self._cache = cache
        self._observer = observer
        self._in_flight = InFlight()

    async def aclose(self) -> None:
        """Give up what is in flight."""
        await self._in_flight.aclose()

    async def events(
        self,
        prompt: Prompt,
        account: Account,
        sharing: str,
        models: tuple[str, ...],
        tell: Callable[[], AsyncGenerator[Event, None]],
    ) -> AsyncGenerator[Event, None]:
        """Yield the answer to `prompt`; `tell` asks a model, `models` are those that it may ask.

        `sharing` is "guild" or "everyone". Raises NoProvider.
        """
        tenant = "" if sharing == "everyone" else str(account.guild_id)
        key = cache_key(prompt, tenant, models)
        kept = await self._cache.get(key) if self._cache is not None else None
        if kept is not None:
            self._observer.looked_up(prompt.kind, "hit")
            answer = msgspec.json.decode(kept, type=Answer)
            yield Text(answer.text)
            yield Finished("stop", Usage(), answer.provider, answer.model, "cache")
            return
        joined = key in self._in_flight
        self._observer.looked_up(prompt.kind, "shared" if joined else "miss")
        events = self._in_flight.listen(key, lambda: self._kept(key, tell()))
        async with aclosing(events):
            async for event in events:
                if joined and isinstance(event, Finished):
                    yield Finished(event.reason, Usage(), event.provider, event.model, "shared")
                else:
                    yield event

    async def _kept(self, key: str, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        text: list[str] = []
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Text):
                    text.append(event.text)
                whole = isinstance(event, Finished) and event.reason == "stop"
                if whole and self._cache is not None and isinstance(event, Finished):
                    answer = Answer("".join(text), event.provider, event.model)
                    await self._cache.put(key, msgspec.json.encode(answer))
                yield event
