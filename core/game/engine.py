"""The engine: a command in, an outcome out, once. Decides on fresh state, appends, and wakes the storyteller."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from core.db.pools import Database
from core.db.readers import FAULTS, Choice, reader_at
from core.db.vault import Vault
from core.dice import SeededDraw
from core.game import rules
from core.game.log import Append, Conflict, Loaded, Log, Opening, PersonKey, Reply, Secrets
from core.game.refusal import Refusal
from core.game.registry import Command, Event, apply, decide
from core.game.rows import SNAPSHOT_EVERY, Row, rewound
from core.game.rules.gm import Rewound
from core.game.rules.table import Start, opened, start
from core.game.state import State

_ = rules
TRIES_MOST: Final = 25
Wake = Callable[[int], Awaitable[None]]
T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What a command came to. `repeated`: it was stored before, and this is what it came to then.

    `before` and `state` are the states around the row (the same, current one, when repeated).
    """

    session_id: int
    seq: int
    events: tuple[Event, ...]
    answer: dict[str, str | int]
    before: State
    state: State
    names: dict[str, str | None]
    repeated: bool = False


@dataclass(frozen=True)
class Origin:
    """Where a command comes from: the reference people see, and where an answer may be sent."""

    reference: str = ""
    reply: Reply | None = None


class Seeds:
    """The session's dice: draw `index` of the open or the hidden seed."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def draw(self, index: int, *, hidden: bool = False) -> Callable[[int], int]:
        """Return the die-caster of one roll."""
        return SeededDraw(self._secrets.hidden_seed if hidden else self._secrets.seed, index)


class Engine:
    """Executes commands. The wake is handed in: the engine does not know what a queue is.

    `database` is where a replica may be, for `glance`; `note` hears which server each glance went to.
    """

    def __init__(
        self,
        log: Log,
        vault: Vault,
        wake: Wake,
        database: Database | None = None,
        note: Callable[[Choice], None] | None = None,
    ) -> None:
        self.log = log
        self._vault = vault
        self._wake = wake
        self._database = database
        self._note = note
        with_replica = database is not None and database.reader is not database.writer
        self._replica = Log(database.reader, vault) if database and with_replica else None

    async def look(self, channel: int, person: int = 0) -> Loaded:
        """Return the session of a channel as of now. Raises Refusal `no_table`."""
        loaded = await self.log.read(channel=channel, person=person)
        if loaded is None:
            raise Refusal("no_table")
        return loaded

    async def glance(self, channel: int, read: Callable[[Log], Awaitable[T]]) -> T:
        """Return what `read` makes of the log: for a reading that may be a moment old, such as where the table stands.

        It is given the replica's when that has all that this process saw of the channel's session, else the writer's;
        also when the replica fails while it is read.
        """
        known = self.log.known(channel)
        if self._database and self._replica and known:
            pool = await reader_at(self._database, *known, self._note)
            if pool is self._database.reader:
                try:
                    return await read(self._replica)
                except FAULTS:
                    logger.warning("the replica failed while it was read", exc_info=True)
        return await read(self.log)

    async def execute(
        self, command: Command, *, channel: int = 0, session: int = 0, origin: Origin | None = None
    ) -> Outcome:
        """Execute a command on the session of a channel (or by id), exactly once per key.

        Raises Refusal when the rules say no, core.dice.DiceError for bad dice; then nothing was stored.
        """
        for attempt in range(TRIES_MOST):
            loaded = await self.log.read(channel=channel, session=session, key=command.key, person=command.by)
            if loaded is None:
                raise Refusal("no_table")
            if loaded.earlier:
                row = loaded.earlier
                return Outcome(
                    loaded.session_id,
                    row.seq,
                    row.events,
                    row.answer,
                    loaded.state,
                    loaded.state,
                    loaded.names,
                    True,
                )
            try:
                return await self._decided(loaded, command, origin or Origin())
            except Conflict:
                await asyncio.sleep(0.002 * attempt)
        raise Refusal("too_busy")

    async def open(self, command: Start, opening: Opening, session_id: int, origin: Origin) -> Outcome:
        """Open a session in a channel. `session_id` is the interaction's id; the same one opens it once.

        Raises Refusal `table_exists` when another one is open there.
        """
        for _attempt in range(2):
            there = await self.log.read(channel=opening.channel_id, key=command.key, person=command.by)
            if there and there.session_id == session_id and there.earlier:
                row = there.earlier
                return Outcome(session_id, row.seq, row.events, row.answer, there.state, there.state, {}, True)
            if there and there.state.status != "ended":
                raise Refusal("table_exists")
            try:
                return await self._opened(command, opening, there, session_id, origin)
            except Conflict:
                continue
        raise Refusal("table_exists")

    async def _opened(
        self, command: Start, opening: Opening, there: Loaded | None, session_id: int, origin: Origin
    ) -> Outcome:
        key = there.key if there else await self.log.person_key(command.by)
        decision = start(command)
        first = decision.events[0]
        state = apply(opened(first, session_id), decision.events, 1)  # type: ignore[arg-type]
        row = Row(session_id, 1, command.key, command.by, decision.events, decision.answer, None, origin.reference)
        opening = Opening(
            opening.guild_id,
            opening.channel_id,
            opening.application_id,
            self._vault.wrap(os.urandom(64) + self._vault.new_key()),
            there.session_id if there else None,
        )
        await self.log.append(Append(row, state, key or self._new_key(), decision.words, opening=opening))
        return Outcome(session_id, 1, decision.events, decision.answer, state, state, {})

    async def _decided(self, loaded: Loaded, command: Command, origin: Origin) -> Outcome:
        before = loaded.state
        decision = decide(before, command, Seeds(loaded.secrets))
        seq = before.seq + 1
        base, undone_from = await self._base(before, decision.events)
        state = apply(base, decision.events, seq)
        row = Row(
            loaded.session_id,
            seq,
            command.key,
            command.by,
            decision.events,
            decision.answer,
            None,
            origin.reference,
        )
        key = loaded.key or (self._new_key() if decision.words else None)
        reply, work = origin.reply, state.has_work() or undone_from is not None
        await self.log.append(
            Append(
                row,
                state,
                key,
                decision.words,
                reply,
                reply_for=seq if reply and reply.private else state.stand,
                undone_from=undone_from,
                pending=work,
                snapshot=seq % SNAPSHOT_EVERY == 0 or undone_from is not None,
            )
        )
        # After its own rows the storyteller looks again by itself
        if work and (command.by or undone_from is not None):
            await self._woken(loaded.session_id)
        names = loaded.names | _named(state, decision.words)
        return Outcome(loaded.session_id, seq, decision.events, decision.answer, before, state, names)

    async def _base(self, state: State, events: Sequence[Event]) -> tuple[State, int | None]:
        """Return the state the events apply to and, for a rewind, the first telling that is undone by it."""
        first = events[0] if events else None
        if not isinstance(first, Rewound):
            return state, None
        back = await self.log.state_at(state.session_id, first.back_to)
        return rewound(state, back, first), back.stand

    async def _woken(self, session_id: int) -> None:
        try:
            await self._wake(session_id)
        except Exception:
            # The row is stored and the sweeper wakes what is pending, so nobody's action depends on the queue
            logger.warning("wake failed", exc_info=True, extra={"session_id": session_id})

    def _new_key(self) -> PersonKey:
        # unique without a round trip: milliseconds, then random bits; a collision is a conflict and tried again
        key_id = (time.time_ns() // 1_000_000 << 22) | int.from_bytes(os.urandom(3)) >> 2
        return PersonKey(key_id, self._vault.new_key(), new=True)


def _named(state: State, words: Sequence[object]) -> dict[str, str | None]:
    """Return the name that this very row gave a hero."""
    return {
        hero.id: word.text  # type: ignore[attr-defined]
        for hero in state.heroes.values()
        if hero.words == state.seq
        for word in words
        if word.kind == "name"  # type: ignore[attr-defined]
    }
