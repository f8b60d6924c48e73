"""Checks that players roll for themselves: the button below the narration that called for one."""

from discord.ext import commands

from cogs.desk import Desk, pressed
from cogs.request import Request
from cogs.ui import calls
from cogs.ui.custom_id import CustomId
from cogs.ui.names import hero_name
from core.game.refusal import Refusal
from core.game.rules.calls import RollCalled


class Calls(commands.Cog):
    """The buttons of called checks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @pressed("called", private=False)
    async def press_called(self, request: Request, custom_id: CustomId) -> None:
        """Roll the check; the storyteller goes on with what comes of it."""
        key = f"b:{request.person}:called:{custom_id.seq}"
        command = RollCalled(key=key, by=request.person, hero=custom_id.arg, row=custom_id.seq)
        try:
            outcome = await self.desk.execute(request, command, custom_id.session, origin=request.origin())
        except Refusal as refusal:
            if refusal.code != "button_of":
                raise
            loaded = await self.desk.table(custom_id.session)
            raise Refusal("button_of", name=hero_name(request.locale, loaded.names, custom_id.arg)) from refusal
        await request.send(calls.rolled(outcome))
