"""The delivery row: all that a worker needs to go on where another stopped (law 14)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from core.db.vault import Unreadable, Vault


@dataclass(frozen=True)
class Delivered:
    """Where one narration or private answer stands on Discord. `shown` counts characters; `cut`: never to be read."""

    session_id: int
    from_seq: int
    application_id: int
    channel_id: int
    token: str | None
    expires_at: datetime | None
    private: bool
    message_ids: tuple[int, ...]
    posting: bool
    shown: int
    status: str
    reference: str
    cut: bool = False


_COLUMNS: Final = """session_id, from_seq, application_id, channel_id, token, expires_at, private, message_ids, posting,
    shown, status, reference, cut"""
_OPEN: Final = f"""
INSERT INTO delivery (session_id, from_seq, application_id, channel_id)
SELECT session_id, $2::int, application_id, channel_id FROM sessions WHERE session_id = $1
ON CONFLICT (session_id, from_seq) DO UPDATE SET status = delivery.status
RETURNING {_COLUMNS}
"""
_LIVE: Final = """
SELECT token, expires_at FROM delivery
WHERE session_id = $1 AND token IS NOT NULL AND NOT private AND expires_at > now() + interval '20 seconds'
ORDER BY expires_at DESC LIMIT 1
"""
_UNDOING: Final = f"SELECT {_COLUMNS} FROM delivery WHERE session_id = $1 AND status = 'undoing'"
_UNCLOSED: Final = f"SELECT {_COLUMNS} FROM delivery WHERE session_id = $1 AND status = 'open' ORDER BY from_seq"
_POSTING: Final = "UPDATE delivery SET posting = true WHERE session_id = $1 AND from_seq = $2"
_POSTED: Final = """
UPDATE delivery SET posting = false, message_ids = message_ids || $3::bigint WHERE session_id = $1 AND from_seq = $2
"""
_STATUS: Final = """
UPDATE delivery SET status = $3, shown = $4, posting = false
WHERE session_id = $1 AND from_seq = $2 AND status <> 'undone' AND (status <> 'undoing' OR $3 = 'undone')
"""
# A telling that was cut before its delivery began has no row to be marked, so the cut itself is looked for
_UNDONE: Final = """
SELECT EXISTS (SELECT FROM delivery WHERE session_id = $1 AND from_seq = $2 AND status IN ('undoing', 'undone'))
    OR EXISTS (SELECT FROM log WHERE session_id = $1 AND command_key = 'x:' || $2::int)
"""
_BUTTONED: Final = f"""
SELECT {_COLUMNS} FROM delivery
WHERE session_id = $1 AND from_seq < $2 AND status = 'closed' AND NOT private AND message_ids <> '{{}}'
ORDER BY from_seq DESC LIMIT 3
"""


class DeliveryStore:
    """The table of deliveries."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def open(self, session_id: int, from_seq: int) -> Delivered:
        """Return the row of a narration, made from the session's channel when no command gave a token."""
        return self._delivered(await self._pool.fetchrow(_OPEN, session_id, from_seq))

    async def token(self, session_id: int) -> str | None:
        """Return the session's newest token that lives on, if any."""
        found = await self._pool.fetchrow(_LIVE, session_id)
        return self._unwrapped(found["token"]) if found else None

    async def undoing(self, session_id: int) -> list[Delivered]:
        """Return the narrations whose scene was undone and whose messages still show it."""
        return [self._delivered(row) for row in await self._pool.fetch(_UNDOING, session_id)]

    async def undone(self, session_id: int, from_seq: int) -> bool:
        """Tell whether the scene of this narration was undone or cut."""
        return bool(await self._pool.fetchval(_UNDONE, session_id, from_seq))

    async def buttoned(self, session_id: int, before: int) -> list[Delivered]:
        """Return the closed narrations before a row that still have their buttons, the newest three."""
        return [self._delivered(row) for row in await self._pool.fetch(_BUTTONED, session_id, before)]

    async def unclosed(self, session_id: int) -> list[Delivered]:
        """Return the narrations and private answers that were not closed yet, oldest first."""
        return [self._delivered(row) for row in await self._pool.fetch(_UNCLOSED, session_id)]

    async def posting(self, row: Delivered) -> None:
        """Note that a message is about to be sent: after a crash it must be looked for first."""
        await self._pool.execute(_POSTING, row.session_id, row.from_seq)

    async def posted(self, row: Delivered, message_id: int) -> None:
        """Note the message that was sent."""
        await self._pool.execute(_POSTED, row.session_id, row.from_seq, message_id)

    async def status(self, row: Delivered, status: str, shown: int) -> None:
        """Set `closed`, `past` (closed, and no longer the newest), `lost` (message or permission gone) or `undone`.

        `shown` is how much is shown. What is being undone becomes nothing but `undone`.
        """
        await self._pool.execute(_STATUS, row.session_id, row.from_seq, status, shown)

    def _delivered(self, r: asyncpg.Record) -> Delivered:
        return Delivered(
            r["session_id"],
            r["from_seq"],
            r["application_id"],
            r["channel_id"],
            self._unwrapped(r["token"]),
            r["expires_at"],
            r["private"],
            tuple(r["message_ids"]),
            r["posting"],
            r["shown"],
            r["status"],
            r["reference"],
            r["cut"],
        )

    def _unwrapped(self, wrapped: bytes | None) -> str | None:
        try:
            return self._vault.unwrap(wrapped).decode() if wrapped else None
        except Unreadable:
            return None
