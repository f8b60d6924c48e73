"""The object graph, built in one place: each role opens the parts it needs and passes them on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from bot import metrics
from bot.pending import Pending
from bot.settings import Settings
from core.accounts import Accounts
from core.db.pools import Database
from core.db.readers import Choice
from core.db.vault import Vault
from core.game.engine import Engine
from core.game.log import Log
from core.queue import TurnQueue
from core.story.tellings import Tellings


@dataclass(frozen=True)
class Parts:
    """What every role of the game shares."""

    settings: Settings
    database: Database
    vault: Vault
    redis: Redis
    queue: TurnQueue
    engine: Engine
    tellings: Tellings
    pending: Pending
    accounts: Accounts

    async def read_telling(self, session_id: int, start: int) -> str:
        """Return what a session's telling from row `start` said, or nothing."""
        loaded = await self.engine.log.read(session=session_id)
        if loaded is None:
            return ""
        texts = await self.tellings.read(session_id, [start], loaded.secrets.text_key)
        return texts.get(start, "")

    async def alive(self) -> bool:
        """Tell whether the database answers."""
        return await self.database.writer.fetchval("SELECT true") is True


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open the database, Redis and the queue, and put the engine on them."""
    database = await Database.open(settings.database, settings.database_read)
    vault = Vault(settings.master_key_bytes)
    redis = Redis.from_url(settings.redis, decode_responses=True, socket_timeout=2, socket_connect_timeout=2)
    queue = TurnQueue(settings.redis, settings.queue_count)
    engine = Engine(Log(database.writer, vault), vault, queue.wake, database, _note)
    try:
        yield Parts(
            settings,
            database,
            vault,
            redis,
            queue,
            engine,
            Tellings(database.writer, vault),
            Pending(database.writer),
            Accounts(database, vault),
        )
    finally:
        await queue.close()
        await redis.aclose()
        await database.close()


def _note(choice: Choice) -> None:
    metrics.REPLICA_READS.labels(choice).inc()
