"""Connections: one pool for the writer, one for what may be a little stale."""

from dataclasses import dataclass
from typing import Final, Self

import asyncpg

POOL_MOST: Final = 10
STATEMENT_SECONDS: Final = 15.0

# Planning a statement over 16 partitions costs more than running it (load 1.4 → 0.55 ms), and no plan of ours
# depends on the values: all go by primary key.
_SERVER_SETTINGS: Final = {"jit": "off", "plan_cache_mode": "force_generic_plan"}


@dataclass(frozen=True)
class Database:
    """The writer and the reader; without a replica they are the same pool."""

    writer: asyncpg.Pool
    reader: asyncpg.Pool

    @classmethod
    async def open(cls, url: str, read_url: str | None = None, *, most: int = POOL_MOST) -> Self:
        """Open the pools. Raises OSError or asyncpg.PostgresError when the writer cannot be reached.

        The reader is connected to when it is first asked, so that nothing waits for a replica that is down.
        """
        writer = await _pool(url, most)
        if read_url is None or read_url == url:
            return cls(writer, writer)
        return cls(writer, await _pool(read_url, most, least=0))

    async def close(self) -> None:
        """Close both pools, waiting for what is under way."""
        await self.writer.close()
        if self.reader is not self.writer:
            await self.reader.close()


async def _pool(url: str, most: int, *, least: int = 1) -> asyncpg.Pool:
    # asyncpg cancels a statement that outlives its timeout, so a stuck server never holds a turn for ever
    return await asyncpg.create_pool(
        url,
        min_size=least,
        max_size=most,
        command_timeout=STATEMENT_SECONDS,
        server_settings=_SERVER_SETTINGS,
        reset=_as_it_is,
    )


async def _as_it_is(_connection: object) -> None:
    """Leave a connection as it is: no statement of ours changes it, and putting it right is a round trip each time."""
