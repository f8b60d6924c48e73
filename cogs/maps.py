"""The map: lay one out, see it, walk on it."""

from typing import Final

import discord
from discord.app_commands import Choice, Range
from discord.ext import commands

from cogs.desk import Desk, pressed, submitted
from cogs.naming import named, root
from cogs.request import Request
from cogs.ui import board
from cogs.ui.components import Message
from cogs.ui.custom_id import CustomId
from cogs.ui.names import escaped, hero_name
from cogs.uploads import read_upload
from core.game.engine import Outcome
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.rules.board import MoveToken, NewBoard, TokenMoved
from core.game.state import State
from core.i18n import locale_of, text
from core.maps import Direction, MapError, cell_name, length

KINDS: Final = ("blank", "ascii")
FILE_MOST: Final = 4_000
"""Bytes of a drawing: the largest map has 60 × 62 characters."""


class Maps(commands.Cog):
    """`/map` and its buttons."""

    maps = root("map")

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @named("map.show", maps, private=True)
    async def show(self, request: Request) -> None:
        """Show the map as one's own token sees it."""
        loaded = await self.desk.table(0, channel=request.channel, person=request.person)
        await request.send(await self._seen(request, request.locale, loaded))

    @named("map.move", maps)
    async def move(self, request: Request, to: Range[str, 1, 12]) -> None:
        """Move one's token where all see it."""
        outcome = await self._moved(request, 0, request.key, to)
        await request.send(await self._walked(request, outcome))

    @move.autocomplete("to")
    async def _ways(self, interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        locale, typed = locale_of(interaction.locale.value), current.strip()[:4]
        ways = [(text(locale, f"maps.direction.{way}"), way.value) for way in Direction]
        found = [Choice(name=name, value=way) for name, way in ways if typed.casefold() in f"{way} {name}"]
        return [Choice(name=typed.upper(), value=typed), *found] if any(map(str.isdigit, typed)) else found

    @named("map.new", maps, private=True, choices={"kind": KINDS})
    async def new(self, request: Request, kind: str, file: discord.Attachment | None = None) -> None:
        """Lay out a map."""
        drawn = await _drawing(file) if kind == "ascii" else ""
        command = NewBoard(key=request.key, by=request.person, ascii=drawn)
        outcome = await self.desk.execute(request, command)
        line = board.where(request.locale, outcome.state, outcome.names, "")
        shown = await board.board(
            self.desk.signer,
            request.locale,
            outcome.state,
            outcome.names,
            line=line,
            picture=request.may_attach,
        )
        await request.send(shown)

    @pressed("step", private=False)
    async def press_step(self, request: Request, custom_id: CustomId) -> None:
        """Move one's token by a step, if nothing on this map moved since it was shown."""
        way, _, seen = custom_id.arg.partition(":")
        key = f"b:{request.person}:step:{custom_id.seq}"
        loaded = await self.desk.table(custom_id.session, key=key, person=request.person)
        if loaded.state.board is None:
            raise Refusal("no_map")
        if loaded.earlier is None and board.mark(loaded.state.board) != seen:
            await request.update(await self._seen(request, loaded.state.language, loaded))
            raise Refusal("moved_on")
        outcome = await self._moved(request, custom_id.session, key, way)
        await request.update(await self._walked(request, outcome))

    @pressed("go", private=False)
    async def press_go(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that takes a square."""
        await request.ask(board.go_form(self.desk.signer, request.locale, custom_id.session, custom_id.seq))

    @submitted("go", private=False)
    async def submit_go(self, request: Request, custom_id: CustomId) -> None:
        """Move one's token to the square that the form says."""
        outcome = await self._moved(request, custom_id.session, request.key, request.values().get("to", ""))
        await request.update(await self._walked(request, outcome))

    @pressed("view")
    async def press_view(self, request: Request, custom_id: CustomId) -> None:
        """Show the map as one's own token sees it, at any age of the button."""
        loaded = await self.desk.table(custom_id.session, person=request.person)
        await request.send(await self._seen(request, request.locale, loaded))

    @pressed("words")
    async def press_words(self, request: Request, custom_id: CustomId) -> None:
        """Describe the map in words, at any age of the button."""
        loaded = await self.desk.table(custom_id.session, person=request.person)
        if loaded.state.board is None:
            raise Refusal("no_map")
        await request.send(
            board.words(request.locale, loaded.state, loaded.names, _token_of(loaded.state, request.person))
        )

    async def _moved(self, request: Request, session: int, key: str, to: str) -> Outcome:
        command = MoveToken(key=key, by=request.person, to=_way(request.locale, to))
        try:
            return await self.desk.execute(request, command, session)
        except MapError as error:
            loaded = await self.desk.table(session, channel=request.channel)
            raise board.with_name(error, loaded.state, loaded.names, request.locale) from error

    async def _walked(self, request: Request, outcome: Outcome) -> Message:
        state, locale = outcome.state, outcome.state.language
        moved = next(event for event in outcome.events if isinstance(event, TokenMoved))
        line = text(
            locale,
            "board.moved",
            name=hero_name(locale, outcome.names, moved.token) if moved.token in state.heroes else escaped(moved.token),
            at=cell_name(moved.at),
            length=length(locale, moved.cost),
        )
        return await board.board(
            self.desk.signer,
            locale,
            state,
            outcome.names,
            who=moved.token,
            line=line,
            picture=request.may_attach,
        )

    async def _seen(self, request: Request, locale: str, loaded: Loaded) -> Message:
        if loaded.state.board is None:
            raise Refusal("no_map")
        who = _token_of(loaded.state, request.person)
        line = board.where(locale, loaded.state, loaded.names, who)
        return await board.board(
            self.desk.signer, locale, loaded.state, loaded.names, who=who, line=line, picture=request.may_attach
        )


def _way(locale: str, written: str) -> str:
    """Return the direction that somebody named or abbreviated in their language, or what they wrote."""
    typed = written.strip().casefold()
    for way in Direction:
        if typed in {text(locale, f"buttons.{way}").casefold(), text(locale, f"maps.direction.{way}").split()[-1]}:
            return way.value
    return written


def _token_of(state: State, person: int) -> str:
    hero = state.hero_of(person)
    return hero.id if hero else ""


async def _drawing(file: discord.Attachment | None) -> str:
    """Return the text of an uploaded drawing; its size is looked at before it is fetched."""
    if file is None:
        raise Refusal("needs_file")
    content = await read_upload(file, FILE_MOST)
    try:
        drawn = content.decode()
    except UnicodeDecodeError as error:
        raise Refusal("not_a_text") from error
    if not drawn.strip():
        raise Refusal("empty_drawing")
    return drawn
