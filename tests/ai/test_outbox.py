"""What is written a moment later: together, in its order, and again while the store is away."""

import asyncio
from collections.abc import Sequence

import pytest

from core.ai import outbox
from core.ai.outbox import Outbox


class Store:
    """Keeps what it is given, once it answers."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.batches: list[list[int]] = []

    async def write(self, items: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError
        self.batches.append(list(items))


async def test_what_comes_within_a_moment_is_written_at_once_and_in_order() -> None:
    store = Store()
    box = Outbox(store.write, most=8)
    for number in range(20):
        box.put(number)
    assert store.batches == []
    await box.drain()
    assert [len(batch) for batch in store.batches] == [8, 8, 4]
    assert [item for batch in store.batches for item in batch] == list(range(20))
    await box.drain()


async def test_it_is_written_without_anyone_asking() -> None:
    store = Store()
    Outbox(store.write).put(1)
    async with asyncio.timeout(5):
        while not store.batches:
            await asyncio.sleep(0.01)
    assert store.batches == [[1]]


async def test_what_a_store_refused_is_given_to_it_again_before_what_came_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "AGAIN", 0.01)
    store = Store(refusals=3)
    box = Outbox(store.write)
    box.put(1)
    await box.drain()
    assert store.batches == []
    box.put(2)
    async with asyncio.timeout(5):
        while not store.batches:
            await asyncio.sleep(0.01)
    assert [item for batch in store.batches for item in batch] == [1, 2]
