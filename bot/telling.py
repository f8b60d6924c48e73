"""One look at a session: put undone scenes away, answer questions, tell what is pending, close what was told."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from msgspec import structs

from bot import logs, metrics
from bot.afterthoughts import Afterthoughts
from bot.asks import AskDesk
from bot.closing import Buttons, Closer
from bot.crash import moment
from bot.delivery.door import Door, Gone, TokenDead
from bot.delivery.pace import Pace
from bot.delivery.showing import Showing
from bot.delivery.store import Delivered, DeliveryStore
from bot.growing import Growing
from bot.rounds import closed_in_time
from bot.turns import Turns
from bot.versions import Grown, Versions, under_way
from bot.wiring import Parts
from core.game.engine import Origin
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.rules.telling import Answer, Tell
from core.game.state import State
from core.i18n import text
from core.story.model import Models
from core.story.tellings import Claim, Fenced
from core.story.turn import Ask, Piece, Teller, Turn

STALE: Final = "stale_telling"
PAUSED: Final = "paused"
LISTEN_SECONDS: Final = 1.0
"""How long a telling goes without a look at whether it is still wanted, while no word of it comes."""
OVERTAKEN: Final = (STALE, PAUSED, "no_table")


class Narrator:
    """Serves sessions for the worker."""

    def __init__(
        self, parts: Parts, door: Door, storyteller: Teller, buttons: Buttons, models: Models | None = None
    ) -> None:
        self._parts = parts
        self._door = door
        self._storyteller = storyteller
        self._store = DeliveryStore(parts.database.writer, parts.vault)
        self._closer = Closer(parts, door, self._store, buttons)
        self._pace = Pace(parts.redis, parts.settings.edit_interval)
        self._turns = Turns(parts)
        self._versions = Versions(parts, self._store, self._closer, self._turns, self._version)
        log, tellings = parts.engine.log, parts.tellings
        self._after = Afterthoughts(log, tellings, self._turns.memories, self._turns.past, models)

    async def close(self) -> None:
        """Stop what still goes on behind a telling that was closed."""
        await self._after.close()

    async def serve(self, session_id: int) -> None:
        """Do what this session has to do now; wake it again when more came meanwhile."""
        loaded = await self._parts.engine.log.read(session=session_id)
        if loaded is None:
            return
        loaded = await closed_in_time(self._parts.engine, loaded)
        await self._put_away(loaded)
        loaded = await self._versions.serve(loaded)
        await self._close_told(loaded)
        for question in loaded.state.questions:
            await self._answer(loaded, question)
        if loaded.state.due():
            await self._tell(loaded)
        fresh = await self._parts.engine.log.read(session=session_id)
        if fresh and loaded.state.due():
            await self._put_away(fresh)
        if fresh and fresh.state.has_work():
            await self._parts.queue.wake(session_id)
        elif fresh:
            await self._parts.pending.done(session_id, fresh.state.seq)

    async def _put_away(self, loaded: Loaded) -> None:
        for row in await self._store.undoing(loaded.session_id):
            await self._closer.put_away(loaded.state, row)

    async def _close_told(self, loaded: Loaded) -> None:
        """Close what another worker told but could not close, and what is not to be told any more."""
        state = loaded.state
        for row in await self._store.unclosed(loaded.session_id):
            if _waits(row, state) or under_way(state, row.from_seq):
                continue
            told = await self._parts.tellings.read(loaded.session_id, [row.from_seq], loaded.secrets.text_key)
            if row.private:
                await self._send_answer(row, told.get(row.from_seq, ""), state.language)
            elif row.from_seq in told and await self._was_told(loaded.session_id, row.from_seq):
                await self._closer.close(loaded, row.from_seq, told[row.from_seq])
            elif row.from_seq in told and row.message_ids:
                stopped = text(state.language, "telling.stopped")
                await Showing(self._door, self._store, row).close(told[row.from_seq], stopped, None)
            else:
                await self._store.status(row, "closed", 0)

    async def _was_told(self, session_id: int, start: int) -> bool:
        found = await self._parts.engine.log.read(session=session_id, key=f"tell:{start}")
        return bool(found and found.earlier)

    async def _tell(self, loaded: Loaded) -> None:
        state, session_id, key = loaded.state, loaded.session_id, loaded.secrets.text_key
        # Claimed first: whoever is fenced off by this can send nothing after the row is read
        claim = await self._parts.tellings.claim(session_id, state.stand, max(state.due()), key)
        row = await self._store.open(session_id, state.stand)
        logs.bind_reference(row.reference)
        origin = Origin(row.reference)
        growing = Growing(claim.draft, claim.teller)
        showing = Showing(self._door, self._store, row)
        try:
            if not claim.whole:
                turn = await self._turns.turn(loaded, claim, row.reference)
                growing.cards, growing.people = dict(turn.cards), turn.people
                ask = AskDesk(self._parts.engine, loaded.state, origin, turn.asks)
                await self._grow(loaded, claim, growing, showing, self._storyteller.tell(turn, ask))
                if turn.used and growing.cut:
                    await self._parts.tellings.note(claim, key, structs.replace(turn.used, cut=growing.cut))
                await self._parts.tellings.keep(
                    claim, key, growing.text, growing.teller, sorted(growing.people), whole=True
                )
                moment("text_kept")
            command = Tell(
                key=f"tell:{claim.start}",
                by=0,
                start=claim.start,
                through=claim.through,
                teller=growing.teller,
                cards=growing.cards,
            )
            await self._parts.engine.execute(command, session=session_id, origin=origin)
            moment("tell_appended")
        except Fenced:
            metrics.NARRATION_SECONDS.labels("fenced").observe(time.monotonic() - growing.born)
            return
        except Refusal as refusal:
            if refusal.code not in OVERTAKEN:
                raise
            await self._overtaken(loaded, claim, showing, refusal.code)
            metrics.NARRATION_SECONDS.labels("undone").observe(time.monotonic() - growing.born)
            return
        after = await self._parts.engine.log.read(session=session_id)
        await self._closer.close(after or loaded, claim.start, growing.text, growing.why, broken=growing.broken)
        growing.shown()
        moment("message_closed")
        self._after.begin(after or loaded, claim.start)
        metrics.NARRATION_SECONDS.labels("told").observe(time.monotonic() - growing.born)

    async def _overtaken(self, loaded: Loaded, claim: Claim, showing: Showing, why: str) -> None:
        """Leave a telling that is not wanted now: undone, told by another worker or the game master, table closed.

        That of a paused table is told on when the table is resumed.
        """
        row = await self._store.open(claim.session_id, claim.start)
        now = await self._parts.engine.log.read(session=claim.session_id)
        if now and now.state.cut > claim.start:
            await self._closer.put_away(loaded.state, replace(row, cut=True))
        elif row.status in {"undoing", "undone"}:
            await self._closer.put_away(loaded.state, row)
        elif why != PAUSED and not await self._was_told(claim.session_id, claim.start):
            await showing.stop(text(loaded.state.language, "telling.stopped"))

    async def _version(self, loaded: Loaded, claim: Claim, turn: Turn, ask: Ask) -> Grown:
        """Have another version told and shown."""
        growing = Growing(claim.draft, claim.teller, turn.people)
        showing = Showing(self._door, self._store, await self._store.open(claim.session_id, claim.start))
        await self._grow(loaded, claim, growing, showing, self._storyteller.tell(turn, ask))
        return Grown(growing.text, growing.teller, sorted(growing.people))

    async def _grow(
        self, loaded: Loaded, claim: Claim, growing: Growing, showing: Showing, pieces: AsyncIterator[Piece]
    ) -> None:
        """Let the storyteller tell while the editor shows it. Raises Fenced or Refusal `stale_telling`."""
        editor = asyncio.create_task(self._edit(loaded, claim, growing, showing))
        teller = asyncio.create_task(_listen(pieces, growing))
        try:
            # Whichever ends first: a scene that is cut is not listened to any longer, also while no word comes
            await asyncio.wait({editor, teller}, return_when=asyncio.FIRST_COMPLETED)
            for task in (editor, teller) if editor.done() else (teller, editor):
                await task
        finally:
            editor.cancel()
            teller.cancel()
            await asyncio.gather(editor, teller, return_exceptions=True)
            await self._pace.done(f"{claim.session_id}:{claim.start}")

    async def _edit(self, loaded: Loaded, claim: Claim, growing: Growing, showing: Showing) -> None:
        story = f"{claim.session_id}:{claim.start}"
        while True:
            news = await growing.news(LISTEN_SECONDS)
            if growing.ended.is_set():
                return
            if not news:
                if await self._store.undone(claim.session_id, claim.start):
                    raise Refusal(STALE)
                continue
            # Words go on coming while this is kept: only what was kept may be shown
            said = growing.text
            await self._parts.tellings.keep(
                claim, loaded.secrets.text_key, said, growing.teller, sorted(growing.people), whole=False
            )
            moment("draft_kept")
            if await self._store.undone(claim.session_id, claim.start):
                raise Refusal(STALE)
            await showing.show(said)
            growing.shown()
            await growing.pause(await self._pace.wait_seconds(story))

    async def _answer(self, loaded: Loaded, question: int) -> None:
        session_id, key = loaded.session_id, loaded.secrets.text_key
        row = await self._store.open(session_id, question)
        logs.bind_reference(row.reference)
        claim = await self._parts.tellings.claim(session_id, question, question, key)
        growing = Growing("" if not claim.whole else claim.draft, claim.teller)
        turn, person, asked = await self._turns.question(loaded, claim, row.reference)
        try:
            if not claim.whole:
                async for piece in self._storyteller.answer(turn, person, asked):
                    growing.add(piece)
                people = sorted({person, *turn.people})
                await self._parts.tellings.keep(claim, key, growing.text, growing.teller, people, whole=True)
            command = Answer(key=f"answer:{question}", by=0, question=question, teller=growing.teller)
            await self._parts.engine.execute(command, session=session_id, origin=Origin(row.reference))
        except Fenced:
            return
        except Refusal as refusal:
            if refusal.code != STALE:
                raise
        await self._send_answer(row, growing.text, loaded.state.language)

    async def _send_answer(self, row: Delivered, answer: str, language: str) -> None:
        """Put the answer where its asker waits; after 15 minutes nobody can any more."""
        said = answer or text(language, "telling.answer_lost")
        try:
            if row.token:
                await self._door.edit_follow_up(row.application_id, row.token, None, said[:1_990], None)
        except (TokenDead, Gone):
            await self._store.status(row, "lost", 0)
        else:
            await self._store.status(row, "closed", len(said))


async def _listen(pieces: AsyncIterator[Piece], growing: Growing) -> None:
    """Take in what the storyteller tells."""
    heard = 0
    async for piece in pieces:
        growing.add(piece)
        heard += 1
        moment("first_word" if heard == 1 else "mid_stream")
    moment("last_word")
    growing.end()


def _waits(row: Delivered, state: State) -> bool:
    """Tell whether a row's words are still to come: its question or its telling stands open."""
    if row.private:
        return row.from_seq in state.questions
    if row.from_seq < state.stand or state.status == "ended":
        return False
    return bool(state.pending) or not row.message_ids
