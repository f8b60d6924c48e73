"""The game master's hands: narrate, change a value, roll in secret, go back."""

from typing import Final

import discord
from discord.app_commands import Choice, Range
from discord.ext import commands

from cogs.desk import Desk, pressed
from cogs.dice import suggestions
from cogs.naming import named, root
from cogs.request import Request
from cogs.ui import gm, rolls, story
from cogs.ui.components import UNBUTTONED, Message
from cogs.ui.custom_id import CustomId
from cogs.ui.names import plain, who_is
from cogs.why import budget, show
from core.game.engine import Seeds
from core.game.log import Loaded
from core.game.registry import decide
from core.game.rules.gm import Narrate, SetValue, Undo, fields_of, target, undone
from core.game.rules.rolls import Rolled, SecretRoll
from core.game.rules.rounds import CloseRound
from core.game.state import State
from core.i18n import locale_of, text

STEPS_MOST: Final = 50
CHOICES_MOST: Final = 25
Named = list[tuple[str, str]]
"""What can be chosen: how it is called, and its id."""


class GameMaster(commands.Cog):
    """`/gm` and its buttons."""

    gm = root("gm")

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @named("gm.narrate", gm)
    async def narrate(self, request: Request, text: Range[str, 1, 1800]) -> None:
        """Tell it oneself."""
        command = Narrate(key=request.key, by=request.person, text=text)
        outcome = await self.desk.execute(request, command)
        suggested = self.desk.suggest(outcome.state, text, outcome.names)
        await request.send(story.narration(self.desk.signer, outcome, text, suggested))

    @named("gm.go", gm)
    async def go(self, request: Request) -> None:
        """Close the round."""
        command = CloseRound(key=request.key, by=request.person)
        outcome = await self.desk.execute(request, command, origin=request.origin())
        await request.send(story.gone(outcome))

    @named("gm.set", gm, private=True)
    async def set_value(
        self, request: Request, who: Range[str, 1, 40], field: Range[str, 1, 20], value: Range[str, 1, 40]
    ) -> None:
        """Change a value by hand."""
        loaded = await self.desk.table(0, channel=request.channel, person=request.person)
        subject = _meant(who, _subjects(request.locale, loaded))
        about = _meant(field, _fields(request.locale, loaded.state, subject))
        command = SetValue(
            key=request.key,
            by=request.person,
            who=subject,
            field=about,
            value=_meant(value, _values(request.locale, loaded.state, subject, about)),
        )
        outcome = await self.desk.execute(request, command)
        await request.send(gm.value_set(request.locale, outcome))

    @set_value.autocomplete("who")
    async def _who(self, interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        loaded = await self._seen(interaction)
        locale = locale_of(interaction.locale.value)
        return _choices(_subjects(locale, loaded), current) if loaded else []

    @set_value.autocomplete("field")
    async def _field(self, interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        loaded = await self._seen(interaction)
        locale = locale_of(interaction.locale.value)
        if loaded is None:
            return []
        who = _meant(str(interaction.namespace.who or ""), _subjects(locale, loaded))
        return _choices(_fields(locale, loaded.state, who), current)

    @set_value.autocomplete("value")
    async def _value(self, interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        loaded = await self._seen(interaction)
        locale = locale_of(interaction.locale.value)
        if loaded is None:
            return []
        who = _meant(str(interaction.namespace.who or ""), _subjects(locale, loaded))
        field = _meant(str(interaction.namespace.field or ""), _fields(locale, loaded.state, who))
        return _choices(_values(locale, loaded.state, who, field), current)

    @named("gm.roll", gm, private=True)
    async def roll(self, request: Request, dice: Range[str, 1, 500]) -> None:
        """Roll behind the screen."""
        command = SecretRoll(key=request.key, by=request.person, dice=dice)
        outcome = await self.desk.execute(request, command)
        lines = [event.cast.line for event in outcome.events if isinstance(event, Rolled)]
        await request.send(rolls.secret(request.locale, lines[0]))

    @roll.autocomplete("dice")
    async def _suggest(self, _interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        return suggestions(current)

    @named("gm.why", gm, private=True)
    async def why(self, request: Request) -> None:
        """Show what the newest narration drew on."""
        loaded = await self.desk.table(0, channel=request.channel, person=request.person)
        await show(self.desk, request, loaded, 0)

    @named("gm.budget", gm, private=True)
    async def budget(self, request: Request, limit: Range[str, 1, 12] | None = None) -> None:
        """Show what the storyteller cost, or limit it."""
        await budget(self.desk, request, limit)

    @named("gm.undo", gm, private=True)
    async def undo(self, request: Request, steps: Range[int, 1, STEPS_MOST] = 1) -> None:
        """List what an undo would take back."""
        await self._undo_list(request, await self.desk.table(0, channel=request.channel), steps)

    @pressed("undo_list")
    async def press_undo_list(self, request: Request, custom_id: CustomId) -> None:
        """List what an undo of one step would take back."""
        await self._undo_list(request, await self.desk.table(custom_id.session), 1)

    async def _undo_list(self, request: Request, loaded: Loaded, steps: int) -> None:
        wanted = Undo(key=request.key, by=request.person, steps=steps)
        decide(loaded.state, wanted, Seeds(loaded.secrets))
        then = await self.desk.engine.log.state_at(loaded.session_id, target(loaded.state, steps))
        going = undone(loaded.state, steps)
        await request.send(
            gm.undo_list(self.desk.signer, request.locale, loaded.state, then, loaded.names, going=going, steps=steps)
        )

    @pressed("undo")
    async def press_undo(self, request: Request, custom_id: CustomId) -> None:
        """Take it back, if nothing happened since the list."""
        await self._undo(request, custom_id, "undo", int(custom_id.arg))

    @pressed("redo", private=False)
    async def press_redo(self, request: Request, custom_id: CustomId) -> None:
        """Undo the undo, if nothing happened since."""
        await self._undo(request, custom_id, "redo", 1)

    @pressed("keep")
    async def press_keep(self, request: Request, _: CustomId) -> None:
        """Leave things as they are."""
        await request.update(Message(text(request.locale, "gm.untouched")))

    async def _undo(self, request: Request, custom_id: CustomId, verb: str, steps: int) -> None:
        key = f"b:{request.person}:{verb}:{custom_id.seq}"
        command = Undo(key=key, by=request.person, steps=steps, expected=custom_id.seq)
        outcome = await self.desk.execute(request, command, custom_id.session, origin=request.origin())
        if verb == "undo":
            await request.update(Message(text(request.locale, "gm.undone_short", n=int(outcome.answer["steps"]))))
        else:
            await request.update(UNBUTTONED)
        if not outcome.repeated:
            await request.send(gm.undone(self.desk.signer, outcome, request.person_name, verb), private=False)

    async def _seen(self, interaction: discord.Interaction[discord.Client]) -> Loaded | None:
        """Return the table of the channel if this person leads it: suggestions show what only they may know."""
        loaded = await self.desk.engine.log.read(channel=interaction.channel_id or 0)
        return loaded if loaded and loaded.state.gm == interaction.user.id else None


def _subjects(locale: str, loaded: Loaded) -> Named:
    state = loaded.state
    known = [*state.heroes, *state.figures, *state.clocks, "scene"]
    return [(plain(who_is(locale, state, loaded.names, who)), who) for who in known]


def _fields(locale: str, state: State, who: str) -> Named:
    return [(text(locale, f"gm.field.{field}"), field) for field in fields_of(state, who)]


def _values(locale: str, state: State, who: str, field: str) -> Named:
    known = fields_of(state, who).get(field, ())
    return [] if isinstance(known, range) else [(gm.value_name(locale, field, value), value) for value in known]


def _meant(written: str, known: Named) -> str:
    """Return the id of what somebody wrote, whether they took a suggestion or typed its name."""
    typed = written.strip().casefold()
    return next((value for name, value in known if typed == name.casefold()), written.strip())


def _choices(found: Named, current: str) -> list[Choice[str]]:
    begun = current.casefold()
    return [Choice(name=name[:100], value=value) for name, value in found if begun in name.casefold()][:CHOICES_MOST]
