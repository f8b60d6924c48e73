"""Behind the story: why something was told, the facts and the summary that it is told by, and what it costs."""

import re
from decimal import Decimal
from typing import Final

from discord.ext import commands

from cogs.desk import Desk, pressed, submitted
from cogs.looks import Looks
from cogs.request import Request
from cogs.ui import why
from cogs.ui.components import Message
from cogs.ui.custom_id import CustomId
from core.game.log import Loaded
from core.game.readings import Viewer
from core.game.refusal import Refusal
from core.game.rules.memory import EditSummary, Pin, Unpin
from core.game.rules.spending import LIMIT_MOST, SetBudget
from core.i18n import text

_AMOUNT: Final = re.compile(r"(?:US\$|\$|USD)?\s*(\d{1,5})(?:[.,](\d{1,4}))?", re.IGNORECASE)


class Why(commands.Cog):
    """The looks behind a narration and their corrections."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @pressed("why")
    async def press_why(self, request: Request, custom_id: CustomId) -> None:
        """Show where a narration came from."""
        loaded = await self.desk.table(custom_id.session)
        await show(self.desk, request, loaded, custom_id.seq)

    @pressed("pin")
    async def press_pin(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that takes a fact."""
        await request.ask(why.pin_form(self.desk.signer, request.locale, custom_id.session, custom_id.seq))

    @submitted("pin")
    async def submit_pin(self, request: Request, custom_id: CustomId) -> None:
        """Pin a fact."""
        command = Pin(key=request.key, by=request.person, text=request.values().get("text", ""))
        outcome = await self.desk.execute(request, command, custom_id.session)
        fact = " ".join(command.text.split())
        await request.send(why.pinned(self.desk.signer, request.locale, outcome.state, fact, custom_id.seq))

    @pressed("unpin")
    async def press_unpin(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that lists the pinned facts."""
        held = await looks(self.desk).held(await self._led(request, custom_id))
        if not held.pinned:
            raise Refusal("fact_gone")
        await request.ask(why.unpin_form(self.desk.signer, request.locale, custom_id.session, held))

    @submitted("unpin")
    async def submit_unpin(self, request: Request, custom_id: CustomId) -> None:
        """Let a pinned fact go."""
        chosen = request.values().get("fact", "")
        row = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
        await self.desk.execute(request, Unpin(key=request.key, by=request.person, row=row), custom_id.session)
        await request.send(Message(text(request.locale, "why.unpinned")))

    @pressed("summary")
    async def press_summary(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that holds the summary."""
        held = await looks(self.desk).held(await self._led(request, custom_id))
        await request.ask(why.summary_form(self.desk.signer, request.locale, custom_id.session, held))

    @submitted("summary")
    async def submit_summary(self, request: Request, custom_id: CustomId) -> None:
        """Keep the summary."""
        command = EditSummary(key=request.key, by=request.person, text=request.values().get("text", ""))
        await self.desk.execute(request, command, custom_id.session)
        await request.send(Message(text(request.locale, "why.summarized")))

    async def _led(self, request: Request, custom_id: CustomId) -> Loaded:
        loaded = await self.desk.table(custom_id.session)
        if loaded.state.gm != request.person:
            raise Refusal("gm_only", gm=loaded.state.gm)
        return loaded


def looks(desk: Desk) -> Looks:
    """Return the way to look behind the story. Raises RuntimeError where there is none."""
    if desk.looks is None:
        raise RuntimeError("nothing to look into")
    return desk.looks


async def show(desk: Desk, request: Request, loaded: Loaded, told_at: int) -> None:
    """Answer with what the narration told at a row drew on, as the person may see it."""
    state = loaded.state
    if request.person != state.gm and all(hero.person != request.person for hero in state.heroes.values()):
        raise Refusal("not_joined")
    found = await looks(desk).why(loaded, told_at, Viewer.of(request.person, state))
    if found is None:
        raise Refusal("nothing_told")
    leads = state.gm == request.person
    await request.send(why.why(desk.signer, request.locale, state, found, leads=leads, stand=told_at or state.stand))


async def budget(desk: Desk, request: Request, limit: str | None) -> None:
    """Answer with what was spent; with `limit` set the table's own first."""
    loaded = await desk.table(0, channel=request.channel, person=request.person)
    if loaded.state.gm != request.person:
        raise Refusal("gm_only", gm=loaded.state.gm)
    if limit is not None:
        await desk.execute(request, SetBudget(key=request.key, by=request.person, micro_usd=_amount(limit)))
        loaded = await desk.table(loaded.session_id)
    await request.send(why.budget(request.locale, await looks(desk).spent(loaded)))


def _amount(written: str) -> int:
    """Return dollars in millionths. Raises Refusal `not_money` for what is no amount of money."""
    found = _AMOUNT.fullmatch(written.strip())
    if not found:
        raise Refusal("not_money", value=written.strip()[:20], least=0, most=LIMIT_MOST // 1_000_000)
    return int(Decimal(f"{found[1]}.{found[2] or 0}") * 1_000_000)
