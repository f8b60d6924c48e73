"""The one door to all models: order, fallback, cache, budget, ledger."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from core.ai import settings as settings_module
from core.ai.attempt import Books
from core.ai.budget import Unlimited
from core.ai.events import Call, Event, Finished, Reason, Source, Text, Usage
from core.ai.http import open_session
from core.ai.ledger import Account, MemoryLedger
from core.ai.observer import Silent, SystemClock
from core.ai.prompt import Message, Prompt, Tool, ToolCall
from core.ai.providers import open_provider
from core.ai.routes import Health, Route
from core.ai.sharing import Sharing
from core.ai.telling import Failure, Telling

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    import aiohttp

    from core.ai.budget import Budget
    from core.ai.cache import Cache
    from core.ai.ledger import Ledger
    from core.ai.observer import Clock, Observer
    from core.ai.settings import RouterSettings


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer; `failures` are the attempts before the one that answered."""

    text: str
    calls: tuple[ToolCall, ...]
    reason: Reason
    usage: Usage | None
    provider: str
    model: str
    source: Source
    failures: tuple[Failure, ...]


class Router:
    """Asks models in order until one answers. Open it with `async with`, or call `aclose` at the end."""

    def __init__(
        self,
        settings: RouterSettings,
        *,
        ledger: Ledger | None = None,
        budget: Budget | None = None,
        cache: Cache | None = None,
        observer: Observer | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._health = Health(clock or SystemClock())
        self._books = Books(ledger or MemoryLedger(), observer or Silent(), self._health)
        self._budget = budget or Unlimited()
        self._sharing = Sharing(cache, self._books.observer)
        self._session: aiohttp.ClientSession | None = None
        self._routes: dict[str, tuple[Route, ...]] | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], **parts: Any) -> Router:
        """Build a router from plain settings; `parts` as for the constructor. Raises SettingsError."""
        return cls(settings_module.read(mapping), **parts)

    async def __aenter__(self) -> Self:
        # Opened now, so that the first telling does not wait for an SDK to be imported.
        self._routes = self._open_routes()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give up what is in flight among askers, finish writing the ledger, give back connections."""
        await self._sharing.aclose()
        await asyncio.gather(*self._books.closing, return_exceptions=True)
        for provider in {route.provider for routes in (self._routes or {}).values() for route in routes}:
            await provider.aclose()
        if self._session is not None:
            await self._session.close()
        self._routes = self._session = None

    async def stream(self, prompt: Prompt, *, account: Account) -> AsyncGenerator[Event, None]:
        """Yield Text, Call, then one Finished.

        The texts follow on `prompt.told` when simply put behind it. Close the generator to stop paying
        attention (the call is then charged as an estimate). Raises NoProvider.
        """
        events = self._events(prompt, account, self._tell(prompt, account))
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
    ) -> Completion:
        """Return one whole answer. Messages may be plain `{"role": …, "content": …}`. Raises NoProvider."""
        prompt = Prompt(
            kind=kind,
            messages=tuple(m if isinstance(m, Message) else Message(m["role"], m["content"]) for m in messages),
            tools=tuple(tools),
            max_output_tokens=max_output_tokens,
            temperature=temperature,
            locale=locale,
        )
        account = account or Account()
        telling = self._tell(prompt, account)
        events = self._events(prompt, account, telling)
        text: list[str] = []
        calls: list[ToolCall] = []
        end: Finished | None = None
        async with aclosing(events):
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
        )

    def _events(self, prompt: Prompt, account: Account, telling: Telling) -> AsyncGenerator[Event, None]:
        sharing = self._settings.pure.get(prompt.kind)
        if sharing is None:
            return telling.events()
        models = tuple(f"{route.provider_name}/{route.model.name}" for route in telling.routes)
        return self._sharing.events(prompt, account, sharing, models, telling.events)

    def _tell(self, prompt: Prompt, account: Account) -> Telling:
        settings = self._settings
        return Telling(
            prompt,
            account,
            self._routes_for(prompt.kind),
            self._books,
            self._budget,
            settings.deadlines,
            settings.limits,
        )

    def _routes_for(self, kind: str) -> tuple[Route, ...]:
        if self._routes is None:
            self._routes = self._open_routes()
        return self._routes.get(kind) or self._routes.get("default", ())

    def _open_routes(self) -> dict[str, tuple[Route, ...]]:
        if self._session is None:
            self._session = open_session()
        by_model: dict[tuple[str, str], list[Route]] = {}
        for provider in self._settings.providers.values():
            for key in provider.keys:
                opened = open_provider(provider, key, self._session)
                for name, model in provider.models.items():
                    by_model.setdefault((provider.name, name), []).append(
                        Route(provider.name, opened, model, provider.prices[name], key.ref, key.scope)
                    )
        return {
            kind: tuple(route for pair in pairs for route in by_model.get(pair, ()))
            for kind, pairs in self._settings.order.items()
        }
