"""A real streaming replica of the test process's PostgreSQL, and ways to hold it back."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from bot.embedded import folder, postgres
from bot.embedded.process import Running
from core.db.migrate import migrate
from core.db.pools import Database


@pytest.fixture
def replica(postgres_server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A replica of the test process's PostgreSQL."""
    root = tmp_path_factory.mktemp("replica")
    password = postgres_server.url.split(":")[2].split("@")[0]
    folder.secret(root, "postgres_password", lambda: password)
    copy = ["-d", postgres_server.url, "-D", str(root / "postgres"), "-R", "-X", "stream", "-c", "fast", "--no-sync"]
    subprocess.run([postgres.binaries() / "pg_basebackup", *copy], check=True, timeout=60)
    server = postgres.start(root, options={"fsync": "off"})
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
async def database(database_url: str, replica: Running) -> AsyncIterator[Database]:
    await migrate(database_url)
    opened = await Database.open(database_url, replica.url)
    yield opened
    opened.reader.terminate()
    await opened.writer.close()


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.01)


async def caught_up(database: Database) -> None:
    at = await database.writer.fetchval("SELECT pg_current_wal_insert_lsn()")
    await until(lambda: database.reader.fetchval("SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn", at))


async def pause(database: Database, write: Callable[[], Awaitable[object]]) -> None:
    """Have the replica stop where it is; a pause comes with the next record replayed, which `write` makes."""
    await database.reader.execute("SELECT pg_wal_replay_pause()")
    await write()
    await until(lambda: database.reader.fetchval("SELECT pg_get_wal_replay_pause_state() = 'paused'"))


async def resume(database: Database) -> None:
    """Let the replica go on, and catch up."""
    await database.reader.execute("SELECT pg_wal_replay_resume()")
    await caught_up(database)
