"""Dice: at the table, or a person's own where no table is open."""

from typing import Final

import discord
from discord.app_commands import Choice, Range
from discord.ext import commands
from msgspec import Struct

from cogs.desk import Desk, pressed
from cogs.naming import named
from cogs.request import Request
from cogs.ui import rolls
from cogs.ui.custom_id import CustomId, unbase62
from cogs.ui.names import mention
from core.dice import DiceError, parse
from core.game.refusal import Refusal
from core.game.registry import Event
from core.game.rules.rolls import Roll, Rolled

ALONE: Final = {"no_table", "paused"}
"""Refusals after which a roll is simply the person's own."""
SUGGESTED: Final = ("1d20", "1d20+5", "1d20adv", "1d20dis", "2d6", "1d100")


class _Found(Struct, frozen=True):
    """The roll that a button is about: whose it was, and whether nothing was told since."""

    person: int
    dice: str
    total: str
    current: bool


class Dice(commands.Cog):
    """`/roll` and its buttons."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @named("roll")
    async def roll(self, request: Request, dice: Range[str, 1, 500], label: Range[str, 1, 80] | None = None) -> None:
        """Roll where all see it."""
        try:
            await self._at_table(request, 0, Roll(key=request.key, by=request.person, dice=dice, label=label or ""))
        except Refusal as refusal:
            if refusal.code not in ALONE:
                raise
            await self._alone(request, request.id, dice, label or "")

    @roll.autocomplete("dice")
    async def _suggest(self, _interaction: discord.Interaction[discord.Client], current: str) -> list[Choice[str]]:
        return suggestions(current)

    @pressed("again", private=False)
    async def press_again(self, request: Request, custom_id: CustomId) -> None:
        """Roll the same dice once more; both rolls stand."""
        found = await self._found(custom_id)
        if found.person != request.person:
            raise Refusal("button_of", name=mention(found.person))
        if not found.current:
            raise Refusal("roll_old")
        if custom_id.session:
            key = f"b:{request.person}:again:{custom_id.seq}"
            await self._at_table(request, custom_id.session, Roll(key=key, by=request.person, dice=found.dice))
        else:
            await self._alone(request, request.id, found.dice, "")

    @pressed("odds")
    async def press_odds(self, request: Request, custom_id: CustomId) -> None:
        """Show the exact odds of a roll, of any age."""
        found = await self._found(custom_id)
        await request.send(rolls.chart(request.locale, found.dice, found.total))

    async def _at_table(self, request: Request, session: int, command: Roll) -> None:
        outcome = await self.desk.execute(request, command, session)
        shown = rolls.of_session(outcome, _rolled(outcome.events), request.person_name, command.dice)
        await request.send(rolls.roll(self.desk.signer, outcome.state.language, shown, command.label))

    async def _alone(self, request: Request, roll_id: int, dice: str, label: str) -> None:
        kept = await self.desk.accounts.rolls.roll(request.person, roll_id, dice)
        shown = rolls.of_person(kept, request.person_name)
        await request.send(rolls.roll(self.desk.signer, request.locale, shown, label))

    async def _found(self, custom_id: CustomId) -> _Found:
        if custom_id.session:
            return await self._of_table(custom_id)
        person, _, roll_id = custom_id.arg.partition("-")
        kept = await self.desk.accounts.rolls.find(unbase62(person), unbase62(roll_id))
        if kept is None:
            raise Refusal("roll_gone")
        return _Found(kept.person_id, kept.dice, str(kept.rolled.total), current=True)

    async def _of_table(self, custom_id: CustomId) -> _Found:
        found = await self.desk.engine.log.rows(custom_id.session, custom_id.seq - 1, custom_id.seq)
        if not found:
            raise Refusal("roll_gone")
        event = _rolled(found[0].events)
        state = (await self.desk.table(custom_id.session)).state
        return _Found(event.by, event.cast.dice, event.cast.total, current=state.stand < custom_id.seq)


def suggestions(current: str) -> list[Choice[str]]:
    """Return what may be rolled: what is typed if it can be, and common dice that begin so."""
    typed = current.strip()
    listed = [dice for dice in SUGGESTED if dice.startswith(typed.lower())]
    if typed and typed not in listed and len(typed) <= 100:
        try:
            parse(typed)
        except DiceError:
            return [Choice(name=dice, value=dice) for dice in listed]
        listed.insert(0, typed)
    return [Choice(name=dice, value=dice) for dice in listed]


def _rolled(events: tuple[Event, ...]) -> Rolled:
    found = next((event for event in events if isinstance(event, Rolled) and not event.hidden), None)
    if found is None:
        raise Refusal("roll_gone")
    return found
