"""The story: act, speak, ask, take it back, have it told."""

import discord
from discord.app_commands import Range
from discord.ext import commands

from cogs.desk import Desk, pressed, submitted
from cogs.naming import named
from cogs.request import Request
from cogs.ui import story
from cogs.ui.components import Message
from cogs.ui.custom_id import CustomId
from cogs.ui.names import addressed, hero_name
from cogs.ui.suggestions import suggested_words
from core.game.engine import Outcome
from core.game.readings import Viewer, may_see
from core.game.refusal import Refusal
from core.game.rules.rounds import CloseRound
from core.game.rules.talk import Act, Question, Say, Withdraw
from core.game.rules.whispers import Whisper, Whispered
from core.game.state import State
from core.game.suggestions import Suggestion, may_try
from core.game.world import world
from core.i18n import text


class Story(commands.Cog):
    """`/act`, `/say`, `/ask` and their buttons."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @named("act")
    async def act(self, request: Request, text: Range[str, 1, 500]) -> None:
        """Say what one's character tries."""
        await self._act(request, 0, text)

    @named("say")
    async def say(
        self,
        request: Request,
        text: Range[str, 1, 500],
        to: discord.User | None = None,
        ooc: bool = False,
    ) -> None:
        """Speak as one's character, whisper to somebody, or talk as oneself."""
        if to is not None:  # first: what is meant for one person alone is never shown to all
            await self._whisper(request, text, to.id)
            return
        if ooc:
            await self._aside(request, text)
            return
        command = Say(
            key=request.key,
            by=request.person,
            text=text,
            to=addressed(text),
            at=request.at,
            gated=request.age_gated,
        )
        outcome = await self.desk.execute(request, command, origin=request.origin())
        await request.send(story.speech(self.desk.signer, outcome, text))
        await self._missed(request, outcome)

    @pressed("open")
    async def press_open(self, request: Request, custom_id: CustomId) -> None:
        """Show a whisper to those it is for."""
        loaded = await self.desk.table(custom_id.session)
        words = await self.desk.engine.log.words(loaded.session_id, [custom_id.seq])
        said, audience = words.get((custom_id.seq, "whisper"), (None, ()))
        if not may_see(audience, Viewer.of(request.person, loaded.state)):
            raise Refusal("not_for_you")
        rows = await self.desk.engine.log.rows(loaded.session_id, custom_id.seq - 1, custom_id.seq)
        hero = next((e.hero for row in rows for e in row.events if isinstance(e, Whispered)), "")
        await request.send(story.whisper(request.locale, hero_name(request.locale, loaded.names, hero), said))

    @named("ask", private=True)
    async def ask(self, request: Request, question: Range[str, 1, 500]) -> None:
        """Ask the storyteller something in private."""
        command = Question(key=request.key, by=request.person, text=question, locale=request.locale)
        await self.desk.execute(request, command, origin=request.origin(private=True))
        await request.send(Message(text(request.locale, "story.asked")))

    @pressed("act", private=False)
    async def press_act(self, request: Request, custom_id: CustomId) -> None:
        """Open the form that takes an action."""
        await request.ask(story.act_form(self.desk.signer, request.locale, custom_id.session, custom_id.seq))

    @submitted("act", private=False)
    async def submit_act(self, request: Request, custom_id: CustomId) -> None:
        """Act with what the form says."""
        await self._act(request, custom_id.session, request.values().get("text", ""))

    @pressed("do", private=False)
    async def press_do(self, request: Request, custom_id: CustomId) -> None:
        """Act as a button below the newest narration suggests; the deed and its words are the presser's own."""
        key = f"b:{request.person}:do:{custom_id.seq}:{custom_id.arg}"
        loaded = await self.desk.table(custom_id.session, key=key, person=request.person)
        state, wanted = loaded.state, Suggestion.read(custom_id.arg)
        if loaded.earlier:
            raise Refusal("done_once")
        if state.stand != custom_id.seq or not _known(state, wanted):
            raise Refusal("moved_on")
        hero = state.hero_of(request.person)
        if hero and hero.hp > 0 and not may_try(state, hero, wanted):
            raise Refusal("not_from_here")
        words = suggested_words(state, loaded.names, wanted)
        command = Act(key=key, by=request.person, text=words, at=request.at, gated=request.age_gated)
        outcome = await self.desk.execute(request, command, custom_id.session, origin=request.origin())
        await request.send(story.action(self.desk.signer, outcome, words))
        await self._missed(request, outcome)

    @pressed("cancel", private=False)
    async def press_cancel(self, request: Request, custom_id: CustomId) -> None:
        """Take back one's own untold action."""
        command = Withdraw(key=f"b:{request.person}:cancel:{custom_id.seq}", by=request.person, seq=custom_id.seq)
        try:
            outcome = await self.desk.execute(request, command, custom_id.session)
        except Refusal as refusal:
            if refusal.code not in {"not_yours", "not_joined"}:
                raise
            raise await self._owner(request, custom_id) from refusal
        await request.update(story.withdrawn(outcome))

    @pressed("tell", private=False)
    async def press_tell(self, request: Request, custom_id: CustomId) -> None:
        """Close the round or vote for it, if the action on this message still waits."""
        key = f"b:{request.person}:tell:{custom_id.seq}"
        loaded = await self.desk.table(custom_id.session, key=key)
        if loaded.earlier is None and custom_id.seq not in loaded.state.pending:
            raise Refusal("moved_on")
        command = CloseRound(key=key, by=request.person)
        outcome = await self.desk.execute(request, command, custom_id.session, origin=request.origin())
        await request.update(story.called(self.desk.signer, outcome, request.shown, custom_id.seq))

    @pressed("read")
    async def press_read(self, request: Request, custom_id: CustomId) -> None:
        """Show in private what an undone narration had said."""
        told = await self.desk.read_telling(custom_id.session, custom_id.seq) if self.desk.read_telling else ""
        if not told:
            raise Refusal("moved_on")
        await request.send(Message(told))

    async def _act(self, request: Request, session: int, words: str) -> None:
        command = Act(key=request.key, by=request.person, text=words, at=request.at, gated=request.age_gated)
        outcome = await self.desk.execute(request, command, session, origin=request.origin())
        await request.send(story.action(self.desk.signer, outcome, words))
        await self._missed(request, outcome)

    async def _missed(self, request: Request, outcome: Outcome) -> None:
        """Tell somebody who is back what they were not there for."""
        hero = outcome.before.heroes[str(outcome.answer["hero"])]
        if hero.missed and not outcome.repeated:
            await request.send(story.missed(self.desk.signer, request.locale, outcome, hero), private=True)

    async def _aside(self, request: Request, words: str) -> None:
        """Show what somebody says out of the game. It is kept nowhere, so that nothing can tell it."""
        loaded = await self.desk.engine.glance(request.channel, lambda log: log.read(channel=request.channel))
        if loaded is None:
            raise Refusal("no_table")
        await request.send(story.aside(loaded.state.language, request.person_name, words))

    async def _whisper(self, request: Request, words: str, person: int) -> None:
        """Say it to one alone; the envelope is the bot's own message, since an answer's options can be looked up."""
        command = Whisper(key=request.key, by=request.person, text=words, person=person)
        outcome = await self.desk.execute(request, command)
        await request.send(story.whispered(request.locale, outcome), private=True)
        if not outcome.repeated:
            await self.desk.announce(request.channel, story.envelope(self.desk.signer, outcome))

    async def _owner(self, request: Request, custom_id: CustomId) -> Refusal:
        """Return the refusal that says whose button it is."""
        loaded = await self.desk.table(custom_id.session)
        heroes = [step.hero for step in loaded.state.trail if step.before == custom_id.seq and step.hero]
        if not heroes:
            return Refusal("moved_on")
        return Refusal("button_of", name=hero_name(request.locale, loaded.names, heroes[0]))


def _known(state: State, suggestion: Suggestion) -> bool:
    """Tell whether what is meant is still there, wherever that is: else the button is of another moment."""
    known = {*state.heroes, *state.figures, *state.items, *world(state.world).places, ""}
    return suggestion.target in known
