"""The worker: takes a woken session, tells what is pending, shows it, and says so in the log."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from discord.ui import View

from bot import metrics
from bot.ai import router
from bot.closing import Buttons
from bot.crash import moment
from bot.delivery.door import open_door
from bot.http import HEALTH
from bot.ledger import PostgresLedger
from bot.media import media_desk
from bot.settings import Settings
from bot.telling import Narrator
from bot.wiring import Parts, open_parts
from cogs.ui.custom_id import Signer
from cogs.ui.narration import broken_view, narration_view, undone_view, version_view
from core.ai import Router
from core.game.log import Loaded
from core.game.state import Version
from core.queue import Taker
from core.story.model import ModelTeller
from core.story.oracle import Oracle
from core.story.storyteller import Storyteller
from core.story.suggestions import suggested

DRAIN_SECONDS = 15.0
RETRY_SECONDS = (1.0, 3.0, 10.0, 30.0, 60.0)
logger = logging.getLogger(__name__)


async def main(settings: Settings, stop: asyncio.Event) -> None:
    """Take wake-ups until asked to stop, then finish or hand back what is in hand."""
    async with open_parts(settings) as parts, open_door(settings) as door, _models(settings, parts) as models:
        narrator = Narrator(parts, door, _storyteller(settings, models), _buttons(settings), models)
        worker = Worker(parts, narrator)
        taker = Taker(
            settings.redis,
            settings.queue_count,
            worker.take,
            settings.worker_concurrency,
            settings.worker_lock_seconds,
        )
        taker.start()
        HEALTH.ready("database", parts.alive)
        async with media_desk(settings, parts, door):
            await stop.wait()
        await taker.drain(DRAIN_SECONDS)
        await narrator.close()


class Worker:
    """Looks at one session at a time, each as often as it is woken."""

    def __init__(self, parts: Parts, narrator: Narrator) -> None:
        self._parts = parts
        self._narrator = narrator

    async def take(self, session_id: int) -> None:
        """Do what a session has to do now; on a fault note when to try again, and lose nothing."""
        moment("job_taken")
        try:
            with metrics.TELLING.track_inprogress():
                await self._narrator.serve(session_id)
        except Exception:
            tries = await self._parts.pending.postpone(session_id, RETRY_SECONDS)
            metrics.WAKE_UPS.labels("failed").inc()
            logger.exception("a session could not be served", extra={"session_id": session_id, "tries": tries})
        else:
            metrics.WAKE_UPS.labels("done").inc()


@asynccontextmanager
async def _models(settings: Settings, parts: Parts) -> AsyncIterator[Router | None]:
    opened = router(settings, PostgresLedger(parts.database.writer), parts.redis)
    if opened is None:
        yield None
        return
    async with opened as models:
        yield models


def _storyteller(settings: Settings, models: Router | None) -> Storyteller:
    teller = ModelTeller(models) if models else None
    return Storyteller(teller, Oracle(), stops=settings.on_outage == "stop")


def _buttons(settings: Settings) -> Buttons:
    signer = Signer(settings.button_key_bytes)

    def narration(loaded: Loaded, told: str) -> View:
        return narration_view(signer, loaded.state, loaded.names, suggested(loaded.state, told, loaded.names))

    def undone(session: int, start: int, locale: str) -> View:
        return undone_view(signer, session, start, locale)

    def versions(loaded: Loaded, version: Version) -> View:
        return version_view(signer, loaded.session_id, version.row, loaded.state.language)

    def broken(loaded: Loaded, _: str) -> View:
        return broken_view(signer, loaded.state, loaded.names)

    return Buttons(narration, undone, versions, broken)
