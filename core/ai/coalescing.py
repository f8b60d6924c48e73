"""Several askers of one thing at the same time hear one answer, in this process and, where given, in others."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from core.ai.events import Event

    Ask = Callable[[str], AsyncGenerator[Event, None]]
    """Asks for an answer that goes on behind the words given."""

LINGER = 1.0
"""Seconds between two looks whether somebody in another process still listens."""


class Streams(Protocol):
    """Answers in flight that processes share."""

    def events(self, key: str, ask: Ask) -> AsyncGenerator[Event, None]:
        """Lead the answer under `key`, calling `ask`, or follow whoever leads it. Raises as the leader's ask does."""
        ...

    async def followed(self, key: str) -> bool:
        """Say whether another process follows the answer that this one leads."""
        ...

    async def aclose(self) -> None:
        """Give back the connection."""
        ...


@dataclass(slots=True)
class _Flight:
    events: list[Event] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    listeners: int = 0
    task: asyncio.Task[None] | None = None
    lingering: asyncio.Task[None] | None = None
    done: bool = False
    error: BaseException | None = None

    def wake(self) -> None:
        """Tell every listener that there is more; whoever waits next waits on a new event."""
        self.more.set()
        self.more = asyncio.Event()


class InFlight:
    """Answers in flight. One stops when the last asker of it leaves, here and elsewhere."""

    def __init__(self, streams: Streams | None = None) -> None:
        self._streams = streams
        self._flights: dict[str, _Flight] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    async def aclose(self) -> None:
        """Give up every answer in flight."""
        flights = list(self._flights.values())
        tasks = [task for flight in flights for task in (flight.task, flight.lingering) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._streams is not None:
            await self._streams.aclose()

    async def listen(self, key: str, ask: Ask, *, across: bool = False) -> AsyncGenerator[Event, None]:
        """Join the answer in flight under `key`, or begin it; raises to every listener what `ask` raises.

        `across`: other processes may lead or follow it.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight()
            events = self._streams.events(key, ask) if across and self._streams is not None else ask("")
            flight.task = asyncio.create_task(self._pump(key, flight, events))
        flight.listeners += 1
        try:
            heard = 0
            while heard < len(flight.events) or not flight.done:
                if heard == len(flight.events):
                    await flight.more.wait()
                    continue
                yield flight.events[heard]
                heard += 1
            if flight.error is not None:
                raise flight.error
        finally:
            flight.listeners -= 1
            if not flight.listeners and not flight.done:
                self._left(key, flight, across=across)

    def _left(self, key: str, flight: _Flight, *, across: bool) -> None:
        if across and self._streams is not None:
            flight.lingering = flight.lingering or asyncio.create_task(self._linger(key, flight, self._streams))
        else:
            self._give_up(key, flight)

    def _give_up(self, key: str, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if flight.task is not None:
            flight.task.cancel()

    async def _linger(self, key: str, flight: _Flight, streams: Streams) -> None:
        while not flight.listeners and not flight.done:
            if not await streams.followed(key) and not flight.listeners:
                self._give_up(key, flight)
                return
            await asyncio.sleep(LINGER)
        flight.lingering = None

    async def _pump(self, key: str, flight: _Flight, events: AsyncGenerator[Event, None]) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    flight.events.append(event)
                    flight.wake()
        except Exception as error:  # noqa: BLE001 - handed to the listeners, who raise it
            flight.error = error
        finally:
            flight.done = True
            if self._flights.get(key) is flight:
                del self._flights[key]
            flight.wake()
