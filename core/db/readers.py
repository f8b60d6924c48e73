"""Which server may answer a reading that can be a moment old: the replica if it has seen enough, else the writer."""

import asyncio
from collections.abc import Callable
from typing import Final, Literal

import asyncpg

from core.db.pools import Database

ASK_SECONDS: Final = 0.5
"""How long the replica may take to say how far it is; a connection to it counts."""

Choice = Literal["reader", "behind", "failed"]
"""`reader` was chosen; the writer was, because the reader is `behind` or `failed`."""

_HEAD: Final = "SELECT head_seq FROM sessions WHERE session_id = $1"
_FAULTS: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def reader_at(
    database: Database, session_id: int, seq: int, note: Callable[[Choice], None] | None = None
) -> asyncpg.Pool:
    """Return a pool whose server has the session's log up to `seq` at least.

    A replica that is behind, silent for `ASK_SECONDS`, or gone is passed over for the writer. `note` hears what was
    chosen and why, for a metric; without a replica nothing is asked and nothing noted. The reader may still fail
    after it was chosen: whoever reads then asks the writer.
    """
    if database.reader is database.writer:
        return database.writer
    choice = await _ask(database.reader, session_id, seq)
    if note is not None:
        note(choice)
    return database.reader if choice == "reader" else database.writer


async def _ask(reader: asyncpg.Pool, session_id: int, seq: int) -> Choice:
    try:
        async with asyncio.timeout(ASK_SECONDS):
            head = await reader.fetchval(_HEAD, session_id)
    except _FAULTS:
        return "failed"
    return "reader" if head is not None and head >= seq else "behind"
