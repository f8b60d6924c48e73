"""The choice between a real streaming replica and the writer: behind, caught up, paused and dead."""

import asyncio
import itertools
import os
import signal

import asyncpg
import pytest

from bot.embedded.process import Running, free_port
from core.db.migrate import migrate
from core.db.pools import Database
from core.db.readers import Choice, reader_at
from tests.db.conftest import caught_up, pause, resume

_ids = itertools.count(7_000_000)
_SESSION = """
INSERT INTO sessions (session_id, guild_id, channel_id, application_id, language, status, head_seq, secrets)
VALUES ($1, 1, $1, 1, 'en-US', 'open', $2, '')
"""


@pytest.fixture
async def session(database: Database) -> int:
    made = next(_ids)
    await database.writer.execute(_SESSION, made, 1)
    return made


async def _move(database: Database, session: int, seq: int) -> None:
    await database.writer.execute("UPDATE sessions SET head_seq = $2 WHERE session_id = $1", session, seq)


async def test_a_replica_that_is_behind_is_passed_over_until_it_has_caught_up(database: Database, session: int) -> None:
    noted: list[Choice] = []
    await caught_up(database)
    assert await reader_at(database, session, 1, noted.append) is database.reader

    await pause(database, lambda: _move(database, session, 2))
    await _move(database, session, 3)
    assert await reader_at(database, session, 3, noted.append) is database.writer
    assert await reader_at(database, session, 1, noted.append) is database.reader

    await resume(database)
    assert await reader_at(database, session, 3, noted.append) is database.reader
    assert await reader_at(database, session, 4, noted.append) is database.writer
    assert noted == ["reader", "behind", "reader", "reader", "behind"]


async def test_a_session_that_the_replica_has_not_heard_of_is_read_from_the_writer(database: Database) -> None:
    noted: list[Choice] = []
    assert await reader_at(database, next(_ids), 0, noted.append) is database.writer
    assert noted == ["behind"]


async def test_a_dead_replica_is_passed_over_and_nothing_written_to_it(
    database: Database, session: int, replica: Running
) -> None:
    noted: list[Choice] = []
    await caught_up(database)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await database.reader.execute("DELETE FROM sessions WHERE session_id = $1", session)
    # Without its postmaster a backend lives on for a moment.
    backend = await database.reader.fetchval("SELECT pg_backend_pid()")
    replica.process.kill()
    os.kill(backend, signal.SIGKILL)
    replica.process.wait()
    assert await reader_at(database, session, 1, noted.append) is database.writer
    assert await reader_at(database, session, 1, noted.append) is database.writer
    assert noted == ["failed", "failed"]


async def test_a_replica_that_falls_silent_holds_nobody_up(database: Database, session: int) -> None:
    noted: list[Choice] = []
    await caught_up(database)
    backend = await database.reader.fetchval("SELECT pg_backend_pid()")
    os.kill(backend, signal.SIGSTOP)
    try:
        # The driver itself gives up after 15 s.
        async with asyncio.timeout(8):
            assert await reader_at(database, session, 1, noted.append) is database.writer
    finally:
        os.kill(backend, signal.SIGKILL)
    assert noted == ["failed"]


async def test_a_process_starts_without_its_replica(database_url: str) -> None:
    nobody = f"postgresql://tale:x@127.0.0.1:{free_port()}/yourtale"
    await migrate(database_url)
    opened = await Database.open(database_url, nobody)
    assert opened.reader is not opened.writer
    assert await reader_at(opened, 1, 1) is opened.writer
    await opened.close()


async def test_without_a_replica_nothing_is_asked(database_url: str) -> None:
    opened = await Database.open(database_url)
    noted: list[Choice] = []
    assert await reader_at(opened, 1, 1, noted.append) is opened.writer
    assert noted == []
    await opened.close()
