"""A branch: a session whose log is another's up to a row, and which goes its own way from there.

What was rolled stays as the log has it. What is rolled from now on is drawn from seeds of its own: with the old ones
a table could look in a branch what its next roll will be.
"""

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.state import State


class BranchOff(Command, frozen=True, kw_only=True):
    """Let another session, `session`, begin where the narration told at row `stand` left off; this one goes on."""

    stand: int
    session: int


class BranchedOff(Event, frozen=True, kw_only=True):
    """The session `session` begins as this one stood at row `at`."""

    session: int
    at: int


class Branched(Event, frozen=True, kw_only=True):
    """This session began as the session `of` stood at row `at`."""

    of: int
    at: int


@rule(BranchOff, who="gm", when_paused=True)
def branch_off(state: State, command: BranchOff, _: Draws) -> Decision:
    """Branch at the newest narration, before anybody has acted on it."""
    if state.status == "ended" or not state.told or command.stand != state.stand or state.pending:
        raise Refusal("moved_on")
    return Decision((BranchedOff(session=command.session, at=state.stand),), {"at": state.stand})


@applies(BranchedOff)
def _branched_off(state: State, _: BranchedOff, _seq: int) -> State:
    return state


@applies(Branched)
def _branched(state: State, _: Branched, seq: int) -> State:
    """Leave to the old table what was under way there. Undo and a cut reach into what was inherited."""
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
        version=None,
        shown=0,
    )
