"""The log on PostgreSQL: one statement to read a session for a command, one to append what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import asyncpg
import msgspec

from core.db.vault import Unreadable, Vault
from core.game import sql
from core.game.registry import Words
from core.game.rows import (
    EVENTS_SCHEMA,
    Row,
    decode_row,
    decode_rows,
    decode_state,
    encode_events,
    encode_state,
    fold,
    leads_before,
    row_of,
)
from core.game.rules.safety import SceneCut
from core.game.state import STATE_SCHEMA, Audience, State


@dataclass(frozen=True)
class Reply:
    """Where an answer may be sent for the next 15 minutes: an interaction's token and its channel."""

    application_id: int
    token: str
    expires_at: datetime
    channel_id: int
    private: bool = False


@dataclass(frozen=True)
class PersonKey:
    """A person's wrapped key; `new` when it has yet to be stored."""

    id: int
    wrapped: bytes
    new: bool = False


@dataclass(frozen=True)
class Secrets:
    """A session's own secrets, unwrapped: two dice seeds, and the wrapped key of the texts told in it."""

    seed: bytes
    hidden_seed: bytes
    text_key: bytes


@dataclass(frozen=True)
class Loaded:
    """A session as of its last row, with what a command by one person needs."""

    session_id: int
    guild_id: int
    channel_id: int
    application_id: int
    state: State
    secrets: Secrets
    names: dict[str, str | None]
    earlier: Row | None = None
    key: PersonKey | None = None


@dataclass(frozen=True)
class Opening:
    """What a session's first row needs besides: its channel, and the ended session it takes over from, if any."""

    guild_id: int
    channel_id: int
    application_id: int
    secrets: bytes
    replaces: int | None = None


@dataclass(frozen=True)
class Append:
    """All that one accepted command writes."""

    row: Row
    state: State
    key: PersonKey | None = None
    words: Sequence[Words] = ()
    reply: Reply | None = None
    reply_for: int = 0
    undone_from: int | None = None
    pending: bool = False
    snapshot: bool = False
    opening: Opening | None = field(default=None)


class Conflict(Exception):  # noqa: N818 - not a fault: somebody else's row came first
    """Another row took this place, or this command was stored already; decide again on fresh state."""


class Log:
    """Reads and appends. States are kept in the process by session, so a busy one decodes only what is new."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, *, keep: int = 2_000) -> None:
        self._pool = pool
        self._vault = vault
        self._keep = keep
        self._states: dict[int, State] = {}
        self._channels: dict[int, int] = {}
        # Asked with the wrapped key, which is gone once a person was erased: then nothing kept here is found
        self._name = lru_cache(maxsize=5 * keep)(self._opened)

    async def read(self, *, channel: int = 0, session: int = 0, key: str = "", person: int = 0) -> Loaded | None:
        """Return the session of a channel (or by id) as of now, or None; one round trip."""
        session_id = session or self._channels.get(channel, 0)
        known = self._states.get(session_id)
        statement = sql.READ_SESSION if session else sql.READ_CHANNEL
        async with self._pool.acquire() as connection:
            found = await connection.fetchrow(
                statement, session or channel, key, person, known.seq if known else 0, session_id
            )
            if found is None:
                return None
            state = await self._state(connection, found, known if found["session_id"] == session_id else None)
        self._remember(channel, state)
        return self._loaded(found, state)

    def known(self, channel: int) -> tuple[int, int] | None:
        """Return a channel's session and the last row of it that was seen through this log, if any was."""
        state = self._states.get(self._channels.get(channel, 0))
        return (state.session_id, state.seq) if state else None

    async def append(self, append: Append) -> None:
        """Write one row and all that belongs to it; one round trip. Raises Conflict."""
        try:
            async with self._pool.acquire() as connection:
                if append.opening:
                    await self._open(connection, append, append.opening)
                else:
                    await connection.execute(sql.APPEND, *self._values(append))
        except asyncpg.UniqueViolationError as error:
            raise Conflict from error
        self._remember(append.opening.channel_id if append.opening else 0, append.state)

    async def rows(self, session_id: int, after: int = 0, through: int | None = None) -> list[Row]:
        """Return rows `after` < seq <= `through`, in order."""
        return await self._between(self._pool, session_id, after, 2**31 - 1 if through is None else through)

    async def state_at(self, session_id: int, seq: int) -> State:
        """Return the state as of row `seq`, from the newest snapshot at or before it."""
        async with self._pool.acquire() as connection:
            return await self._rebuilt(connection, session_id, seq)

    async def words(self, session_id: int, seqs: Sequence[int]) -> dict[tuple[int, str], tuple[str | None, Audience]]:
        """Return texts by (seq, kind) with their audience; None where the person erased them."""
        found = await self._pool.fetch(sql.WORDS, session_id, list(seqs))
        return {
            (r["seq"], r["kind"]): (
                self._opened(r["wrapped"], r["ciphertext"], _about(session_id, r["seq"], r["kind"])),
                msgspec.json.decode(r["audience"], type=Audience),
            )
            for r in found
        }

    async def person_key(self, person: int) -> PersonKey | None:
        """Return the key that a person's words are written under now, if they ever wrote any."""
        found = await self._pool.fetchrow(sql.PERSON_KEY, person)
        return PersonKey(found["key_id"], found["wrapped"]) if found else None

    async def _open(self, connection: Any, append: Append, opening: Opening) -> None:
        async with connection.transaction():
            await connection.execute(
                sql.OPEN_SESSION,
                append.row.session_id,
                opening.guild_id,
                opening.channel_id,
                opening.application_id,
                append.state.language,
                opening.secrets,
            )
            taken = await connection.fetchval(
                sql.TAKE_CHANNEL, opening.channel_id, append.row.session_id, opening.replaces or 0
            )
            if taken is None:
                raise Conflict
            await connection.execute(sql.APPEND, *self._values(append))

    def _values(self, append: Append) -> tuple[Any, ...]:
        row, state, reply = append.row, append.state, append.reply
        key, first = append.key, row.events[0]
        cut = first if isinstance(first, SceneCut) else None
        sealed = [
            (
                w.kind,
                w.person,
                key.id,
                msgspec.json.encode(w.to).decode(),
                self._vault.seal(key.wrapped, w.text, _about(row.session_id, row.seq, w.kind)),
            )
            for w in append.words
            if key
        ]
        kinds, persons, key_ids, audiences, ciphertexts = (
            (list(column) for column in zip(*sealed, strict=True)) if sealed else ([], [], [], [], [])
        )
        return (
            *(row.session_id, row.seq, row.key, row.actor, EVENTS_SCHEMA),
            encode_events(row.events),
            msgspec.json.encode(row.answer).decode(),
            row.reference,
            key.id if key and key.new else None,
            row.actor,
            key.wrapped if key and key.new else None,
            kinds,
            persons,
            key_ids,
            audiences,
            ciphertexts,
            STATE_SCHEMA,
            encode_state(state) if append.snapshot else None,
            reply.application_id if reply else None,
            self._vault.wrap(reply.token.encode()) if reply else None,
            reply.expires_at if reply else None,
            reply.channel_id if reply else None,
            bool(reply and reply.private),
            append.reply_for,
            append.undone_from,
            state.status,
            append.pending,
            state.until or None if state.status == "open" else None,
            *((True, list(cut.dropped), cut.back_to) if cut else (False, [], 0)),
        )

    async def _state(self, connection: Any, found: Any, known: State | None) -> State:
        session_id, snapshot_seq = found["session_id"], found["snapshot_seq"] or 0
        base = known
        if base is None or snapshot_seq > base.seq:
            base = decode_state(found["snapshot"], found["snapshot_schema"]) if found["snapshot"] else None
            if base is None and snapshot_seq:
                return await self._rebuilt(connection, session_id, found["head_seq"])
        return fold(decode_rows(found["tail"], session_id), base)

    async def _rebuilt(self, connection: Any, session_id: int, seq: int) -> State:
        snapshot = await connection.fetchrow(sql.SNAPSHOT_AT, session_id, seq, STATE_SCHEMA)
        base = decode_state(snapshot["state"], snapshot["schema"]) if snapshot else None
        rows = await self._between(connection, session_id, base.seq if base else 0, seq)
        if base and leads_before(rows, base.seq):
            # The snapshot that was taken at that rewind is of another schema
            base, rows = None, await self._between(connection, session_id, 0, seq)
        return fold(rows, base)

    async def _between(self, source: Any, session_id: int, after: int, through: int) -> list[Row]:
        return [row_of(record, session_id) for record in await source.fetch(sql.ROWS, session_id, after, through)]

    def _loaded(self, found: Any, state: State) -> Loaded:
        secret = self._vault.unwrap(found["secrets"])
        return Loaded(
            found["session_id"],
            found["guild_id"],
            found["channel_id"],
            found["application_id"],
            state,
            Secrets(secret[:32], secret[32:64], secret[64:]),
            self._names(state, found["names"]),
            decode_row(found["earlier"], found["session_id"]),
            PersonKey(found["key_id"], found["wrapped"]) if found["key_id"] else None,
        )

    def _names(self, state: State, raw: str | None) -> dict[str, str | None]:
        by_row = {hero.words: hero.id for hero in state.heroes.values()}
        names: dict[str, str | None] = dict.fromkeys(state.heroes)
        for seq, wrapped, ciphertext in msgspec.json.decode(raw, type=list[tuple[int, str | None, str]]) if raw else []:
            if seq in by_row and wrapped:
                about = _about(state.session_id, seq, "name")
                names[by_row[seq]] = self._name(bytes.fromhex(wrapped), bytes.fromhex(ciphertext), about)
        return names

    def _opened(self, wrapped: bytes | None, ciphertext: bytes, about: str) -> str | None:
        try:
            return self._vault.open(wrapped, ciphertext, about)
        except Unreadable:
            return None

    def _remember(self, channel: int, state: State) -> None:
        self._states.pop(state.session_id, None)
        self._states[state.session_id] = state
        if channel:
            self._channels[channel] = state.session_id
        for kept in (self._states, self._channels):
            while len(kept) > self._keep:
                kept.pop(next(iter(kept)))


def _about(session_id: int, seq: int, kind: str) -> str:
    return f"{session_id}:{seq}:{kind}"
