"""A telling as it grows: taken in as the storyteller tells it, shown at the pace of its messages."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from bot import metrics
from core.story.turn import Piece


@dataclass
class Growing:
    """A telling as it grows."""

    text: str
    teller: str
    people: frozenset[int] = frozenset()
    why: str = ""
    cut: tuple[str, ...] = ()
    broken: bool = False
    cards: dict[str, int] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    born: float = field(default_factory=time.monotonic)
    seen: bool = False

    def add(self, piece: Piece) -> None:
        """Take the next whole sentences."""
        apart = "" if not self.text or self.text[-1].isspace() or piece.text[:1].isspace() else " "
        if piece.text:
            self.text += apart + piece.text
        self.teller = piece.teller or self.teller
        self.why = self.why or piece.outage
        self.cut, self.broken = (*self.cut, *piece.cut), self.broken or piece.broken
        for fault in piece.cut:
            metrics.STORY_CUTS.labels(fault).inc()
        self.changed.set()

    def end(self) -> None:
        """Say that there is no more."""
        self.ended.set()
        self.changed.set()

    def shown(self) -> None:
        """Measure the wait for the first words, once they stand in the channel."""
        if not self.seen:
            self.seen = True
            metrics.FIRST_WORD_SECONDS.observe(time.monotonic() - self.born)

    async def news(self, seconds: float) -> bool:
        """Wait so long for more to show; tell whether there is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.changed.wait()
        found = self.changed.is_set()
        self.changed.clear()
        return found

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the telling ends."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.ended.wait()
