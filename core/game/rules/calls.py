"""Checks that a player rolls: called by the storyteller, rolled on a button, told on from there.

The telling that calls one stops before its outcome. The roll settles the check as the engine would have, and the deed
it was called for is told again with its outcome.
"""

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.rules.judging import judged
from core.game.state import Ask, Called, State


class RollCalled(Command, frozen=True, kw_only=True):
    """Roll the check that was called for a hero at row `row`."""

    hero: str
    row: int


class CheckCalled(Event, frozen=True, kw_only=True):
    """A check waits for the roll of the hero's player. `deed` is the row of the deed it decides, 0 if there is none."""

    who: str
    skill: str
    level: str
    deed: int = 0


class CallRolled(Event, frozen=True, kw_only=True):
    """A called check was rolled; what is told next is the deed of row `deed`."""

    who: str
    skill: str
    level: str
    deed: int
    outcome: str
    margin: str


@rule(RollCalled, who="anyone")
def roll_called(state: State, command: RollCalled, draws: Draws) -> Decision:
    """Roll a called check: its player does, or the game master in their stead."""
    called, hero = state.called.get(command.hero), state.heroes.get(command.hero)
    if called is None or hero is None or called.row != command.row:
        raise Refusal("moved_on")
    if command.by not in {hero.person, state.gm}:
        raise Refusal("button_of", name=hero.id)
    checked = judged(state, hero, called.skill, called.level, draws)
    rolled = CallRolled(
        who=hero.id,
        skill=called.skill,
        level=called.level,
        deed=called.deed,
        outcome=checked.outcome,
        margin=checked.margin,
    )
    return Decision((checked, rolled), {"hero": hero.id, "skill": called.skill, "outcome": checked.outcome})


def called_for(state: State, who: str) -> int:
    """Return the row of the newest untold deed of a hero, 0 if there is none."""
    return next((s.before for s in reversed(state.trail) if s.hero == who and s.before in state.pending), 0)


@applies(CheckCalled)
def _called(state: State, event: CheckCalled, seq: int) -> State:
    return state.with_(called={**state.called, event.who: Called(seq, event.deed, event.skill, event.level)})


@applies(CallRolled)
def _rolled(state: State, event: CallRolled, seq: int) -> State:
    asked = {"who": event.who, "skill": event.skill, "level": event.level}
    result: dict[str, str | int] = {
        "who": event.who,
        "skill": event.skill,
        "outcome": event.outcome,
        "margin": event.margin,
    }
    called = {who: one for who, one in state.called.items() if who != event.who}
    return state.with_(
        called=called,
        rolled={**state.rolled, seq: Ask(0, "check", asked, ok=True, result=result)},
        pending=(*state.pending, seq),
        closed=state.closed if called else seq,
    ).step(seq, "roll", event.who)
