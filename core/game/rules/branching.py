"""A branch: a session whose log is another's up to a row, and which goes its own way from there.

What was rolled stays as the log has it. What is rolled from now on is drawn from seeds of its own: with the old ones
a table could look in a branch what its next roll will be.
"""

from core.game.registry import Event, applies
from core.game.state import State


class Branched(Event, frozen=True, kw_only=True):
    """This session began as the session `of` stood at row `at`."""

    of: int
    at: int


@applies(Branched)
def _branched(state: State, _: Branched, seq: int) -> State:
    """Leave to the old table what was under way there; nothing that was told there can be cut or undone here."""
    return state.with_(
        stand=seq,
        status="open",
        pending=(),
        closed=seq,
        questions={},
        asks=(),
        asked_at=0,
        until=0,
        votes=(),
        missed=(),
        taken_back=(),
        called={},
        rolled={},
        trail=(),
        scene_told=None,
        cut=0,
        version=None,
        shown=0,
    )
