"""Writes down, about ten times a second, what has changed in the world."""

import asyncio
import contextlib
import sqlite3
import sys
import time
from typing import TYPE_CHECKING, Final

from playground.world import record
from playground.world.disk import Batch

if TYPE_CHECKING:
    from playground.world.changes import Changes
    from playground.world.disk import Disk
    from playground.world.world import World

PAUSE_S: Final = 0.1
SHARE: Final = 20
"""At most one part in so many of the time is spent on writing: a large world is written less often."""
LONGEST_PAUSE_S: Final = 1.0


class Keeper:
    """Keeps one world in one file; a failing disk is said once and tried again until it works."""

    def __init__(self, world: "World", disk: "Disk") -> None:
        self.failing = False
        self._world = world
        self._disk = disk
        self._changes = world.keep_changes()
        self._written = {(kind, key): body for kind, key, body in disk.things()}
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        pause = PAUSE_S
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()
            began = time.monotonic()
            await self._save()
            pause = min(LONGEST_PAUSE_S, max(PAUSE_S, SHARE * (time.monotonic() - began)))

    async def close(self) -> None:
        """Write the last changes and let the file go."""
        self._stop.set()
        await self._task
        self._disk.close()

    async def _save(self) -> None:
        taken, things = self._changes.take(), record.things(self._world)
        batch = self._batch(taken, things)
        if not batch:
            return
        try:
            await asyncio.to_thread(self._disk.write, batch)
        except sqlite3.Error as error:
            self._changes.put_back(taken)
            if not self.failing:
                sys.stderr.write(f"The playground cannot write {self._disk.path}: {error}; it goes on trying.\n")
            self.failing = True
            return
        self.failing, self._written = False, things

    def _batch(self, taken: "Changes", things: dict[record.Key, bytes]) -> Batch:
        old = self._written
        batch = Batch([(*key, body) for key, body in things.items() if old.get(key) != body])
        batch.gone_things = [key for key in old if key not in things]
        batch.gone_channels = [(int(key),) for kind, key in batch.gone_things if kind == "channel"]
        record.fill(batch, self._world, taken)
        return batch
