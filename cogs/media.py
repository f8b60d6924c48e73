"""A picture or a voice for the newest narration, ordered by whoever leads the table; the story never waits for it."""

from typing import Literal

from discord.ext import commands

from cogs.desk import Desk, pressed
from cogs.request import Request
from cogs.ui.components import Button, Message
from cogs.ui.custom_id import CustomId
from cogs.ui.media import media_buttons
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.i18n import text

Kind = Literal["picture", "voice"]


def offered(desk: Desk, loaded: Loaded, locale: str, stand: int) -> tuple[Button, ...]:
    """Return the buttons for the newest narration; none where no model is set or a person told it."""
    if desk.media is None or not loaded.state.newest_telling(stand):
        return ()
    costs = {"picture": desk.media.cost("picture"), "voice": desk.media.cost("voice")}
    return media_buttons(desk.signer, locale, loaded.session_id, stand, costs)


class Depictions(commands.Cog):
    """The buttons for pictures and voices."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @pressed("picture")
    async def press_picture(self, request: Request, custom_id: CustomId) -> None:
        """Order a picture of the scene."""
        await self._order(request, custom_id, "picture")

    @pressed("voice")
    async def press_voice(self, request: Request, custom_id: CustomId) -> None:
        """Order the narration read aloud."""
        await self._order(request, custom_id, "voice")

    async def _order(self, request: Request, custom_id: CustomId, kind: Kind) -> None:
        loaded = await self.desk.table(custom_id.session)
        state = loaded.state
        if state.gm != request.person:
            raise Refusal("gm_only", gm=state.gm)
        newest = state.newest_telling(custom_id.seq)
        media = self.desk.media
        if media is None or media.cost(kind) is None or not newest:
            raise Refusal("moved_on")
        new = await media.order(
            kind=kind,
            session=custom_id.session,
            start=newest,
            channel=request.channel,
            application=request.application,
            token=request.token,
            locale=request.locale,
            reference=request.reference,
        )
        await request.update(Message(text(request.locale, f"media.coming_{kind}" if new else "media.already")))
