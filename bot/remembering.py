"""A table's memories in this process: built from its own decrypted texts, kept while they stand, never stored in words.

What is kept is dropped when a text was edited or redacted, when one of the people was erased, and when the story went
back. Vectors are made after a telling is closed and sealed beside it, so that a sentence is embedded once.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.game.log import Loaded, Log
from core.game.readings import TABLE, may_see
from core.game.rows import Row, standing
from core.game.rules.gm import Rewound
from core.story.memory.dense import Model
from core.story.memory.index import Index, heroes
from core.story.memory.life import Chapter, Life
from core.story.memory.passages import Episode
from core.story.memory.recall import Question
from core.story.tellings import Stamp, Tellings

SENTENCES_KEPT: Final = 60_000
"""Most sentences that a process keeps ready, of all its tables together: about 60 MB with their vectors."""

EMBEDDED_AT_ONCE: Final = 8
"""Most tellings that are embedded after one telling, so that a long story met anew takes its time."""

QUESTIONS_MOST: Final = 4
logger = logging.getLogger(__name__)


@dataclass
class _Kept:
    index: Index
    life: Life
    seq: int
    people: tuple[int, ...]
    stamp: Stamp


class Memories:
    """Reads memories for turns; `model` is None where a table remembers by words alone."""

    def __init__(self, log: Log, tellings: Tellings, model: Model | None) -> None:
        self._log = log
        self._tellings = tellings
        self._model = model
        self._kept: dict[int, _Kept] = {}

    async def index(self, loaded: Loaded) -> Index:
        """Return the memories of a session as it was loaded."""
        kept = self._kept.pop(loaded.session_id, None)
        if kept and not await self._holds(loaded, kept):
            kept = None
        rows = await self._log.rows(loaded.session_id, kept.seq if kept else 0, loaded.state.seq)
        if kept and any(isinstance(event, Rewound) for row in rows for event in row.events):
            kept, rows = None, await self._log.rows(loaded.session_id, 0, loaded.state.seq)
        kept = await self._grown(loaded, kept or _new(loaded), rows)
        self._kept[loaded.session_id] = kept
        while len(self._kept) > 1 and sum(len(k.index.passages) for k in self._kept.values()) > SENTENCES_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return kept.index

    async def questions(self, texts: Sequence[str]) -> list[Question]:
        """Return what is asked of the memories, with vectors where there is a model."""
        asked = [text for text in texts if text.strip()][:QUESTIONS_MOST]
        return [Question(text, await self._model.question(text) if self._model else b"") for text in asked]

    async def embed(self, loaded: Loaded) -> None:
        """Make and keep the vectors of what was told and has none yet, newest first, a few at a time."""
        if self._model is None:
            return
        index = await self.index(loaded)
        missing = [row for row in index.episodes if row not in index.vectors]
        for row in missing[: -EMBEDDED_AT_ONCE - 1 : -1]:
            shown = [passage.shown(loaded.names) for passage in index.passages if passage.episode == row]
            vectors = await self._model.sentences([*shown, " ".join(shown)])
            index.embed(row, vectors, len(shown))
            await self._tellings.keep_vectors(loaded.session_id, row, loaded.secrets.text_key, vectors)

    async def _holds(self, loaded: Loaded, kept: _Kept) -> bool:
        if kept.seq > loaded.state.seq or kept.index.heroes != heroes(loaded.names):
            return False
        return await self._stamp(loaded, kept.index, kept.people) == kept.stamp

    async def _stamp(self, loaded: Loaded, index: Index, people: tuple[int, ...]) -> Stamp:
        return await self._tellings.stamp(loaded.session_id, index.episodes, people)

    async def _grown(self, loaded: Loaded, kept: _Kept, rows: list[Row]) -> _Kept:
        chapters = kept.life.chapters(standing(rows))
        people = tuple(sorted({loaded.state.gm, *(hero.person for hero in loaded.state.heroes.values())}))
        if chapters:
            lived = await self._episodes(loaded, chapters)
            # A story met anew is hundreds of sentences: too much for the event loop
            await asyncio.to_thread(_add, kept.index, lived)
        if chapters or people != kept.people:
            kept = replace(kept, people=people, stamp=await self._stamp(loaded, kept.index, people))
        return replace(kept, seq=loaded.state.seq)

    async def _episodes(self, loaded: Loaded, chapters: list[Chapter]) -> list[tuple[Episode, bytes]]:
        session_id, key = loaded.session_id, loaded.secrets.text_key
        told = await self._tellings.remembered(session_id, [c.row for c in chapters if not c.by_gm], key)
        spoken = [deed.seq for chapter in chapters for deed in chapter.deeds]
        words = await self._log.words(session_id, [*spoken, *(c.row for c in chapters if c.by_gm)])
        said = {at: text for at, (text, audience) in words.items() if text and may_see(audience, TABLE)}
        lived = []
        for chapter in chapters:
            deeds = [replace(deed, text=said.get((deed.seq, deed.kind), "")) for deed in chapter.deeds]
            kept = told.get(chapter.row)
            text = said.get((chapter.row, "narration"), "") if chapter.by_gm else kept.text if kept else ""
            vectors = kept.vectors if kept else b""
            lived.append((Episode(chapter.row, tuple(deed for deed in deeds if deed.text), text), vectors))
        return lived


def _new(loaded: Loaded) -> _Kept:
    index = Index(loaded.state.language, heroes(loaded.names))
    return _Kept(index, Life(), 0, (), (None, ()))


def _add(index: Index, lived: list[tuple[Episode, bytes]]) -> None:
    for episode, vectors in lived:
        index.add(episode, vectors)
