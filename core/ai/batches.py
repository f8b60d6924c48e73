"""Group commit: what comes while one batch is on its way goes together in the next."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")


class Batches(Generic[T, R]):
    """Hands items to `run`, at most `most` at once and one batch at a time, in the order they came."""

    def __init__(self, run: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int = 256) -> None:
        self._run = run
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: T) -> asyncio.Future[R]:
        """Send `item` with the next batch; its answer, or what `run` raised for its batch."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._send())
        return answer

    async def drain(self) -> None:
        """Wait until nothing is on its way."""
        while self._task is not None:
            await asyncio.wait({self._task})

    async def _send(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                await self._one([item for item, _ in batch], [answer for _, answer in batch])
        finally:
            self._task = None

    async def _one(self, items: Sequence[T], waiting: Sequence[asyncio.Future[R]]) -> None:
        try:
            answers = await self._run(items)
        except Exception as error:  # noqa: BLE001 - raised where the answers are awaited
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for future, answer in zip(waiting, answers, strict=True):
            if not future.done():
                future.set_result(answer)
