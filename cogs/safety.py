"""Safety: the X-card and a person's own limits. What is done here reaches no log with a name on it."""

import logging
from typing import Literal

from discord.ext import commands

from cogs.desk import Desk, pressed, submitted
from cogs.naming import named
from cogs.request import Request
from cogs.ui import safety
from cogs.ui.components import UNBUTTONED, Message
from cogs.ui.custom_id import CustomId
from core.accounts import LIMIT_LENGTH_MOST, LIMITS_MOST
from core.game.engine import Outcome
from core.game.refusal import Refusal
from core.game.rules.safety import CutScene, GoOn, SceneCut
from core.game.state import State
from core.game.texts import cleaned

logger = logging.getLogger(__name__)


class Safety(commands.Cog):
    """`/x`, `/lines` and their buttons."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @named("x", private=True)
    async def x(self, request: Request) -> None:
        """Cut the scene."""
        await self._cut(request, CustomId("x"))
        await request.send(safety.yours(self.desk.signer, request.locale))

    @pressed("x")
    async def press_x(self, request: Request, custom_id: CustomId) -> None:
        """Cut the scene; where it stands on the very message, it goes at once."""
        outcome = await self._cut(request, custom_id)
        cut = outcome and next(event for event in outcome.events if isinstance(event, SceneCut))
        if outcome and cut and custom_id.seq > cut.back_to:
            await request.update(safety.cut_scene(outcome.state.language))
        await request.send(safety.yours(self.desk.signer, request.locale))

    @pressed("go_on", private=False)
    async def press_go_on(self, request: Request, custom_id: CustomId) -> None:
        """Have the scene set anew after a cut."""
        command = GoOn(key=f"b:{request.person}:go_on:{custom_id.seq}", by=request.person)
        await self.desk.execute(request, command, custom_id.session, origin=request.origin())
        await request.update(UNBUTTONED)

    @named("lines", private=True)
    async def lines(self, request: Request) -> None:
        """Show a person's own limits."""
        await request.send(await self._limits(request))

    @pressed("limit_add")
    async def press_add(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that takes a limit."""
        await request.ask(safety.add_form(self.desk.signer, request.locale, _kind(custom_id)))

    @submitted("limit_add")
    async def submit_add(self, request: Request, custom_id: CustomId) -> None:
        """Keep a limit."""
        words = " ".join(cleaned(request.values().get("text", ""), LIMIT_LENGTH_MOST).split())
        kind = _kind(custom_id)
        if not await self.desk.accounts.limits.add(request.person, request.id, kind, words):
            raise Refusal("too_many_limits", n=LIMITS_MOST)
        await request.update(await self._limits(request))

    @pressed("limit_drop")
    async def press_drop(self, request: Request, _: CustomId) -> None:
        """Open the form that takes a limit out."""
        own = await self.desk.accounts.limits.own(request.person)
        if own:
            await request.ask(safety.drop_form(self.desk.signer, request.locale, own))
        else:
            await request.update(await self._limits(request))

    @submitted("limit_drop")
    async def submit_drop(self, request: Request, _: CustomId) -> None:
        """Forget a limit."""
        chosen = request.values().get("limit", "")
        if chosen.isascii() and chosen.isdigit() and len(chosen) <= 19:
            await self.desk.accounts.limits.remove(request.person, int(chosen))
        await request.update(await self._limits(request))

    async def _limits(self, request: Request) -> Message:
        own = await self.desk.accounts.limits.own(request.person)
        return safety.limits(self.desk.signer, request.locale, own)

    async def _cut(self, request: Request, custom_id: CustomId) -> Outcome | None:
        """Cut the scene at hand and say so to the table; None where it was cut already.

        The command is the table's, under a key made of where the telling stands: no id of this interaction, no
        reference and no token goes with it, and the line in the channel answers nobody.
        """
        loaded = await self.desk.table(custom_id.session, channel=request.channel)
        state = loaded.state
        if 0 < custom_id.seq < state.cut:
            return None
        # A button means the scene it stands under, the command whatever was shown last
        shown = not custom_id.seq and await self._shows(state)
        command = CutScene(key=f"x:{state.stand}", by=0, presser=request.person, shown=shown)
        try:
            outcome = await self.desk.engine.execute(command, session=loaded.session_id)
        except Refusal as refusal:
            now = await self.desk.table(loaded.session_id)
            if refusal.code == "nothing_to_cut" and _just_cut(now.state):
                return None
            raise
        if not outcome.repeated:
            await self._announced(loaded.channel_id, outcome)
        return outcome

    async def _shows(self, state: State) -> bool:
        """Tell whether words of the telling that stands open are in the channel."""
        read = self.desk.read_telling
        return bool(state.closed_rows() and read and await read(state.session_id, state.stand))

    async def _announced(self, channel: int, outcome: Outcome) -> None:
        try:
            await self.desk.announce(channel, safety.cut_line(self.desk.signer, outcome.state))
        except Exception:
            # The scene is cut and its text goes either way
            logger.warning("a cut could not be announced", exc_info=True)


def _kind(custom_id: CustomId) -> Literal["line", "veil"]:
    return "veil" if custom_id.arg == "veil" else "line"


def _just_cut(state: State) -> bool:
    return bool(state.cut) and state.cut == state.stand
