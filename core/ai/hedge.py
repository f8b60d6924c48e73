"""Two calls for one answer: the second begins when the first is late, and whose words come first is heard."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.ai.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from core.ai.attempt import Going
    from core.ai.events import Event


@dataclass(frozen=True, slots=True)
class HedgeSettings:
    """When a second call is made.

    After `quantile` of the first visible words of that model, known from at least `samples` of them; for at most
    `share` of the tellings (0 turns it off), `burst` of them at once. `off`: kinds of prompt that can wait.
    """

    share: float = 0.05
    burst: float = 5.0
    quantile: float = 0.95
    samples: float = 20
    off: frozenset[str] = frozenset()


@dataclass(slots=True)
class Runner:
    """One call in the race; `head` is being waited for."""

    going: Going
    events: AsyncGenerator[Event, None]
    head: asyncio.Task[Event] | None = None

    def start(self) -> asyncio.Task[Event]:
        """Begin to wait for its first event."""
        self.head = asyncio.ensure_future(self._first())
        return self.head

    async def _first(self) -> Event:
        return await anext(self.events)

    async def leave(self) -> None:
        """Close its socket; its row is closed as an estimate."""
        if self.head is not None and not self.head.done():
            self.head.cancel()
        if self.head is not None:
            with suppress(asyncio.CancelledError, ProviderError):
                await self.head
        await self.events.aclose()


async def race(
    first: Runner,
    delay: float,
    another: Callable[[], Awaitable[Runner | None]],
    lost: Callable[[Runner, ProviderError | None], None],
) -> Runner:
    """Return the runner whose head came first; `another` is asked for a second one after `delay` seconds.

    `lost` is told of the other: with its error, or with None when it has to be left. Raises the ProviderError of
    the last one when all fail.
    """
    running = [first]
    try:
        await asyncio.wait({first.start()}, timeout=delay)
        if first.head is not None and not first.head.done() and (second := await another()) is not None:
            second.start()
            running.append(second)
        while True:
            winner = await _settle(running, lost)
            if winner is not None:
                break
    except BaseException:
        for runner in running:
            lost(runner, None)
        raise
    for runner in running:
        if runner is not winner:
            lost(runner, None)
    return winner


async def _settle(running: list[Runner], lost: Callable[[Runner, ProviderError | None], None]) -> Runner | None:
    """Wait until one has come or failed; failed ones are taken out. Raises the last one's error."""
    await asyncio.wait({runner.head for runner in running if runner.head}, return_when=asyncio.FIRST_COMPLETED)
    for runner in list(running):
        if runner.head is None or not runner.head.done():
            continue
        error = runner.head.exception()
        if error is None:
            return runner
        running.remove(runner)
        if not running or not isinstance(error, ProviderError):
            raise error
        lost(runner, error)
    return None
