"""Adds to a turn what a table remembers: pinned facts, summary, threads, memories, figures' bonds, lore, a note."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.remembering import Memories
from core.game.log import Loaded, Log
from core.game.readings import TABLE, Texts, may_see
from core.game.state import State
from core.i18n import text
from core.story.budget import BUDGET, Layer, within
from core.story.lore.book import read_book
from core.story.lore.choice import choose, used
from core.story.memory.remembering import Given, remember
from core.story.memory.used import Used
from core.story.prompt import layers
from core.story.tellings import Summary, Tellings
from core.story.turn import Turn

SUMMARY_TOKENS: Final = 400
LORE_SCAN: Final = 20


@dataclass(frozen=True)
class _Held:
    """Words by the rows that the state points to."""

    words: Texts

    def read(self, kind: str, rows: Sequence[int], *, gm: bool = False) -> dict[int, str]:
        """Return the texts of one kind that nobody erased; the game master's own where `gm`."""
        found = {row: self.words.get((row, kind), (None, "all")) for row in rows}
        return {row: said for row, (said, to) in found.items() if said and (gm or may_see(to, TABLE))}


class Past:
    """Reads what is remembered; `tokens` is the most that a whole prompt may take."""

    def __init__(self, log: Log, tellings: Tellings, memories: Memories, tokens: int) -> None:
        self._log = log
        self._tellings = tellings
        self._memories = memories
        self._tokens = tokens

    async def onto(self, turn: Turn, loaded: Loaded, asked: Sequence[str], *, private: bool = False) -> Turn:
        """Return the turn with its past. A private question is not given what is for the storyteller alone."""
        state = loaded.state
        held = _Held(await self._log.words(loaded.session_id, _rows(state)))
        index = await self._memories.index(loaded)
        found = remember(
            index,
            await self._memories.questions(asked),
            loaded.names,
            recent=BUDGET["recent"],
            figures=_present(state),
        )
        summary = await self.summary(loaded)
        pinned, threads = held.read("fact", state.pinned), held.read("thread", state.threads)
        fuller = replace(
            turn,
            pinned=tuple(pinned.values()),
            threads=tuple(threads.values()),
            summary=_told(summary.text, found, loaded),
            memories=tuple(passage.shown(loaded.names) for passage in found.memories),
            lenders=_lenders(state, found, summary, led=bool(pinned or threads)),
            bonds={f: tuple(p.shown(loaded.names) for p in of) for f, of in (found.bonds or {}).items()},
            tokens=self._tokens,
        )
        if not private:
            note = held.read("note", (state.note,), gm=True).get(state.note, "")
            fuller = replace(await self._with_lore(fuller, loaded), note=note)
            if note or fuller.lore:
                fuller = replace(fuller, lenders=fuller.lenders | {state.gm})
        drawn = Used(
            pinned=tuple(pinned),
            threads=tuple(threads),
            memories=tuple(dict.fromkeys(passage.row for passage in (*found.ledger, *found.memories))),
            summaries=(summary.start,) if summary.text else (),
            cards=fuller.used.cards if fuller.used else (),
        )
        return replace(fuller, used=_measured(drawn, layers(fuller)))

    async def summary(self, loaded: Loaded) -> Summary:
        """Return the summary that stands: the newest of a model's and the game master's own; an empty one for none."""
        state = loaded.state
        starts = [told.row for told in state.told if told.by == "telling" and told.row > state.summary]
        kept = await self._tellings.summary(loaded.session_id, starts, loaded.secrets.text_key) if starts else None
        if kept:
            return kept
        words = await self._log.words(loaded.session_id, [state.summary]) if state.summary else {}
        return Summary(
            state.summary, _Held(words).read("summary", (state.summary,)).get(state.summary, ""), (state.gm,)
        )

    async def _with_lore(self, turn: Turn, loaded: Loaded) -> Turn:
        state = loaded.state
        if not state.lore:
            return turn
        book = await read_book(self._log, loaded)
        scan = (*turn.recent[-LORE_SCAN:], *(deed.text for deed in turn.deeds))
        chosen = choose(
            book, scan, state.tellings + 1, state.lore_since, seed=turn.seed, budget_tokens=BUDGET["lore"] - 20
        )
        return replace(
            turn,
            lore=tuple(card.text for card in chosen),
            cards=used(chosen),
            used=Used(cards=tuple(card.id for card in chosen)),
        )


def _rows(state: State) -> list[int]:
    return [row for row in (*state.pinned, *state.threads, state.note) if row]


def _present(state: State) -> dict[str, str]:
    """Return the figures who are where a hero is, with their names."""
    places = {hero.place for hero in state.present()}
    here = (figure for figure in state.figures.values() if figure.place in places and figure.kind == figure.id)
    return {figure.id: text(state.language, f"world.figure.{figure.id}") for figure in here}


def _lenders(state: State, found: Given, summary: Summary, *, led: bool) -> frozenset[int]:
    """Return whose words stand in what is remembered; where `led`, the game master's do."""
    passages = (*found.ledger, *found.memories, *(one for of in (found.bonds or {}).values() for one in of))
    said = {state.heroes[one.hero].person for one in passages if one.hero in state.heroes}
    return frozenset(said | set(summary.people if summary.text else ()) | ({state.gm} if led else set()))


def _told(summary: str, found: Given, loaded: Loaded) -> str:
    """Return the story so far: a summary in short, then what weighs most, word for word."""
    kept = (passage.shown(loaded.names) for passage in found.ledger)
    return "\n".join(part for part in (within(summary, SUMMARY_TOKENS), *kept) if part)


def _measured(drawn: Used, sent: Sequence[Layer]) -> Used:
    return Used(
        pinned=drawn.pinned,
        memories=drawn.memories,
        summaries=drawn.summaries,
        threads=drawn.threads,
        cards=drawn.cards,
        layers={layer.name: layer.tokens for layer in sent if layer.entries},
        left_out={layer.name: layer.left_out for layer in sent if layer.left_out},
    )
