"""Builds what a storyteller is given: pending deeds in people's words, read as the table; a question as its asker."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, get_args

from bot.past import Past
from bot.remembering import Memories
from bot.wiring import Parts
from core.game.log import Loaded
from core.game.readings import TABLE, Texts, Viewer, may_see, spotlight, view
from core.game.rows import Row
from core.game.rules.calls import CallRolled
from core.game.rules.retelling import WentOn
from core.game.rules.table import SceneCalled
from core.game.rules.talk import Acted, Questioned, Spoke
from core.game.state import Rating, State
from core.story.memory.dense import model
from core.story.tellings import Claim
from core.story.turn import Deed, Turn

RECENT: Final = 60
RATINGS: Final = get_args(Rating)
"""From the mildest to the strongest."""


class Turns:
    """Reads a turn out of the log, the words and the earlier tellings."""

    def __init__(self, parts: Parts) -> None:
        log, tellings = parts.engine.log, parts.tellings
        self._parts = parts
        self.memories = Memories(log, tellings, model())
        self.past = Past(log, tellings, self.memories, parts.settings.prompt_tokens)

    async def turn(self, loaded: Loaded, claim: Claim, reference: str) -> Turn:
        """Return the turn of a claimed telling, as of before anything it asked for."""
        state = loaded.state
        before = state
        if state.asks:
            before = await self._parts.engine.log.state_at(loaded.session_id, state.asked_at - 1)
        due_rows = await self._rows(loaded, [seq for seq in state.due() if seq <= claim.through])
        went_on = next((e for row in due_rows for e in row.events if isinstance(e, WentOn) and e.of), None)
        if went_on:
            due_rows = [*await self._rows(loaded, went_on.deeds), *due_rows]
            before, loaded = await self._broken_off(loaded, went_on.of)
        turn = await self._turn(loaded, before, due_rows, claim, reference, viewer=TABLE)
        turn = await self.past.onto(turn, loaded, [deed.text for deed in turn.deeds])
        if turn.used:
            await self._parts.tellings.note(claim, loaded.secrets.text_key, turn.used)
        return turn

    async def _rows(self, loaded: Loaded, seqs: Sequence[int]) -> list[Row]:
        rows = await self._parts.engine.log.rows(loaded.session_id, min(seqs) - 1, max(seqs)) if seqs else []
        return [row for row in rows if row.seq in seqs]

    async def _broken_off(self, loaded: Loaded, told_at: int) -> tuple[State, Loaded]:
        """Return the state before a telling that broke off asked anything, and what it settled, for its deeds' rest."""
        log = self._parts.engine.log
        then = await log.state_at(loaded.session_id, told_at - 1)
        before = await log.state_at(loaded.session_id, then.asked_at - 1) if then.asks else then
        asks = (*then.settled(), *loaded.state.asks)
        return before, replace(loaded, state=loaded.state.with_(asks=asks))

    async def question(self, loaded: Loaded, claim: Claim, reference: str) -> tuple[Turn, int, str]:
        """Return the turn for a private question, who asked, and what."""
        rows = await self._parts.engine.log.rows(loaded.session_id, claim.start - 1, claim.start)
        questioned = next((e for row in rows for e in row.events if isinstance(e, Questioned)), Questioned(person=0))
        person = questioned.person
        words = await self._parts.engine.log.words(loaded.session_id, [claim.start])
        asker = Viewer.of(person, loaded.state)
        asked = _seen(words, asker).get((claim.start, "question"), "")
        turn = await self._turn(loaded, loaded.state, [], claim, reference, viewer=asker)
        turn = await self.past.onto(turn, loaded, [asked], private=True)
        return replace(turn, locale=questioned.locale), person, asked

    async def _turn(
        self, loaded: Loaded, state: State, rows: list[Row], claim: Claim, reference: str, *, viewer: Viewer
    ) -> Turn:
        words = await self._parts.engine.log.words(loaded.session_id, [1, *_worded(rows)])
        said = _seen(words, viewer)
        guild = await self._parts.accounts.guilds.read(loaded.guild_id)
        limits = await self._parts.accounts.limits.at_table([state.gm, *(h.person for h in state.present())])
        return Turn(
            state=view(state, viewer),
            names=loaded.names,
            deeds=deeds(rows, words, viewer),
            start=claim.start,
            through=claim.through,
            seed=loaded.secrets.text_key[:32],
            title=said.get((1, "title"), ""),
            tone=said.get((1, "tone"), ""),
            system=said.get((1, "system"), ""),
            recent=await self._recent(loaded),
            asks=loaded.state.settled(),
            shown=claim.draft,
            guild_id=loaded.guild_id,
            reference=reference,
            attempt=claim.attempt,
            rating=min(state.rating, guild.rating, key=RATINGS.index),
            lines=limits.lines,
            veils=limits.veils,
            absent=_absent(state),
            spotlight=spotlight(state),
        )

    async def _recent(self, loaded: Loaded) -> tuple[str, ...]:
        told = loaded.state.told[-RECENT:]
        starts = [t.row for t in told if t.by == "telling"]
        texts = await self._parts.tellings.read(loaded.session_id, starts, loaded.secrets.text_key) if starts else {}
        by_gm = [t.row for t in told if t.by == "gm"]
        words = _seen(await self._parts.engine.log.words(loaded.session_id, by_gm), TABLE) if by_gm else {}
        found = [texts.get(t.row, "") if t.by == "telling" else words.get((t.row, "narration"), "") for t in told]
        return tuple(text for text in found if text)


def deeds(rows: Iterable[Row], words: Texts, viewer: Viewer) -> tuple[Deed, ...]:
    """Return what is to be told of these rows, as far as the viewer may see it."""
    said = _seen(words, viewer)
    return tuple(deed for row in rows if (deed := _deed(row, said, viewer)) is not None)


def _worded(rows: Iterable[Row]) -> Iterable[int]:
    """Return the rows whose words these rows tell: their own, and those of the deeds that a called roll decides."""
    for row in rows:
        yield row.seq
        yield from (event.deed for event in row.events if isinstance(event, CallRolled) and event.deed)


def _absent(state: State) -> tuple[str, ...]:
    """Return the heroes who stay near, where the table's rule is that: nothing is told of them otherwise."""
    silent = [hero.id for hero in state.present() if hero.idle or hero.id in state.missed]
    return tuple(silent) if state.absence == "near" else ()


def _seen(words: Texts, viewer: Viewer) -> dict[tuple[int, str], str]:
    """Return the words that the viewer may see and nobody erased."""
    return {at: text for at, (text, audience) in words.items() if text and may_see(audience, viewer)}


def _deed(row: Row, said: dict[tuple[int, str], str], viewer: Viewer) -> Deed | None:
    for event in row.events:
        if not may_see(event.to, viewer):
            continue
        if isinstance(event, Acted):
            return Deed(row.seq, "act", event.hero, said.get((row.seq, "act"), ""))
        if isinstance(event, CallRolled):
            return Deed(row.seq, "act", event.who, said.get((event.deed, "act"), ""))
        if isinstance(event, Spoke):
            return Deed(row.seq, "say", event.hero, said.get((row.seq, "say"), ""), event.figure)
        if isinstance(event, SceneCalled | WentOn):
            return Deed(row.seq, "on" if isinstance(event, WentOn) and event.of else "open")
    return None
