"""Texts of tellings beside the log: claimed by one worker at a time, kept before they are shown, read again later."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from core.db.vault import Unreadable, Vault


class Fenced(Exception):  # noqa: N818 - not a fault: another worker has this telling now
    """Another worker has claimed this telling since; stop without showing anything more."""


@dataclass(frozen=True)
class Claim:
    """The right to tell what stands open at row `start`: valid until somebody claims it again.

    `draft` is what may have been shown already; `whole` says it is the complete text.
    """

    session_id: int
    start: int
    through: int
    attempt: int
    draft: str
    whole: bool
    teller: str


_CLAIM: Final = """
INSERT INTO tellings (session_id, start, through) VALUES ($1, $2, $3)
ON CONFLICT (session_id, start) DO UPDATE SET attempt = tellings.attempt + 1, updated_at = now(),
    through = CASE WHEN tellings.draft IS NULL THEN excluded.through ELSE tellings.through END
RETURNING through, attempt, draft, whole, teller
"""
_KEEP: Final = """
UPDATE tellings SET draft = $4, whole = $5, teller = $6, people = $7, updated_at = now()
WHERE session_id = $1 AND start = $2 AND attempt = $3 AND NOT cut AND NOT (whole AND NOT $5) RETURNING 1
"""
_FORGET: Final = """
UPDATE tellings SET draft = NULL, whole = false, people = '{}', attempt = attempt + 1, cut = true
WHERE session_id = $1 AND start = $2
"""
_TELLERS: Final = "SELECT start, teller FROM tellings WHERE session_id = $1 AND start = ANY($2::int[])"
_READ: Final = "SELECT start, draft FROM tellings WHERE session_id = $1 AND start = ANY($2::int[])"


class Tellings:
    """The table of tellings, its texts sealed under the session's own key."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def claim(self, session_id: int, start: int, through: int, key: bytes) -> Claim:
        """Claim the telling that stands open at `start`; whoever claimed it before is fenced off."""
        found = await self._pool.fetchrow(_CLAIM, session_id, start, through)
        draft = self._opened(key, found["draft"], session_id, start)
        return Claim(
            session_id, start, found["through"], found["attempt"], draft or "", found["whole"], found["teller"]
        )

    async def keep(
        self, claim: Claim, key: bytes, text: str, teller: str, people: Sequence[int], *, whole: bool
    ) -> None:
        """Keep the text before it is shown. Raises Fenced when the claim is no longer ours."""
        sealed = self._vault.seal(key, text, _about(claim.session_id, claim.start))
        kept = await self._pool.fetchval(
            _KEEP, claim.session_id, claim.start, claim.attempt, sealed, whole, teller, list(people)
        )
        if kept is None:
            raise Fenced

    async def read(self, session_id: int, starts: Sequence[int], key: bytes) -> dict[int, str]:
        """Return texts by the row their telling started at; those that cannot be read are left out."""
        found = await self._pool.fetch(_READ, session_id, list(starts))
        texts = {r["start"]: self._opened(key, r["draft"], session_id, r["start"]) for r in found}
        return {start: text for start, text in texts.items() if text}

    async def forget(self, session_id: int, start: int) -> None:
        """Destroy the text of a telling that was cut; nothing can be kept under it any more."""
        await self._pool.execute(_FORGET, session_id, start)

    async def tellers(self, session_id: int, starts: Sequence[int]) -> dict[int, str]:
        """Return who told, by the row their telling started at."""
        found = await self._pool.fetch(_TELLERS, session_id, list(starts))
        return {r["start"]: r["teller"] for r in found}

    def _opened(self, key: bytes, sealed: bytes | None, session_id: int, start: int) -> str | None:
        try:
            return self._vault.open(key, sealed, _about(session_id, start)) if sealed else None
        except Unreadable:
            return None


def _about(session_id: int, start: int) -> str:
    return f"{session_id}:{start}:telling"
