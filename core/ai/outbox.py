"""What nobody waits for: written a moment later, many at once, and tried again while the store is away."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")
LINGER = 0.02
AGAIN = 1.0
MAX_WAITING = 20_000
logger = logging.getLogger(__name__)


class Outbox(Generic[T]):
    """Hands items to `run` in their order, at most `most` at once, LINGER seconds after the first of them came.

    Where `run` raises, the same items are handed to it again a second later. At most MAX_WAITING wait.
    """

    def __init__(self, run: Callable[[Sequence[T]], Awaitable[object]], most: int = 256) -> None:
        self._run = run
        self._most = most
        self._waiting: deque[T] = deque(maxlen=MAX_WAITING)
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def put(self, item: T) -> None:
        """Send `item` soon."""
        self._waiting.append(item)
        if self._timer is None and self._task is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._start)

    async def drain(self) -> None:
        """Send what waits now, once: what fails again is left to its timer."""
        if self._task is None and self._waiting:
            self._start()
        if self._task is not None:
            await asyncio.wait({self._task})

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._task = asyncio.create_task(self._send())

    async def _send(self) -> None:
        batch: list[T] = []
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                await self._run(batch)
        except Exception as error:  # noqa: BLE001 - whatever a store raises: it is asked again
            self._waiting.extendleft(reversed(batch))
            logger.warning("could not be written, trying again", extra={"items": len(batch), "error": str(error)[:200]})
            self._timer = asyncio.get_running_loop().call_later(AGAIN, self._start)
        finally:
            self._task = None
