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

FAULTS: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a server that is down or going down raises."""

_HEAD: Final = "SELECT head_seq FROM sessions WHERE session_id = $1"
_left: Final[set[asyncio.Future[object]]] = set()


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
    asking = asyncio.ensure_future(reader.fetchval(_HEAD, session_id))
    try:
        await asyncio.wait({asking}, timeout=ASK_SECONDS)
        head = asking.result()
    except (asyncio.InvalidStateError, *FAULTS):
        return "failed"
    finally:
        _leave(asking)
    return "reader" if head is not None and head >= seq else "behind"


def _leave(asking: "asyncio.Future[object]") -> None:
    """Cancel without waiting: a driver that asks a silent server to cancel waits for it in turn."""
    if not asking.done():
        _left.add(asking)
        asking.add_done_callback(_forget)
        asking.cancel()


def _forget(asking: "asyncio.Future[object]") -> None:
    _left.discard(asking)
    if not asking.cancelled():
        asking.exception()
