"""The end of a narration: its mechanics line, a word when the storyteller changed, and the one row of buttons."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import discord
from discord.ui import View

from bot.candles import Candles
from bot.delivery.door import Door, Gone, TokenDead
from bot.delivery.showing import Showing
from bot.delivery.store import Delivered, DeliveryStore
from bot.limits import caps
from bot.mechanics import mechanics
from bot.media import retract
from bot.wiring import Parts
from cogs.ui.calls import calls
from cogs.ui.names import listed
from core.game.log import Loaded
from core.game.registry import Event
from core.game.rules.telling import Told
from core.game.state import State, Version
from core.i18n import text
from core.story.hygiene import plain_name
from core.story.oracle import NAME as ORACLE

NarrationView = Callable[[Loaded, str], View | None]
UndoneView = Callable[[int, int, str], View | None]
BUDGET: Final = "budget"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Buttons:
    """The buttons below a finished narration (session, text) and an undone one (session, start, locale).

    Those that choose between two versions, and those below one that broke off.
    """

    narration: NarrationView
    undone: UndoneView
    versions: Callable[[Loaded, Version], View | None]
    broken: NarrationView


class Closer:
    """Closes narrations, and puts those away that were undone."""

    def __init__(self, parts: Parts, door: Door, store: DeliveryStore, buttons: Buttons) -> None:
        self._parts = parts
        self._door = door
        self._store = store
        self._buttons = buttons
        self._candles = Candles(parts.database.writer, parts.redis, caps(parts.settings))
        self._models = any(name != "offline" for name in parts.settings.ai_order)

    async def close(
        self, loaded: Loaded, start: int, told: str, why: str = "", *, broken: bool = False, shown: int = 0
    ) -> None:
        """Show the whole telling from row `start`, in the message of row `shown` where that is another.

        `why` is what kept the models from it, `broken`: so it ends.
        """
        state, row = loaded.state, await self._store.open(loaded.session_id, shown or start)
        events = await self._events(loaded.session_id, start)
        footer = mechanics(events, state, loaded.names)
        stopped = text(state.language, "telling.stopped") if broken else ""
        changed = "" if broken else await self._changed(loaded, start, why)
        footer = "\n".join(filter(None, (footer, absent(events, loaded), calls(state, loaded.names), stopped, changed)))
        newest = not shown or (bool(state.told) and state.told[-1].row == start and not state.pending)
        view = (self._buttons.broken if broken else self._buttons.narration)(loaded, told) if newest else None
        await Showing(self._door, self._store, row).close(told, footer, view)
        await self._clear_older(row)

    async def offer(self, loaded: Loaded, version: Version, told: str) -> None:
        """Show a second version with the buttons that choose."""
        row = await self._store.open(loaded.session_id, version.row)
        footer = text(loaded.state.language, "telling.version")
        await Showing(self._door, self._store, row).close(told, footer, self._buttons.versions(loaded, version))

    async def replaced(self, state: State, session_id: int, shown: int, key: str) -> None:
        """Say in a message that its text is no longer the story's."""
        row = await self._store.open(session_id, shown)
        said = text(state.language, f"telling.{key}")
        await Showing(self._door, self._store, row).replace(said, None, "undone")

    async def put_away(self, state: State, row: Delivered) -> None:
        """Replace what was shown of an undone scene; of a cut one nothing is left to read."""
        await retract(self._parts.redis, self._door, state.session_id, row.from_seq)
        if row.cut:
            await self._parts.tellings.forget(state.session_id, row.from_seq)
            await Showing(self._door, self._store, row).replace(text(state.language, "telling.cut"), None, "undone")
            return
        view = self._buttons.undone(state.session_id, row.from_seq, state.language)
        said = text(state.language, "telling.undone", person=str(state.gm))
        await Showing(self._door, self._store, row).replace(said, view, "undone")

    async def _events(self, session_id: int, start: int) -> Sequence[Event]:
        """Return what the telling from `start` asked for, and its own row's."""
        events: list[Event] = []
        for row in await self._parts.engine.log.rows(session_id, start):
            if any(isinstance(event, Told) and event.start == start for event in row.events):
                return [*events, *row.events]
            if row.key.startswith(f"ask:{start}:"):
                events.extend(row.events)
        return events

    async def _changed(self, loaded: Loaded, start: int, why: str) -> str:
        """Return the line that says once that the oracle stands in, that models are back, or that money runs short."""
        if not self._models:
            return ""
        earlier = [told.row for told in loaded.state.told if told.by == "telling" and told.row < start]
        tellers = await self._parts.tellings.tellers(loaded.session_id, [*earlier[-1:], start])
        now, before = tellers.get(start) == ORACLE, bool(earlier) and tellers.get(earlier[-1]) == ORACLE
        if now == before:
            return "" if now else await self._candles.near(loaded)
        if before or why != BUDGET:
            return text(loaded.state.language, "telling.back" if before else "telling.outage")
        return await self._candles.spent(loaded)

    async def _clear_older(self, newest: Delivered) -> None:
        """Take the buttons from the narrations before; what cannot be reached is left as it is."""
        for row in await self._store.buttoned(newest.session_id, newest.from_seq):
            try:
                await self._door.clear_buttons(row.application_id, row.token, row.channel_id, row.message_ids[-1])
            except (Gone, TokenDead):
                pass
            except (discord.DiscordException, OSError, TimeoutError):
                logger.info("old buttons stay for now", exc_info=True)
                continue
            await self._store.status(row, "past", row.shown)


def absent(events: Sequence[Event], loaded: Loaded) -> str:
    """Return the line about those whom the round went without, where the table has them stay near."""
    state = loaded.state
    missed = [hero for event in events if isinstance(event, Told) for hero in event.missed]
    names = [loaded.names.get(hero) for hero in missed if state.absence == "near"]
    known = [plain_name(name) for name in names if name]
    return text(state.language, "telling.absent", n=len(known), names=listed(state.language, known)) if known else ""
