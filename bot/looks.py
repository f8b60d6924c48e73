"""Looks behind the story for the cogs: what a telling drew on, what it cost, what the table holds to and spends."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import asyncpg

from bot.limits import caps
from bot.mechanics import mechanics
from bot.settings import Settings
from bot.spending import spent
from cogs.looks import Call, Held, Money, Why
from core.ai import Account
from core.game.log import Loaded, Log
from core.game.readings import TABLE, Viewer, may_see
from core.game.registry import Event
from core.game.rules.telling import Told
from core.story.lore.book import read_book
from core.story.memory.used import Used
from core.story.sentences import split
from core.story.tellings import Tellings

_CALLS: Final = """
SELECT provider, model, outcome, input_tokens AS input, cached_tokens AS cached,
    output_tokens + thinking_tokens AS output, micro_usd, state <> 'settled' AS estimated
FROM ledger WHERE session_id = $1 AND from_seq = ANY($2::int[]) ORDER BY id LIMIT 12
"""
_COST: Final = """
SELECT sum(micro_usd)::bigint FROM ledger WHERE session_id = $1 AND from_seq = $2 AND kind = 'narration'
"""


class TableLooks:
    """See cogs.looks.Looks."""

    def __init__(self, pool: asyncpg.Pool, log: Log, tellings: Tellings, settings: Settings) -> None:
        self._pool = pool
        self._log = log
        self._tellings = tellings
        self._caps = caps(settings)

    async def cost(self, loaded: Loaded) -> int | None:
        """See cogs.looks.Looks."""
        newest = next((told.row for told in reversed(loaded.state.told) if told.by == "telling"), 0)
        found: int | None = await self._pool.fetchval(_COST, loaded.session_id, loaded.state.shown or newest)
        return found

    async def why(self, loaded: Loaded, told_at: int, viewer: Viewer) -> Why | None:
        """See cogs.looks.Looks."""
        state, session_id = loaded.state, loaded.session_id
        start = await self._start(loaded, told_at)
        if start is None:
            return None
        if not start:
            return Why("gm")
        key = loaded.secrets.text_key
        used = await self._tellings.used(session_id, start, key) or Used()
        tellers = await self._tellings.tellers(session_id, [start])
        newest = bool(state.told) and state.told[-1].row == start
        starts = [start, *([state.shown] if newest and state.shown else [])]
        calls = await self._pool.fetch(_CALLS, session_id, starts)
        rolls = mechanics(await self._events(session_id, start), state, loaded.names)
        return Why(
            teller=tellers.get(start, ""),
            rolls=tuple(line.removeprefix("-# ") for line in rolls.splitlines()),
            pinned=tuple(await self._texts(session_id, used.pinned, "fact")),
            memories=tuple(await self._memories(loaded, used.memories)),
            cards=await self._cards(loaded, used.cards) if viewer.gm else (),
            threads=len(used.threads),
            summary=bool(used.summaries),
            layers=tuple(used.layers.items()),
            left_out=tuple(used.left_out.items()),
            cut=tuple(Counter(used.cut).items()),
            calls=tuple(Call(**row) for row in calls),
        )

    async def held(self, loaded: Loaded) -> Held:
        """See cogs.looks.Looks."""
        state, session_id = loaded.state, loaded.session_id
        words = await self._log.words(session_id, [*state.pinned, state.summary])
        pinned = [(row, words.get((row, "fact"), (None, "all"))[0]) for row in state.pinned]
        starts = [told.row for told in state.told if told.by == "telling" and told.row > state.summary]
        kept = await self._tellings.summary(session_id, starts, loaded.secrets.text_key) if starts else None
        own = words.get((state.summary, "summary"), (None, "all"))[0]
        return Held(tuple((row, fact or "…") for row, fact in pinned), kept.text if kept else own or "")

    async def spent(self, loaded: Loaded) -> Money:
        """See cogs.looks.Looks."""
        account = Account(
            guild_id=loaded.guild_id, session_id=loaded.session_id, session_limit=loaded.state.budget or None
        )
        found = await spent(self._pool, self._caps, account)
        return Money(found.month, found.forecast, found.guild_limit, found.session, found.session_limit, found.stage)

    async def telling(self, loaded: Loaded, start: int) -> str:
        """See cogs.looks.Looks."""
        found = await self._tellings.read(loaded.session_id, [start], loaded.secrets.text_key)
        return found.get(start, "")

    async def _start(self, loaded: Loaded, told_at: int) -> int | None:
        """Return the row a telling began at: the one told at a row, else the newest that stands; 0: told by hand."""
        rows = await self._log.rows(loaded.session_id, told_at - 1, told_at) if told_at else []
        found = next((event.start for row in rows for event in row.events if isinstance(event, Told)), None)
        if found is not None:
            return found
        newest = loaded.state.told[-1] if loaded.state.told else None
        return None if newest is None else newest.row if newest.by == "telling" else 0

    async def _events(self, session_id: int, start: int) -> Sequence[Event]:
        rows = await self._log.rows(session_id, start)
        return [event for row in rows if row.key.startswith(f"ask:{start}:") for event in row.events]

    async def _texts(self, session_id: int, rows: Iterable[int], kind: str) -> list[str]:
        words = await self._log.words(session_id, list(rows))
        found = (words.get((row, kind), (None, "all")) for row in rows)
        return [text for text, to in found if text and may_see(to, TABLE)]

    async def _memories(self, loaded: Loaded, rows: Sequence[int]) -> list[str]:
        """Return how each remembered row begins: a telling, or the words of a deed; all of it the table's."""
        session_id = loaded.session_id
        told = await self._tellings.read(session_id, rows, loaded.secrets.text_key)
        words = await self._log.words(session_id, list(rows))
        said = {row: text for (row, _), (text, to) in words.items() if text and may_see(to, TABLE)}
        found = {**told, **said}
        return [split(found[row])[0] for row in rows if found.get(row, "").strip()]

    async def _cards(self, loaded: Loaded, cards: Sequence[str]) -> tuple[str, ...]:
        if not cards:
            return ()
        book = await read_book(self._log, loaded)
        return tuple((book.cards[card].title if card in book.cards else "") or "…" for card in cards)
