"""Makes a branch: one session's log, words and tellings up to a row, sealed anew under another session's id and keys.

All in one transaction, so a branch is there whole or not at all. People's words stay under their own keys: whoever is
erased is erased from every branch. Messages are not copied: they are the old table's.
"""

import asyncio
import logging
import os
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
from discord import HTTPException
from discord.http import HTTPClient, Route

from core.db.vault import Unreadable, Vault
from core.game.engine import Outcome
from core.game.log import Loaded, Log
from core.game.refusal import Refusal
from core.game.registry import apply
from core.game.rows import EVENTS_SCHEMA, encode_events, encode_state
from core.game.rules.branching import Branched
from core.game.sql import OPEN_SESSION, TAKE_CHANNEL
from core.game.state import STATE_SCHEMA, State

PUBLIC_THREAD: Final = 11
WEEK_MINUTES: Final = 10_080
logger = logging.getLogger(__name__)
_LOG: Final = """
INSERT INTO log (session_id, seq, command_key, actor, schema, events, answer, at)
SELECT $2, seq, command_key, actor, schema, events, answer, at FROM log WHERE session_id = $1 AND seq <= $3
"""
_FIRST: Final = """
INSERT INTO log (session_id, seq, command_key, actor, schema, events, answer) VALUES ($1, $2, $3, $4, $5, $6, '{}')
"""
_SNAPSHOT: Final = "INSERT INTO snapshots (session_id, seq, schema, state) VALUES ($1, $2, $3, $4)"
_HEAD: Final = "UPDATE sessions SET head_seq = $2 WHERE session_id = $1"
_WORDS: Final = """
SELECT w.seq, w.kind, w.person_id, w.key_id, w.audience, w.ciphertext, k.wrapped
FROM words w JOIN person_keys k USING (key_id) WHERE w.session_id = $1 AND w.seq <= $2 AND k.wrapped IS NOT NULL
"""
_SAY: Final = """
INSERT INTO words (session_id, seq, kind, person_id, key_id, audience, ciphertext) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_TELLINGS: Final = """
SELECT start, through, teller, people, draft, used, vectors, summary, summary_people
FROM tellings WHERE session_id = $1 AND start < $2 AND whole AND NOT cut AND draft IS NOT NULL
"""
_TELL: Final = """
INSERT INTO tellings (session_id, start, through, teller, people, draft, used, vectors, summary, summary_people, whole)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true)
"""
_SEALED: Final = (("draft", "telling"), ("used", "used"), ("vectors", "vectors"), ("summary", "summary"))


class Branches:
    """Makes branches of sessions."""

    def __init__(self, pool: asyncpg.Pool, log: Log, vault: Vault) -> None:
        self._pool = pool
        self._log = log
        self._vault = vault

    async def make(self, loaded: Loaded, at: int, session_id: int, channel: int) -> Outcome:
        """Begin session `session_id` in a channel as the loaded one stood at row `at`.

        Raises Refusal `table_exists` when the channel has a table.
        """
        old, text_key = loaded.session_id, self._vault.new_key()
        secrets = self._vault.wrap(os.urandom(64) + text_key)
        event = Branched(of=old, at=at)
        before = (await self._log.state_at(old, at)).with_(session_id=session_id)
        state = apply(before, (event,), at + 1)
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            await self._begin(connection, loaded, state, secrets, channel)
            await connection.execute(_LOG, old, session_id, at)
            first = encode_events((event,))
            await connection.execute(
                _FIRST, session_id, at + 1, f"branch:{old}:{at}", loaded.state.gm, EVENTS_SCHEMA, first
            )
            await connection.execute(_SNAPSHOT, session_id, at + 1, STATE_SCHEMA, encode_state(state))
            await connection.execute(_HEAD, session_id, at + 1)
            words = await connection.fetch(_WORDS, old, at)
            await connection.executemany(_SAY, await asyncio.to_thread(self._said, words, old, session_id))
            tellings = await connection.fetch(_TELLINGS, old, at)
            keys = (loaded.secrets.text_key, text_key)
            await connection.executemany(_TELL, await asyncio.to_thread(self._told, tellings, old, session_id, keys))
        return Outcome(session_id, at + 1, (event,), {}, before, state, loaded.names)

    async def _begin(self, connection: Any, loaded: Loaded, state: State, secrets: bytes, channel: int) -> None:
        session_id = state.session_id
        await connection.execute(
            OPEN_SESSION, session_id, loaded.guild_id, channel, loaded.application_id, state.language, secrets
        )
        if await connection.fetchval(TAKE_CHANNEL, channel, session_id, 0) is None:
            raise Refusal("table_exists")

    def _said(self, words: Sequence[Any], old: int, new: int) -> list[tuple[Any, ...]]:
        found = []
        for r in words:
            try:
                text = self._vault.open(r["wrapped"], r["ciphertext"], f"{old}:{r['seq']}:{r['kind']}")
            except Unreadable:
                continue
            sealed = self._vault.seal(r["wrapped"], text, f"{new}:{r['seq']}:{r['kind']}")
            found.append((new, r["seq"], r["kind"], r["person_id"], r["key_id"], r["audience"], sealed))
        return found

    def _told(self, tellings: Sequence[Any], old: int, new: int, keys: tuple[bytes, bytes]) -> list[tuple[Any, ...]]:
        found = []
        for r in tellings:
            sealed = [self._resealed(r[column], f"{r['start']}:{kind}", (old, new), keys) for column, kind in _SEALED]
            if sealed[0] is not None:
                found.append((new, r["start"], r["through"], r["teller"], r["people"], *sealed, r["summary_people"]))
        return found

    def _resealed(
        self, sealed: bytes | None, about: str, sessions: tuple[int, int], keys: tuple[bytes, bytes]
    ) -> bytes | None:
        try:
            text = self._vault.open(keys[0], sealed, f"{sessions[0]}:{about}") if sealed else None
        except Unreadable:
            return None
        return self._vault.seal(keys[1], text, f"{sessions[1]}:{about}") if text is not None else None


class Threads:
    """Makes branches in threads of Discord's."""

    def __init__(self, http: HTTPClient, branches: Branches) -> None:
        self._http = http
        self._branches = branches

    async def open_thread(self, channel: int, name: str) -> int:
        """See cogs.looks.Branching."""
        route = Route("POST", "/channels/{channel_id}/threads", channel_id=channel)
        body = {"name": name, "type": PUBLIC_THREAD, "auto_archive_duration": WEEK_MINUTES}
        try:
            made = await self._http.request(route, json=body)
        except HTTPException as error:
            logger.info("no thread for a branch: %s", error.code)
            raise Refusal("cannot_thread") from error
        return int(made["id"])

    async def make(self, loaded: Loaded, at: int, session_id: int, channel: int) -> Outcome:
        """See cogs.looks.Branching."""
        return await self._branches.make(loaded, at, session_id, channel)
