"""What a figure thinks of the heroes: it moves by one in a telling, where a deed of theirs has earned it."""

from typing import Final

from core.game.refusal import Refusal
from core.game.registry import Draws, Event, applies
from core.game.rules.trials import Arguments, Found, figure_here
from core.game.state import State
from core.game.world import world

ATTITUDE_MOST: Final = 3
_EARNS: Final = frozenset({"check", "item", "hurt", "mend"})


class AttitudeChanged(Event, frozen=True, kw_only=True):
    """A figure thinks better (1) or worse (-1) of the heroes."""

    figure: str
    by: int


@applies(AttitudeChanged)
def _attitude_changed(state: State, event: AttitudeChanged, _: int) -> State:
    was = state.figures[event.figure].attitude
    return state.figure(event.figure, attitude=min(max(was + event.by, -ATTITUDE_MOST), ATTITUDE_MOST))


def attitude(state: State, a: Arguments, _: Draws) -> Found:
    """Change it once a telling for each figure, after something that was settled in this telling."""
    figure, by = figure_here(state, a.get("figure", "")), a.get("by", "")
    if figure.kind not in world(state.world).figures or by not in {"1", "+1", "-1"}:
        raise Refusal("unknown_value", value=f"{figure.id} {by}".strip())
    settled = state.settled()
    if any(s.ok and s.tool == "attitude" and s.arguments.get("figure") == figure.id for s in settled):
        raise Refusal("already_done")
    if not any(s.ok and s.tool in _EARNS for s in settled):
        raise Refusal("needs_deed")
    if abs(figure.attitude + int(by)) > ATTITUDE_MOST:
        raise Refusal("already_done")
    return [AttitudeChanged(figure=figure.id, by=int(by))], {"figure": figure.id, "grows": _way(int(by))}


def _way(by: int) -> str:
    return "warmer" if by > 0 else "colder"
