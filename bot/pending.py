"""What is pending, in the session's own row: read by the sweeper, the retry pause and the scaling signal alike."""

from collections.abc import Sequence
from typing import Final

import asyncpg

_DONE: Final = """
UPDATE sessions SET pending_since = NULL, next_try_at = NULL, tries = 0 WHERE session_id = $1 AND head_seq = $2
"""
_POSTPONE: Final = """
UPDATE sessions SET tries = tries + 1, pending_since = coalesce(pending_since, now()),
    next_try_at = now() + make_interval(secs => ($2::float8[])[least(tries + 1, cardinality($2::float8[]))])
WHERE session_id = $1 RETURNING tries
"""
_DUE: Final = """
SELECT session_id FROM sessions
WHERE pending_since < now() - make_interval(secs => $1) AND (next_try_at IS NULL OR next_try_at <= now())
ORDER BY pending_since LIMIT $2
"""
_OVERDUE: Final = "SELECT session_id FROM sessions WHERE closes_at <= now() ORDER BY closes_at LIMIT $1"
_OLDEST: Final = """
SELECT coalesce(extract(epoch FROM now() - min(pending_since)), 0)::float8 FROM sessions
WHERE pending_since IS NOT NULL
"""
_ACTIVE: Final = """
SELECT count(*) FROM sessions WHERE active_at > now() - interval '15 minutes'
"""


class Pending:
    """The pending columns of the sessions table."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def done(self, session_id: int, head_seq: int) -> None:
        """Say that nothing is pending, unless a row came since `head_seq`."""
        await self._pool.execute(_DONE, session_id, head_seq)

    async def postpone(self, session_id: int, pauses: Sequence[float]) -> int:
        """Put off the next try, longer each time; return how many tries there were."""
        found: int | None = await self._pool.fetchval(_POSTPONE, session_id, list(pauses))
        return found or 0

    async def due(self, older_than: float, limit: int = 1_000) -> list[int]:
        """Return the sessions that have waited longer than so many seconds and may be tried, oldest first."""
        return [r["session_id"] for r in await self._pool.fetch(_DUE, older_than, limit)]

    async def rounds_over(self, limit: int = 1_000) -> list[int]:
        """Return the sessions whose open round has come to its deadline, longest over first."""
        return [r["session_id"] for r in await self._pool.fetch(_OVERDUE, limit)]

    async def oldest_seconds(self) -> float:
        """Return how long the longest wait is."""
        found: float = await self._pool.fetchval(_OLDEST)
        return found

    async def active_sessions(self) -> int:
        """Return how many sessions had a row in the last 15 minutes, a minute more or less."""
        found: int = await self._pool.fetchval(_ACTIVE)
        return found
