"""Answers that are a pure function of their prompt: kept, and shared while they are being given."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol

import msgspec
import orjson

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from core.ai.events import Event
    from core.ai.prompt import Prompt


class Cache(Protocol):
    """Exact cache. Both are bounded in time and never raise: a store that is away is a miss."""

    async def get(self, key: str) -> bytes | None:
        """Return what was put, or None."""
        ...

    async def put(self, key: str, value: bytes) -> None:
        """Keep `value`; how long is the store's business."""
        ...


class MemoryCache:
    """Least recently used answers in the process's memory, at most `entries`."""

    def __init__(self, entries: int = 1_000) -> None:
        self._entries = entries
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        """See Cache.get."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes) -> None:
        """See Cache.put."""
        self._kept[key] = value
        if len(self._kept) > self._entries:
            self._kept.popitem(last=False)


class Answer(msgspec.Struct, frozen=True):
    """A finished answer under the model that gave it."""

    text: str
    provider: str
    model: str


def cache_key(prompt: Prompt, tenant: str, models: tuple[str, ...]) -> str:
    """Everything that the answer depends on: who may share it, the models that may give it, the whole prompt."""
    asked = {entry.name: getattr(prompt, entry.name) for entry in fields(prompt) if entry.compare}
    document = [tenant, models, asked]
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(slots=True)
class _Live:
    events: list[Event] = field(default_factory=list)
    more: asyncio.Condition = field(default_factory=asyncio.Condition)
    listeners: int = 0
    task: asyncio.Task[None] | None = None
    done: bool = False
    error: BaseException | None = None


class InFlight:
    """Several askers of one thing at once hear one answer; it stops when the last of them leaves."""

    def __init__(self) -> None:
        self._live: dict[str, _Live] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._live

    async def aclose(self) -> None:
        """Give up every answer in flight."""
        tasks = [live.task for live in self._live.values() if live.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def listen(self, key: str, ask: Callable[[], AsyncGenerator[Event, None]]) -> AsyncGenerator[Event, None]:
        """Join the answer in flight under `key`, or begin it; raises to every listener what `ask` raises."""
        live = self._live.get(key)
        if live is None:
            live = self._live[key] = _Live()
            live.task = asyncio.create_task(self._pump(key, live, ask()))
        live.listeners += 1
        try:
            heard = 0
            while True:
                async with live.more:
                    while heard == len(live.events) and not live.done:
                        await live.more.wait()
                if heard == len(live.events):
                    break
                yield live.events[heard]
                heard += 1
            if live.error is not None:
                raise live.error
        finally:
            live.listeners -= 1
            if not live.listeners and live.task is not None and not live.done:
                self._live.pop(key, None)
                live.task.cancel()

    async def _pump(self, key: str, live: _Live, events: AsyncGenerator[Event, None]) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    live.events.append(event)
                    async with live.more:
                        live.more.notify_all()
        except Exception as error:  # noqa: BLE001 - handed to the listeners, who raise it
            live.error = error
        finally:
            live.done = True
            if self._live.get(key) is live:
                del self._live[key]
            async with live.more:
                live.more.notify_all()
