"""Other versions of the newest telling: told with what was settled then, shown, and put in its place or put away."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.asks import Settlements
from bot.closing import Closer
from bot.delivery.store import DeliveryStore
from bot.turns import Turns
from bot.wiring import Parts
from core.ai import NoProvider
from core.game.engine import Origin
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.rules.retelling import SettleVersion, TellVersion
from core.game.rules.telling import Told
from core.game.state import State, Version
from core.story.model import UnusableError
from core.story.tellings import Claim, Fenced
from core.story.turn import Turn

logger = logging.getLogger(__name__)
_NOW: Final = ("pinned", "threads", "summary", "note", "lore", "lore_pages", "lore_off", "lore_book", "rating")
"""What a version is told with as it is now, and not as it was."""


@dataclass(frozen=True)
class Grown:
    """A text as the storyteller told it."""

    text: str
    teller: str
    people: list[int]


Grow = Callable[[Loaded, Claim, Turn, Settlements], Awaitable[Grown]]
"""Has a turn told and shown as it comes. Raises Fenced, or Refusal when it is not wanted any more."""


class Versions:
    """Does what a session's `version` waits for."""

    def __init__(self, parts: Parts, store: DeliveryStore, closer: Closer, turns: Turns, grow: Grow) -> None:
        self._parts = parts
        self._store = store
        self._closer = closer
        self._turns = turns
        self._grow = grow

    async def serve(self, loaded: Loaded) -> Loaded:
        """Do what is to be done now; return the session as of then."""
        version = loaded.state.version
        if version is None:
            return loaded
        try:
            if version.phase == "called" and version.how != "edit":
                loaded = await self._told(loaded, version)
            elif version.phase == "called":
                loaded = await self._given(
                    loaded, TellVersion(key=_key(version, "told"), by=0, start=version.row, teller="gm")
                )
            if (version := loaded.state.version) and version.waits():
                loaded = await self._settled(loaded, version)
            elif version and (await self._store.open(loaded.session_id, version.row)).status == "open":
                await self._offered(loaded, version)
        except Fenced:
            pass
        except Refusal as refusal:
            # It was undone or cut meanwhile, and its message is put away with the scene
            if refusal.code != "stale_telling":
                raise
        return await self._read(loaded)

    async def _told(self, loaded: Loaded, version: Version) -> Loaded:
        session_id, key = loaded.session_id, loaded.secrets.text_key
        then, through = await self._then(loaded, version)
        claim = await self._parts.tellings.claim(session_id, version.row, through, key)
        teller = claim.teller
        if not claim.whole:
            first = await self._parts.tellings.read(session_id, [version.of], key)
            turn = await self._turns.turn(then, claim, "")
            turn = replace(turn, again=tuple(first.values()))
            grown = await self._tried(loaded, claim, turn)
            if grown:
                await self._parts.tellings.keep(claim, key, grown.text, grown.teller, grown.people, whole=True)
            teller = grown.teller if grown else ""
        return await self._given(loaded, TellVersion(key=_key(version, "told"), by=0, start=version.row, teller=teller))

    async def _tried(self, loaded: Loaded, claim: Claim, turn: Turn) -> Grown | None:
        """Return the version, or nothing where nobody can tell it: what was told already is never held up by it."""
        try:
            return await self._grow(loaded, claim, turn, Settlements(turn))
        except (NoProvider, UnusableError) as error:
            logger.info("no other version: %s", error)
            return None

    async def _then(self, loaded: Loaded, version: Version) -> tuple[Loaded, int]:
        """Return the session as it stood right before the telling was accepted, and the last row that it told."""
        log = self._parts.engine.log
        state = await log.state_at(loaded.session_id, version.at - 1)
        rows = await log.rows(loaded.session_id, version.at - 1, version.at)
        through = next((e.through for row in rows for e in row.events if isinstance(e, Told)), state.seq)
        now = {name: getattr(loaded.state, name) for name in _NOW}
        return replace(loaded, state=state.with_(status="open", **now)), through

    async def _offered(self, loaded: Loaded, version: Version) -> None:
        text = await self._parts.tellings.read(loaded.session_id, [version.row], loaded.secrets.text_key)
        await self._closer.offer(loaded, version, text.get(version.row, ""))

    async def _settled(self, loaded: Loaded, version: Version) -> Loaded:
        """Put the version where the telling's text was, or away; show that, and be done."""
        session_id, key, tellings = loaded.session_id, loaded.secrets.text_key, self._parts.tellings
        if version.phase == "left":
            await self._closer.replaced(loaded.state, session_id, version.row, "left")
        elif version.how == "edit":
            words = await self._parts.engine.log.words(session_id, [version.row])
            text = words.get((version.row, "narration"), (None, "all"))[0]
            if text:
                # A person's formatting stays, masked links do not
                text = text.replace("](", "] (")
                await tellings.rewrite(session_id, version.of, key, text, loaded.state.gm)
                await self._closer.close(loaded, version.of, text, shown=version.was)
        else:
            text = await tellings.adopt(session_id, version.of, version.row, key)
            if text:
                await self._closer.close(loaded, version.of, text, shown=version.row)
                await self._closer.replaced(loaded.state, session_id, version.was, "retold")
        return await self._given(loaded, SettleVersion(key=_key(version, "settled"), by=0, start=version.row))

    async def _given(self, loaded: Loaded, command: TellVersion | SettleVersion) -> Loaded:
        await self._parts.engine.execute(command, session=loaded.session_id, origin=Origin())
        return await self._read(loaded)

    async def _read(self, loaded: Loaded) -> Loaded:
        return await self._parts.engine.log.read(session=loaded.session_id) or loaded


def under_way(state: State, row: int) -> bool:
    """Tell whether a row is that of a version which is still to be told, shown or settled."""
    return state.version is not None and state.version.row == row


def _key(version: Version, step: str) -> str:
    return f"version:{version.row}:{step}"
