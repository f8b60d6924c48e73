"""A round whose pause is over is closed by the table itself, so that the log needs no clock."""

import time
from typing import Final

from core.game.engine import Engine
from core.game.log import Loaded
from core.game.refusal import Refusal
from core.game.rules.rounds import CloseRound

_OVER: Final = {"stale_telling", "nothing_to_tell", "paused", "no_table"}
"""What the rules say where somebody else has closed the round, or there is none any more."""


async def closed_in_time(engine: Engine, loaded: Loaded) -> Loaded:
    """Return the session, its round closed where the deadline is over."""
    state = loaded.state
    if state.status != "open" or not state.until or time.time() < state.until:
        return loaded
    command = CloseRound(key=f"round:{state.stand}:{state.until}", by=0, until=state.until)
    try:
        await engine.execute(command, session=loaded.session_id)
    except Refusal as refusal:
        if refusal.code not in _OVER:
            raise
    return await engine.log.read(session=loaded.session_id) or loaded
