"""The X-card: a scene is cut, and nobody can tell by whom. The story stands before it again, and it never comes back.

The row's actor is the table, its key is where the telling stood, it has no reference and no address for an answer:
what a person gave reaches no column of it.
"""

from msgspec.structs import replace

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, applies, rule
from core.game.rules.gm import Rewound
from core.game.rules.table import SceneCalled
from core.game.state import Scene, State


class CutScene(Command, frozen=True, kw_only=True):
    """Cut the last scene that people saw: with `shown` the one being told, of which words stand in the channel.

    `presser` is checked, then forgotten.
    """

    presser: int
    shown: bool = False


class GoOn(Command, frozen=True, kw_only=True):
    """After a cut: have the storyteller set the scene anew."""


class SceneCut(Rewound, frozen=True, kw_only=True):
    """The story stands as before row `back_to + 1`, without the actions `dropped` that the scene was made of.

    Unlike a rewind this is no step: nothing undoes it.
    """

    dropped: tuple[int, ...] = ()


def scene_at_hand(state: State, *, shown: bool) -> Scene | None:
    """Return the first row and the actions that a cut takes away; None when there is nothing to cut."""
    rows = state.closed_rows()
    if not (shown and rows):
        if state.cut and state.cut == state.stand:
            return None
        if state.scene_told:
            return state.scene_told
    return Scene(state.asked_at or state.seq + 1, rows or state.pending) if state.pending else None


@rule(CutScene, who="table", when_paused=True)
def cut_scene(state: State, command: CutScene, _: Draws) -> Decision:
    """Cut it: whoever sits here may, also when away, also while the table rests or after it ended."""
    if command.presser != state.gm and all(hero.person != command.presser for hero in state.heroes.values()):
        raise Refusal("not_joined")
    scene = scene_at_hand(state, shown=command.shown)
    if scene is None:
        raise Refusal("nothing_to_cut")
    steps = sum(step.before >= scene.before for step in state.trail)
    waiting = (row for row in (*state.pending, *state.taken_back) if row < scene.before)
    dropped = tuple(sorted({*scene.deeds, *waiting}))
    return Decision((SceneCut(back_to=scene.before - 1, steps=steps, dropped=dropped),))


@applies(SceneCut)
def _scene_cut(state: State, event: SceneCut, seq: int) -> State:
    """Drop what is pending too: whoever meant to act before the cut says it anew, and nothing is told unasked.

    What was done between those actions and the scene can be undone only together with what came before them, since the
    story cannot stand where they wait again.
    """
    gone = {*state.pending, *event.dropped}
    first = min(gone, default=seq)
    left = (step for step in state.trail if step.before not in gone)
    return state.with_(
        stand=seq,
        cut=seq,
        pending=(),
        until=0,
        votes=(),
        missed=(),
        taken_back=(),
        version=None,
        shown=0,
        asks=(),
        asked_at=0,
        trail=tuple(step if step.before < first else replace(step, before=first) for step in left),
    )


@rule(GoOn, who="anyone")
def go_on(state: State, command: GoOn, _: Draws) -> Decision:
    """Have the scene set anew, if nothing has happened since the cut."""
    if command.by != state.gm and state.hero_of(command.by) is None:
        raise Refusal("not_joined")
    if state.cut != state.stand or state.pending:
        raise Refusal("moved_on")
    events: tuple[Event, ...] = (SceneCalled(),)
    return Decision(events)
