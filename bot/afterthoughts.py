"""What is done once a telling is closed and nobody waits: its sentences become vectors, a long scene a summary."""

import asyncio
import logging
from typing import Final

from bot.past import Past
from bot.remembering import Memories
from core.ai import Account, NoProvider
from core.game.log import Loaded, Log
from core.game.rules.effects import Moved, SceneEnded
from core.story.memory.index import Index
from core.story.model import Models
from core.story.summary import summarized, summary_prompt
from core.story.tellings import Summary, Tellings

SCENE_LEAST: Final = 4
SCENE_MOST: Final = 12
"""Tellings after which a scene that ends, or any scene, is summarized."""

EMBED_FROM: Final = 12
"""Tellings from which a story is embedded: before, all of it still stands in a prompt."""

logger = logging.getLogger(__name__)


class Afterthoughts:
    """Works beside the event loop's other tasks; what a stop cuts short is done after the next telling."""

    def __init__(self, log: Log, tellings: Tellings, memories: Memories, past: Past, models: Models | None) -> None:
        self._log = log
        self._tellings = tellings
        self._memories = memories
        self._past = past
        self._models = models
        self._running: dict[int, asyncio.Task[None]] = {}

    def begin(self, loaded: Loaded, start: int) -> None:
        """Begin them after the telling from row `start`, unless this session still has some under way."""
        if loaded.session_id in self._running:
            return
        task = asyncio.create_task(self.think(loaded, start))
        self._running[loaded.session_id] = task
        task.add_done_callback(lambda _: self._running.pop(loaded.session_id, None))

    async def close(self) -> None:
        """Stop them."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def think(self, loaded: Loaded, start: int) -> None:
        """Embed, then summarize where it is time. A fault here is never the story's."""
        try:
            if loaded.state.tellings >= EMBED_FROM:
                await self._memories.embed(loaded)
            if self._models:
                await self._summarize(loaded, start, self._models)
        except NoProvider as error:
            logger.info("no summary for now: %s", error.reason)
        except Exception:
            logger.exception("afterthoughts failed", extra={"session_id": loaded.session_id})

    async def _summarize(self, loaded: Loaded, start: int, models: Models) -> None:
        before = await self._past.summary(loaded)
        index = await self._memories.index(loaded)
        since = [row for row in index.episodes if row > before.start]
        ended = len(since) >= SCENE_LEAST and await self._scene_ended(loaded, start)
        if len(since) < SCENE_MOST and not ended:
            return
        prompt = summary_prompt(before.text, _lived(index, since, loaded), loaded.state.language)
        account = Account(
            guild_id=loaded.guild_id or None,
            session_id=loaded.session_id,
            from_seq=start,
            session_limit=loaded.state.budget or None,
        )
        text = await summarized(models, prompt, account)
        # Whoever sits here may be named in it, so it goes with the words of any of them
        people = {loaded.state.gm, *(hero.person for hero in loaded.state.heroes.values()), *before.people}
        if text:
            summary = Summary(start, text, tuple(sorted(people)))
            await self._tellings.summarize(loaded.session_id, summary, loaded.secrets.text_key)

    async def _scene_ended(self, loaded: Loaded, start: int) -> bool:
        """Tell whether what was asked for in this telling closed the scene or took the group elsewhere."""
        rows = await self._log.rows(loaded.session_id, start)
        events = (event for row in rows if row.key.startswith(f"ask:{start}:") for event in row.events)
        return any(isinstance(e, SceneEnded) or (isinstance(e, Moved) and e.who == "group") for e in events)


def _lived(index: Index, rows: list[int], loaded: Loaded) -> list[str]:
    since = set(rows)
    return [passage.shown(loaded.names) for passage in index.passages if passage.episode in since]
