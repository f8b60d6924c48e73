"""Answers of pure kinds: out of the cache, or one call for all who ask the same at the same time."""

from __future__ import annotations

import hashlib
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import msgspec

from core.ai.cache import Answer, cache_key
from core.ai.coalescing import InFlight
from core.ai.events import Event, Finished, Text, Usage
from core.ai.variants import MemoryReadings, same, unlike

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from core.ai.cache import Cache
    from core.ai.coalescing import Streams
    from core.ai.events import Source
    from core.ai.ledger import Account
    from core.ai.observer import Observer
    from core.ai.prompt import Prompt
    from core.ai.variants import Readings

    Tell = Callable[[Prompt], AsyncGenerator[Event, None]]
    """Asks a model."""
    Worth = Callable[[Prompt, str], bool]
    """Says whether a whole answer may be kept for others."""

Tenant = Literal["everyone", "guild", "session"]
MONTH = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Pure:
    """How answers of a kind are shared.

    `tenant`: among whom. `seconds`: how long they are kept, 0 for only while they are in flight. `variants`: texts
    for one key, of which a group reads each once before any a second time. `across`: also between processes.
    """

    tenant: Tenant
    seconds: float = MONTH
    variants: int = 1
    across: bool = True

    def of(self, account: Account) -> str:
        """Return whose answer it is."""
        return {"everyone": "", "guild": f"g{account.guild_id}", "session": f"s{account.session_id}"}[self.tenant]


class Sharing:
    """The pure kinds' way to an answer; `cache` None shares only what is in flight, `streams` None in this process."""

    def __init__(
        self,
        cache: Cache | None,
        observer: Observer,
        *,
        streams: Streams | None,
        readings: Readings | None,
        worth: Worth | None,
    ) -> None:
        self._cache = cache
        self._observer = observer
        self._in_flight = InFlight(streams)
        self._readings = readings or MemoryReadings()
        self._worth = worth

    async def aclose(self) -> None:
        """Give up what is in flight."""
        await self._in_flight.aclose()

    async def events(
        self, prompt: Prompt, account: Account, pure: Pure, models: tuple[str, ...], tell: Tell
    ) -> AsyncGenerator[Event, None]:
        """Yield the answer to `prompt`; `tell` asks a model, `models` are those that it may ask. Raises NoProvider."""
        key = cache_key(prompt, pure.of(account), models)
        earlier: tuple[str, ...] = ()
        if pure.variants > 1:
            turn = await self._readings.next(_group(account), key) % pure.variants
            earlier = await self._told(key, turn)
            prompt, key = unlike(prompt, earlier), _place(key, turn)
        kept = await self._kept(key) if pure.seconds else None
        if kept is not None:
            self._observer.looked_up(prompt.kind, "variant" if pure.variants > 1 else "hit")
            yield Text(kept.text)
            yield Finished("stop", Usage(), kept.provider, kept.model, "cache")
            return
        async with aclosing(self._shared(key, prompt, pure, tell, earlier)) as events:
            async for event in events:
                yield event

    async def _shared(
        self, key: str, prompt: Prompt, pure: Pure, tell: Tell, earlier: Sequence[str]
    ) -> AsyncGenerator[Event, None]:
        joined = key in self._in_flight
        source: Source = "shared" if joined else "provider"

        def ask(shown: str) -> AsyncGenerator[Event, None]:
            if shown:
                # Going on behind a leader that fell silent: two models' words, which are nobody's to keep.
                return tell(replace(prompt, prefix=prompt.prefix + shown))
            return self._keeping(key, prompt, tell(prompt), pure, earlier)

        try:
            async with aclosing(self._in_flight.listen(key, ask, across=pure.across)) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        source = "shared" if joined else event.source
                        usage = Usage() if source == "shared" else event.usage
                        yield Finished(event.reason, usage, event.provider, event.model, source)
                    else:
                        yield event
        finally:
            self._observer.looked_up(prompt.kind, "shared" if source == "shared" else "miss")

    async def _keeping(
        self, key: str, prompt: Prompt, events: AsyncGenerator[Event, None], pure: Pure, earlier: Sequence[str]
    ) -> AsyncGenerator[Event, None]:
        text: list[str] = []
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Text):
                    text.append(event.text)
                if isinstance(event, Finished) and event.reason == "stop" and pure.seconds and self._cache is not None:
                    whole = "".join(text)
                    if self._is_worth(prompt, whole) and not same(whole, earlier):
                        answer = Answer(whole, event.provider, event.model)
                        await self._cache.put(key, msgspec.json.encode(answer), pure.seconds)
                yield event

    def _is_worth(self, prompt: Prompt, text: str) -> bool:
        return bool(text.strip()) and (self._worth is None or self._worth(prompt, text))

    async def _kept(self, key: str) -> Answer | None:
        kept = await self._cache.get(key) if self._cache is not None else None
        if kept is not None:
            with suppress(msgspec.DecodeError):
                return msgspec.json.decode(kept, type=Answer)
        return None

    async def _told(self, key: str, turn: int) -> tuple[str, ...]:
        """Return the variants before a place."""
        found = [await self._kept(_place(key, place)) for place in range(turn)]
        return tuple(answer.text for answer in found if answer is not None)


def _group(account: Account) -> str:
    return f"s{account.session_id}" if account.session_id is not None else f"g{account.guild_id}"


def _place(key: str, turn: int) -> str:
    return hashlib.sha256(f"{key}#{turn}".encode()).hexdigest()
