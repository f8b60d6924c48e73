"""The one door to all models: order, choice, fallback, limits, ledger."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from core.ai import settings as settings_module
from core.ai import structured
from core.ai.allowance import Allowance
from core.ai.attempt import Books
from core.ai.events import Call, Event, Finished, Reason, Source, Text, Usage
from core.ai.health import Health
from core.ai.http import open_session
from core.ai.ledger import Account, MemoryLedger
from core.ai.limit_settings import open_limits
from core.ai.memory_limits import MemoryLimits
from core.ai.observer import Silent, SystemClock
from core.ai.plain import conversation
from core.ai.prompt import Message, Prompt, Tool, ToolCall
from core.ai.providers import open_provider
from core.ai.routes import Route
from core.ai.routing import Traffic
from core.ai.sharing import Sharing
from core.ai.siblings import Alone
from core.ai.telling import Failure, Telling

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    import aiohttp

    from core.ai.attempt import Tried
    from core.ai.cache import Cache
    from core.ai.coalescing import Streams
    from core.ai.ledger import Ledger
    from core.ai.limits import Limits
    from core.ai.observer import Clock, Observer
    from core.ai.settings import Pair, RouterSettings
    from core.ai.sharing import Worth
    from core.ai.siblings import Siblings
    from core.ai.variants import Readings


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer.

    `value`: what the text says, where a schema was asked for. `attempts`: every call that was made, those for a
    repair too; `failures`: those that failed, with the provider's own words.
    """

    text: str
    calls: tuple[ToolCall, ...]
    reason: Reason
    usage: Usage | None
    provider: str
    model: str
    source: Source
    failures: tuple[Failure, ...]
    attempts: tuple[Tried, ...] = ()
    value: Any = None


class Router:
    """Asks models in order until one answers. Open it with `async with`, or call `aclose` at the end."""

    def __init__(
        self,
        settings: RouterSettings,
        *,
        ledger: Ledger | None = None,
        limits: Limits | None = None,
        cache: Cache | None = None,
        observer: Observer | None = None,
        clock: Clock | None = None,
        siblings: Siblings | None = None,
        readings: Readings | None = None,
        worth: Worth | None = None,
    ) -> None:
        self._settings = settings
        self._observer = observer or Silent()
        self._siblings = siblings or _siblings(settings)
        health = Health(clock or SystemClock(), settings.breaker, self._siblings, self._observer)
        self._limits = limits or MemoryLimits()
        books = Books(ledger or MemoryLedger(), self._observer, health, self._limits)
        self._traffic = Traffic(
            books,
            settings.deadlines,
            settings.limits,
            settings.hedge,
            hedges=Allowance(settings.hedge.share, settings.hedge.burst),
            retries=Allowance(settings.limits.retries, settings.limits.retry_burst, settings.limits.retry_burst),
        )
        streams = _streams(settings)
        self._sharing = Sharing(cache, self._observer, streams=streams, readings=readings, worth=worth)
        self._session: aiohttp.ClientSession | None = None
        self._routes: dict[str, tuple[Route, ...]] | None = None
        self._opening = asyncio.Lock()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], **parts: Any) -> Router:
        """Build a router from plain settings; `parts` as for the constructor. Raises SettingsError."""
        settings = settings_module.read(mapping)
        limits = parts.pop("limits", None) or open_limits(mapping, clock=parts.get("clock"))
        return cls(settings, limits=limits, **parts)

    async def __aenter__(self) -> Self:
        # Opened now, so that the first telling does not wait for an SDK to be imported.
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give up what is in flight among askers, finish writing the ledger, give back connections."""
        await self._sharing.aclose()
        while closing := self._traffic.books.closing:
            await asyncio.gather(*closing, return_exceptions=True)
        await self._traffic.books.ledger.aclose()
        for provider in {route.provider for routes in (self._routes or {}).values() for route in routes}:
            await provider.aclose()
        if self._session is not None:
            await self._session.close()
        await self._siblings.aclose()
        await self._limits.aclose()
        self._routes = self._session = None

    async def stream(
        self, prompt: Prompt, *, account: Account, model: str | None = None
    ) -> AsyncGenerator[Event, None]:
        """Yield Text, Call, then one Finished.

        The texts follow on `prompt.told` when simply put behind it. `model` ("provider/model") is asked alone.
        Close the generator to stop paying attention (the call is then charged as an estimate). Raises NoProvider.
        """
        events = self._events(await self._tell(prompt, account, model))
        async with aclosing(events):
            async for event in events:
                yield event

    async def complete(
        self,
        messages: Sequence[Message | Mapping[str, Any]],
        *,
        kind: str = "completion",
        tools: Sequence[Tool] = (),
        max_output_tokens: int = 512,
        temperature: float = 0.7,
        locale: str = "en-US",
        account: Account | None = None,
        model: str | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Return one whole answer. Messages may be plain `{"role": …, "content": …}`. Raises NoProvider, ValueError.

        With `schema` the text is JSON that fits it, and `value` what it says; calls fit their tools' schemas. A
        first answer that does not is sent back once to be mended; NoProvider("malformed") after the second.
        """
        prompt = Prompt(
            kind=kind,
            messages=conversation(messages),
            tools=tuple(tools),
            max_output_tokens=max_output_tokens,
            temperature=temperature,
            locale=locale,
            schema=schema,
        )
        account = account or Account()
        first = await self._whole(prompt, account, model)
        checked = structured.check(prompt, first.text, first.calls)
        if not checked.wrong:
            return replace(first, value=checked.value, calls=checked.calls)
        second = await self._whole(structured.mended(prompt, first.text, first.calls, checked), account, model)
        again = structured.check(prompt, second.text, second.calls)
        if again.wrong:
            raise structured.refused(again)
        return replace(
            second,
            value=again.value,
            calls=again.calls,
            failures=first.failures + second.failures,
            attempts=first.attempts + second.attempts,
        )

    async def _whole(self, prompt: Prompt, account: Account, model: str | None) -> Completion:
        telling = await self._tell(prompt, account, model)
        text: list[str] = []
        calls: list[ToolCall] = []
        end: Finished | None = None
        async with aclosing(self._events(telling)) as events:
            async for event in events:
                match event:
                    case Text(piece):
                        text.append(piece)
                    case Call(call):
                        calls.append(call)
                    case Finished():
                        end = event
        assert end is not None  # noqa: S101 - a stream without an end raises
        return Completion(
            "".join(text),
            tuple(calls),
            end.reason,
            end.usage,
            end.provider,
            end.model,
            end.source,
            tuple(telling.failures),
            telling.attempts,
        )

    def _events(self, telling: Telling) -> AsyncGenerator[Event, None]:
        pure = self._settings.pure.get(telling.prompt.kind)
        if pure is None:
            return telling.events()
        models = tuple(dict.fromkeys("/".join(route.name) for route in telling.routes))
        return self._sharing.events(telling.prompt, telling.account, pure, models, telling.asked)

    async def _tell(self, prompt: Prompt, account: Account, model: str | None = None) -> Telling:
        routes = self._routes or await self._open()
        found = routes.get(prompt.kind) or routes.get("default", ())
        if model is not None:
            found = routes.get(f"model {model}", ())
        soft = await self._limits.stage(account) != "normal"
        if soft:
            shorter = max(1, round(prompt.max_output_tokens * self._settings.limits.soft_output))
            prompt = replace(prompt, max_output_tokens=shorter)
        return Telling(prompt, account, found, self._traffic, cheapest=soft)

    async def _open(self) -> dict[str, tuple[Route, ...]]:
        async with self._opening:
            if self._routes is None:
                self._session = open_session()
                self._routes = self._make_routes(self._session)
                await self._siblings.start(self._traffic.books.health.heard)
        return self._routes

    def _make_routes(self, session: aiohttp.ClientSession) -> dict[str, tuple[Route, ...]]:
        by_model: dict[Pair, list[Route]] = {}
        for provider in self._settings.providers.values():
            for key in provider.keys:
                opened = open_provider(provider, key, session)
                for name, model in provider.models.items():
                    route = Route(provider.name, opened, model, provider.prices[name], key.ref, key.scope)
                    route = replace(route, weight=key.weight * model.weight)
                    by_model.setdefault((provider.name, name), []).append(route)
        routes = {kind: _tiered(tiers, by_model) for kind, tiers in self._settings.order.items()}
        return routes | {f"model {provider}/{name}": tuple(found) for (provider, name), found in by_model.items()}


def _tiered(tiers: Sequence[Sequence[Pair]], by_model: Mapping[Pair, Sequence[Route]]) -> tuple[Route, ...]:
    """Routes in the order of tiers; a model that is named twice counts where it comes first."""
    places: dict[Pair, int] = {}
    for number, tier in enumerate(tiers):
        for pair in tier:
            places.setdefault(pair, number)
    return tuple(replace(route, tier=tier) for pair, tier in places.items() for route in by_model.get(pair, ()))


def _streams(settings: RouterSettings) -> Streams | None:
    if not settings.redis or not any(pure.across for pure in settings.pure.values()):
        return None
    from core.ai.shared_streams import RedisStreams

    return RedisStreams.from_url(settings.redis)


def _siblings(settings: RouterSettings) -> Siblings:
    if not settings.redis:
        return Alone()
    from core.ai.shared_health import open_siblings

    return open_siblings(settings.redis)
