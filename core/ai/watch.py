"""A deadline that moves with every piece: one timer for a whole answer, where a timeout a piece would cost more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class Watch:
    """Waits for one thing after another, for each until a moment in loop time."""

    __slots__ = ("_at", "_fired", "_loop", "_task", "_timer")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._at = 0.0
        self._task: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._fired = False

    async def wait(self, awaited: Awaitable[T], until: float) -> T:
        """Await it. Raises TimeoutError at `until`."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - awaited inside a task
        before = task.cancelling()
        self._task, self._at = task, until
        if self._timer is None or self._timer.when() > until:
            self._arm()
        try:
            return await awaited
        except asyncio.CancelledError:
            if self._fired and task.uncancel() <= before:
                raise TimeoutError from None
            raise
        finally:
            self._task = None

    def close(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self.close()
        self._timer = self._loop.call_at(self._at, self._due)

    def _due(self) -> None:
        self._timer = None
        if self._task is None:
            return  # Nothing is being waited for; the next wait arms anew.
        if self._loop.time() < self._at:
            self._arm()
        else:
            self._fired = True
            self._task.cancel()
