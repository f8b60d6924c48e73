"""The table: open it, sit down, leave, pause, go on, end."""

from typing import Final, get_args

import discord
from discord.app_commands import Choice, Range
from discord.ext import commands
from msgspec.structs import replace

from cogs.desk import Desk, pressed, submitted
from cogs.naming import named, root
from cogs.request import Request
from cogs.ui import table
from cogs.ui.components import Message
from cogs.ui.custom_id import CustomId
from core.game.engine import Outcome
from core.game.log import Loaded, Log, Opening
from core.game.readings import Viewer, view
from core.game.refusal import Refusal
from core.game.registry import Command
from core.game.rules.rounds import PAUSES, SetTable
from core.game.rules.table import WORLD, Begin, End, Join, Leave, Pause, Renamed, Resume, Returned, Start
from core.game.state import Language, Rating
from core.game.world import world
from core.i18n import locale_of, text

LANGUAGES: Final = ("pt-BR", "en-US")
LEADS: Final = ("ai", "gm")
WAITS: Final = tuple(map(str, PAUSES))
WAIT: Final = 45
"""Seconds that a round waits for everybody unless the table says otherwise."""
RATINGS: Final = get_args(Rating)
TITLE: Final = 1


class Sessions(commands.Cog):
    """`/session`, `/join`, `/leave` and their buttons."""

    session = root("session")

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @named("session.start", session, choices={"language": LANGUAGES, "lead": LEADS, "pause": WAITS})
    async def start(
        self,
        request: Request,
        *,
        title: Range[str, 1, 80],
        language: str | None = None,
        tone: Range[str, 1, 100] | None = None,
        system: Range[str, 1, 100] | None = None,
        lead: str | None = None,
        pause: str | None = None,
    ) -> None:
        """Open a table in this channel."""
        about = Start(
            key=request.key,
            by=request.person,
            title=title,
            language=_language(language or ""),
            lead="gm" if lead == "gm" else "ai",
            tone=tone or "",
            system=system or "",
            gather=int(pause) if pause else WAIT,
        )
        await self._start(request, about, chosen=bool(language))

    @named("session.status", session, private=True)
    async def status(self, request: Request) -> None:
        """Say where the table stands."""

        async def read(log: Log) -> tuple[Loaded, str]:
            loaded = await log.read(channel=request.channel)
            if loaded is None:
                raise Refusal("no_table")
            return loaded, await _title(log, loaded.session_id)

        loaded, title = await self.desk.engine.glance(request.channel, read)
        state = view(loaded.state, Viewer.of(request.person, loaded.state))
        settings = table.settings_row(self.desk.signer, request.locale, state) if request.person == state.gm else ()
        await request.send(table.status(request.locale, state, loaded.names, title, settings))

    @pressed("settings")
    async def press_settings(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that sets how the table plays."""
        loaded = await self.desk.table(custom_id.session)
        if loaded.state.gm != request.person:
            raise Refusal("gm_only", gm=loaded.state.gm)
        most = await self._most(request)
        await request.ask(table.settings_form(self.desk.signer, request.locale, loaded.state, most))

    @submitted("settings")
    async def submit_settings(self, request: Request, custom_id: CustomId) -> None:
        """Set how the table plays."""
        values, most = request.values(), await self._most(request)
        pause = values.get("pause", "")
        command = SetTable(
            key=request.key,
            by=request.person,
            gather=int(pause) if pause in WAITS else -1,
            absence=values.get("absence", ""),
            rating=values.get("rating", ""),
            rolls=values.get("who_rolls", ""),
            most=most,
        )
        outcome = await self.desk.execute(request, command, custom_id.session)
        await request.send(table.settings_saved(request.locale, outcome.state))

    async def _most(self, request: Request) -> Rating:
        """Return the strongest rating allowed in this channel: the server's, as far as the age gate lets it through."""
        gate: Rating = "adult" if request.age_gated else "teen"
        return min((await self.desk.accounts.guilds.read(request.guild)).rating, gate, key=RATINGS.index)

    @named("session.pause", session)
    async def pause(self, request: Request) -> None:
        """Let the story rest."""
        await self._announce(request, Pause(key=request.key, by=request.person), "table.paused")

    @named("session.resume", session)
    async def resume(self, request: Request) -> None:
        """Go on after a pause."""
        await self._announce(request, Resume(key=request.key, by=request.person), "table.resumed")

    @pressed("resume", private=False)
    async def press_resume(self, request: Request, _: CustomId) -> None:
        """Go on after a pause."""
        await self._announce(request, Resume(key=request.key, by=request.person), "table.resumed")

    @named("session.end", session)
    async def end(self, request: Request) -> None:
        """Close the table for good."""
        outcome = await self.desk.execute(request, End(key=request.key, by=request.person))
        await request.send(table.ended(outcome, await _title(self.desk.engine.log, outcome.session_id)))

    @named("join")
    async def join(self, request: Request, character: Range[str, 1, 60] | None = None) -> None:
        """Sit down at once with a name, or through the form."""
        # A suggestion taken before a name was typed is an archetype alone, and an archetype is nobody's name.
        if character is None or character in world(WORLD).archetypes:
            await request.ask(table.join_form(self.desk.signer, request.locale, 0))
            return
        kind, colon, name = character.partition(":")
        known = bool(colon) and kind in world(WORLD).archetypes
        join = Join(
            key=request.key,
            by=request.person,
            name=name if known else character,
            archetype=kind if known else "ranger",
        )
        await self._join(request, 0, join)

    @join.autocomplete("character")
    async def _characters(self, interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        locale, name = locale_of(interaction.locale.value), " ".join(current.split())[:40]
        kinds = [(kind, text(locale, f"world.archetype.{kind}")) for kind in world(WORLD).archetypes]
        if not name:
            return [
                Choice(name=text(locale, "table.quick.unnamed", archetype=said), value=kind) for kind, said in kinds
            ]
        offers = [(text(locale, "table.quick.offer", name=name, archetype=said), kind) for kind, said in kinds]
        return [Choice(name=offer, value=f"{kind}:{name}") for offer, kind in offers]

    @pressed("join", private=False)
    async def press_join(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that makes or changes a character."""
        await request.ask(table.join_form(self.desk.signer, request.locale, custom_id.session))

    @submitted("join", private=False)
    async def submit_join(self, request: Request, custom_id: CustomId) -> None:
        """Sit down with what the form says."""
        values = request.values()
        join = Join(
            key=request.key,
            by=request.person,
            name=values.get("name", ""),
            pronoun=values.get("pronoun", "unknown"),
            archetype=values.get("archetype", "ranger"),
            line=values.get("line", ""),
        )
        await self._join(request, custom_id.session, join)

    @named("leave")
    async def leave(self, request: Request) -> None:
        """Leave the table."""
        outcome = await self.desk.execute(request, Leave(key=request.key, by=request.person))
        await request.send(table.joined(self.desk.signer, outcome, "table.left"))

    @pressed("begin", private=False)
    async def press_begin(self, request: Request, custom_id: CustomId) -> None:
        """Call for the first scene."""
        begin = Begin(key=f"b:{request.person}:begin:{custom_id.seq}", by=request.person)
        outcome = await self.desk.execute(request, begin, custom_id.session, origin=request.origin())
        await request.update(table.begun(outcome.state.language, request.shown, request.person_name))

    @pressed("start")
    async def press_start(self, request: Request, _: CustomId) -> None:
        """Open the form that opens a table."""
        await request.ask(table.start_form(self.desk.signer, request.locale))

    @submitted("start", private=False)
    async def submit_start(self, request: Request, _: CustomId) -> None:
        """Open a table with what the form says."""
        title = request.values().get("title", "")
        about = Start(key=request.key, by=request.person, title=title, language="en-US", lead="ai", gather=WAIT)
        await self._start(request, about, chosen=False)

    async def _start(self, request: Request, about: Start, *, chosen: bool) -> None:
        guild = await self.desk.accounts.guilds.read(request.guild)
        command = replace(
            about,
            language=about.language if chosen else _language(guild.language or request.locale),
            rating=min(guild.rating, "teen", key=RATINGS.index),
        )
        opening = Opening(request.guild, request.channel, request.application, b"")
        outcome = await self.desk.engine.open(command, opening, request.id, request.origin())
        request.stored = True
        await request.send(table.opened(self.desk.signer, outcome, command, self.desk.storytellers))

    async def _join(self, request: Request, session: int, command: Join) -> None:
        outcome = await self.desk.execute(request, command, session)
        await request.send(table.joined(self.desk.signer, outcome, _joining(outcome)))
        await request.send(table.yours(self.desk.signer, request.locale, outcome), private=True)

    async def _announce(self, request: Request, command: Command, key: str) -> None:
        outcome = await self.desk.execute(request, command)
        await request.send(Message(text(outcome.state.language, key)))


def _language(locale: str) -> Language:
    return "pt-BR" if locale == "pt-BR" else "en-US"


async def _title(log: Log, session: int) -> str:
    words = await log.words(session, [TITLE])
    return (words.get((TITLE, "title")) or ("", "all"))[0] or "…"


def _joining(outcome: Outcome) -> str:
    if any(isinstance(event, Returned) for event in outcome.events):
        return "table.back"
    return "table.changed" if any(isinstance(event, Renamed) for event in outcome.events) else "table.joined"
