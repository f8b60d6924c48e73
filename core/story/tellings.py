"""Texts of tellings beside the log: claimed by one worker at a time, kept before they are shown, read again later."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from core.db.vault import Unreadable, Vault
from core.story.memory.used import Used

Stamp = tuple[datetime | None, tuple[int, ...]]
"""When a text changed last, and the keys people's words can be read with."""


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
UPDATE tellings SET draft = $4, whole = $5, teller = $6, people = $7, updated_at = now(), vectors = NULL
WHERE session_id = $1 AND start = $2 AND attempt = $3 AND NOT cut AND NOT (whole AND NOT $5) RETURNING 1
"""
_PUT: Final = """
UPDATE tellings SET draft = $3, teller = $4, used = $5, vectors = NULL, updated_at = now(), people = $6,
    summary = NULL, summary_people = '{}'
WHERE session_id = $1 AND start = $2 AND whole AND NOT cut
"""
_REWRITE: Final = """
UPDATE tellings SET draft = $3, people = people || $4::bigint[], vectors = NULL, updated_at = now(),
    summary = NULL, summary_people = '{}'
WHERE session_id = $1 AND start = $2 AND whole AND NOT cut
"""
_VERSION: Final = "SELECT draft, teller, people, used FROM tellings WHERE session_id = $1 AND start = $2 AND whole"
_FORGET: Final = """
UPDATE tellings SET draft = NULL, whole = false, people = '{}', attempt = attempt + 1, cut = true,
    used = NULL, vectors = NULL, summary = NULL, summary_people = '{}'
WHERE session_id = $1 AND start = $2
"""
_TELLERS: Final = "SELECT start, teller FROM tellings WHERE session_id = $1 AND start = ANY($2::int[])"
_READ: Final = "SELECT start, draft FROM tellings WHERE session_id = $1 AND start = ANY($2::int[])"
_NOTE: Final = """
UPDATE tellings SET used = $4 WHERE session_id = $1 AND start = $2 AND attempt = $3 AND NOT cut
"""
_USED: Final = "SELECT used FROM tellings WHERE session_id = $1 AND start = $2"
_MEMORIES: Final = "SELECT start, draft, vectors FROM tellings WHERE session_id = $1 AND start = ANY($2::int[])"
_VECTORS: Final = """
UPDATE tellings SET vectors = $3 WHERE session_id = $1 AND start = $2 AND whole AND NOT cut AND draft IS NOT NULL
"""
_SUMMARIZE: Final = """
UPDATE tellings SET summary = $3, summary_people = $4
WHERE session_id = $1 AND start = $2 AND whole AND NOT cut AND draft IS NOT NULL
"""
_SUMMARY: Final = """
SELECT start, summary, summary_people FROM tellings
WHERE session_id = $1 AND start = ANY($2::int[]) AND summary IS NOT NULL ORDER BY start DESC LIMIT 1
"""
_STAMP: Final = """
SELECT (SELECT max(updated_at) FROM tellings WHERE session_id = $1 AND start = ANY($2::int[])) AS told,
    (SELECT array_agg(key_id ORDER BY key_id) FROM person_keys
        WHERE person_id = ANY($3::bigint[]) AND wrapped IS NOT NULL) AS keys
"""
_REDACT: Final = """
UPDATE tellings SET draft = CASE WHEN $1 = ANY(people) THEN NULL ELSE draft END,
    used = CASE WHEN $1 = ANY(people) THEN NULL ELSE used END,
    vectors = CASE WHEN $1 = ANY(people) THEN NULL ELSE vectors END,
    summary = CASE WHEN $1 = ANY(summary_people) THEN NULL ELSE summary END,
    summary_people = CASE WHEN $1 = ANY(summary_people) THEN '{}' ELSE summary_people END, updated_at = now()
WHERE $1 = ANY(people) OR $1 = ANY(summary_people)
"""


@dataclass(frozen=True)
class Remembered:
    """The text of a telling, and the vectors of what was kept of it (see core.story.memory.dense), if they are."""

    text: str
    vectors: bytes


@dataclass(frozen=True)
class Summary:
    """A summary of the story up to the telling that started at row `start`, and whose words it draws on."""

    start: int
    text: str
    people: tuple[int, ...]


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

    async def adopt(self, session_id: int, start: int, version: int, key: bytes) -> str:
        """Put a version's text and what it drew on in place of a telling's own; return it, or nothing if it is gone."""
        found = await self._pool.fetchrow(_VERSION, session_id, version)
        text = self._opened(key, found["draft"], session_id, version) if found else None
        if not found or not text:
            return ""
        used = self._opened(key, found["used"], session_id, version, "used")
        sealed = self._vault.seal(key, used, _about(session_id, start, "used")) if used else None
        draft = self._vault.seal(key, text, _about(session_id, start))
        await self._pool.execute(_PUT, session_id, start, draft, found["teller"], sealed, found["people"])
        return text

    async def rewrite(self, session_id: int, start: int, key: bytes, text: str, person: int) -> None:
        """Put somebody's own words in place of a telling's: it draws on theirs from now on."""
        draft = self._vault.seal(key, text, _about(session_id, start))
        await self._pool.execute(_REWRITE, session_id, start, draft, [person])

    async def tellers(self, session_id: int, starts: Sequence[int]) -> dict[int, str]:
        """Return who told, by the row their telling started at."""
        found = await self._pool.fetch(_TELLERS, session_id, list(starts))
        return {r["start"]: r["teller"] for r in found}

    async def note(self, claim: Claim, key: bytes, used: Used) -> None:
        """Keep what a telling draws on, if the claim still holds."""
        sealed = self._vault.seal(key, _written(used), _about(claim.session_id, claim.start, "used"))
        await self._pool.execute(_NOTE, claim.session_id, claim.start, claim.attempt, sealed)

    async def used(self, session_id: int, start: int, key: bytes) -> Used | None:
        """Return what a telling drew on; None when that was not kept, or was redacted."""
        raw = self._opened(key, await self._pool.fetchval(_USED, session_id, start), session_id, start, "used")
        return msgspec.json.decode(raw, type=Used) if raw else None

    async def remembered(self, session_id: int, starts: Sequence[int], key: bytes) -> dict[int, Remembered]:
        """Return texts with their vectors by the row their telling started at; what cannot be read is left out."""
        found: dict[int, Remembered] = {}
        for r in await self._pool.fetch(_MEMORIES, session_id, list(starts)):
            text = self._opened(key, r["draft"], session_id, r["start"])
            vectors = self._opened(key, r["vectors"], session_id, r["start"], "vectors")
            if text:
                found[r["start"]] = Remembered(text, base64.b64decode(vectors or ""))
        return found

    async def keep_vectors(self, session_id: int, start: int, key: bytes, vectors: bytes) -> None:
        """Keep the vectors of a telling beside its text, unless that is gone."""
        sealed = self._vault.seal(key, base64.b64encode(vectors).decode(), _about(session_id, start, "vectors"))
        await self._pool.execute(_VECTORS, session_id, start, sealed)

    async def summarize(self, session_id: int, summary: Summary, key: bytes) -> None:
        """Keep a summary beside the last telling it covers: it stands as long as that does."""
        sealed = self._vault.seal(key, summary.text, _about(session_id, summary.start, "summary"))
        await self._pool.execute(_SUMMARIZE, session_id, summary.start, sealed, list(summary.people))

    async def summary(self, session_id: int, starts: Sequence[int], key: bytes) -> Summary | None:
        """Return the newest summary that was kept with one of these tellings."""
        found = await self._pool.fetchrow(_SUMMARY, session_id, list(starts))
        text = self._opened(key, found["summary"], session_id, found["start"], "summary") if found else None
        return Summary(found["start"], text, tuple(found["summary_people"])) if text else None

    async def stamp(self, session_id: int, starts: Sequence[int], people: Sequence[int]) -> Stamp:
        """Return what changes when one of these texts is edited or redacted, or one of the people erased."""
        found = await self._pool.fetchrow(_STAMP, session_id, list(starts), list(people))
        return found["told"], tuple(found["keys"] or ())

    async def redact(self, person: int) -> None:
        """Destroy every text that draws on a person's words, in all sessions, with what was kept of it."""
        await self._pool.execute(_REDACT, person)

    def _opened(
        self, key: bytes, sealed: bytes | None, session_id: int, start: int, kind: str = "telling"
    ) -> str | None:
        try:
            return self._vault.open(key, sealed, _about(session_id, start, kind)) if sealed else None
        except Unreadable:
            return None


def _about(session_id: int, start: int, kind: str = "telling") -> str:
    return f"{session_id}:{start}:{kind}"


def _written(used: Used) -> str:
    return msgspec.json.encode(used).decode()
