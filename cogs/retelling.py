"""The ⋯ below a narration: tell it again, in a second version, by hand, go on, or look behind it."""

from discord.ext import commands

from cogs.desk import Desk, pressed, submitted
from cogs.media import offered
from cogs.request import Request
from cogs.ui import more
from cogs.ui.components import UNBUTTONED, Message
from cogs.ui.custom_id import CustomId
from cogs.ui.media import with_media
from cogs.ui.narration import narration_row
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.rules.branching import BranchOff
from core.game.rules.retelling import ChooseVersion, Continue, EditTelling, Retell
from core.i18n import text


class Retelling(commands.Cog):
    """The buttons about the newest narration."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @pressed("more")
    async def press_more(self, request: Request, custom_id: CustomId) -> None:
        """Show what can be done, and what it costs."""
        loaded = await self._member(request, custom_id)
        cost = await self.desk.looks.cost(loaded) if self.desk.looks else None
        leads = loaded.state.gm == request.person
        menu = more.menu(self.desk.signer, request.locale, loaded.state, cost, leads=leads, stand=custom_id.seq)
        made = offered(self.desk, loaded, request.locale, custom_id.seq) if leads else ()
        await request.send(with_media(menu, made))

    @pressed("retell")
    async def press_retell(self, request: Request, custom_id: CustomId) -> None:
        """Have it told in other words, in its place or beside it."""
        how = custom_id.arg.partition(":")[0]
        key = f"b:{request.person}:retell:{custom_id.seq}:{custom_id.arg}"
        command = Retell(key=key, by=request.person, stand=custom_id.seq, how="other" if how == "other" else "again")
        await self.desk.execute(request, command, custom_id.session)
        await request.update(Message(text(request.locale, f"more.{command.how}_called")))

    @pressed("edit")
    async def press_edit(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that holds the text."""
        loaded = await self.desk.table(custom_id.session)
        state = loaded.state
        if state.gm != request.person:
            raise Refusal("gm_only", gm=state.gm)
        newest = state.newest_telling(custom_id.seq)
        if not newest:
            raise Refusal("moved_on")
        told = await self.desk.looks.telling(loaded, newest) if self.desk.looks else ""
        await request.ask(more.edit_form(self.desk.signer, request.locale, custom_id.session, custom_id.seq, told))

    @submitted("edit")
    async def submit_edit(self, request: Request, custom_id: CustomId) -> None:
        """Put the text in place of what was told."""
        command = EditTelling(
            key=request.key, by=request.person, stand=custom_id.seq, text=request.values().get("text", "")
        )
        await self.desk.execute(request, command, custom_id.session)
        await request.update(Message(text(request.locale, "more.edited")))

    @pressed("version", private=False)
    async def press_version(self, request: Request, custom_id: CustomId) -> None:
        """Choose between a narration and its second version."""
        key = f"b:{request.person}:version:{custom_id.seq}"
        command = ChooseVersion(key=key, by=request.person, start=custom_id.seq, take=custom_id.arg == "take")
        await self.desk.execute(request, command, custom_id.session)
        await request.acknowledge()

    @pressed("continue", private=False)
    async def press_continue(self, request: Request, custom_id: CustomId) -> None:
        """Have the storyteller go on without a deed."""
        broken = custom_id.arg == "broken"
        key = f"b:{request.person}:continue:{custom_id.seq}"
        command = Continue(key=key, by=request.person, stand=custom_id.seq, broken=broken)
        await self.desk.execute(request, command, custom_id.session, origin=request.origin())
        await request.update(UNBUTTONED if broken else Message(text(request.locale, "more.going_on")))

    @pressed("branch")
    async def press_branch(self, request: Request, custom_id: CustomId) -> None:
        """Let the story go another way too, in a thread of its own."""
        key = f"b:{request.person}:branch:{custom_id.seq}:{custom_id.arg}"
        command = BranchOff(key=key, by=request.person, stand=custom_id.seq, session=request.id)
        outcome = await self.desk.execute(request, command, custom_id.session)
        if outcome.repeated or self.desk.branching is None:
            raise Refusal("done_once")
        loaded = await self.desk.table(custom_id.session)
        state = outcome.state
        name = text(state.language, "more.branch_name", title=await self._title(loaded), round=state.tellings)
        thread = await self.desk.branching.open_thread(request.parent, name[:100])
        made = await self.desk.branching.make(loaded, int(outcome.answer["at"]), request.id, thread)
        said = text(state.language, "more.branch_opened", channel=f"<#{loaded.channel_id}>", round=state.tellings)
        row = narration_row(self.desk.signer, made.state, made.names, self.desk.suggest(made.state, "", made.names))
        await self.desk.announce(thread, Message(said, row))
        await request.update(Message(text(request.locale, "more.branched", thread=f"<#{thread}>")))

    async def _title(self, loaded: Loaded) -> str:
        words = await self.desk.engine.log.words(loaded.session_id, [1])
        return (words.get((1, "title")) or ("", "all"))[0] or "…"

    async def _member(self, request: Request, custom_id: CustomId) -> Loaded:
        """Return the session, for whoever leads it or ever sat at it."""
        loaded = await self.desk.table(custom_id.session)
        state = loaded.state
        if request.person != state.gm and all(hero.person != request.person for hero in state.heroes.values()):
            raise Refusal("not_joined")
        return loaded
