"""The game master's hands: tell it oneself, change a value, go back."""

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.state import Audience, Scene, State, Step
from core.game.texts import cleaned
from core.game.world import world

NARRATION_MOST = 1_800
TIMES = ("dawn", "day", "dusk", "night")


class Narrate(Command, frozen=True, kw_only=True):
    """Tell it oneself; what was pending counts as told."""

    text: str


class SetValue(Command, frozen=True, kw_only=True):
    """Change a value by hand: `who` is a hero, a figure, a clock, or `scene`."""

    who: str
    field: str
    value: str


class Undo(Command, frozen=True, kw_only=True):
    """Go back by so many steps. `expected` is the row the person saw last, if they confirmed a list."""

    steps: int = 1
    expected: int = 0


class Narrated(Event, frozen=True, kw_only=True):
    """The game master told it; the text is in this row's words."""


class ValueSet(Event, frozen=True, kw_only=True):
    """A value was changed by hand."""

    who: str
    field: str
    value: str


class Rewound(Event, frozen=True, kw_only=True):
    """The story went back to how it stood at row `back_to`; rolls already cast stay cast."""

    back_to: int
    steps: int


@rule(Narrate, who="gm")
def narrate(_state: State, command: Narrate, _: Draws) -> Decision:
    """Tell it oneself."""
    return Decision((Narrated(),), words=(Words("narration", cleaned(command.text, NARRATION_MOST), command.by),))


@applies(Narrated)
def _narrated(state: State, _: Narrated, seq: int) -> State:
    told = state.step(seq, "narration").tells("gm", seq)
    scene = Scene(state.asked_at or seq, (*state.pending, *state.taken_back))
    return told.with_(
        stand=seq,
        pending=(),
        asks=(),
        asked_at=0,
        until=0,
        votes=(),
        missed=(),
        taken_back=(),
        scene_told=scene,
        shown=0,
        version=None,
    )


@rule(SetValue, who="gm")
def set_value(state: State, command: SetValue, _: Draws) -> Decision:
    """Change a value by hand, within what the world knows."""
    value = _checked(state, command.who, command.field, command.value.strip())
    # The table sees how hurt a figure looks, never how many points it has left
    to: Audience = "gm" if command.field == "hp" and command.who in state.figures else "all"
    return Decision(
        (ValueSet(who=command.who, field=command.field, value=value, to=to),),
        {"who": command.who, "field": command.field, "value": value},
    )


def fields_of(state: State, who: str) -> dict[str, tuple[str, ...] | range]:
    """Return what of `who` can be set by hand, each with the ids or the whole numbers it may have."""
    data = world(state.world)
    places = tuple(data.places)
    if who == "scene":
        return {"place": places, "time": TIMES}
    if who in state.clocks:
        return {"clock": range(data.clocks[who].most + 1)}
    if who in state.figures:
        return {"place": places, "hp": range(1_000), "attitude": range(-3, 4)}
    if hero := state.heroes.get(who):
        points = {"hp": range(hero.hp_max + 1), "hp_max": range(1, 1_000), "ac": range(100)}
        return {**points, "place": places, "item": tuple(data.items)}
    return {}


def _checked(state: State, who: str, field: str, value: str) -> str:
    """Return the value as the log keeps it. Raises Refusal for what cannot be set so."""
    known = fields_of(state, who).get(field)
    if known is None:
        raise Refusal("unknown_field", who=who, field=field)
    if isinstance(known, range):
        return str(_number(value, known[0], known[-1]))
    if value not in known:
        raise Refusal("unknown_value", value=value[:40])
    return value


def _number(value: str, least: int, most: int) -> int:
    if not (value.isascii() and value.lstrip("-").isdigit()) or len(value) > 5:
        raise Refusal("not_a_number", value=value[:20], least=least, most=most)
    number = int(value)
    if not least <= number <= most:
        raise Refusal("not_a_number", value=value, least=least, most=most)
    return number


@applies(ValueSet)
def _value_set(state: State, event: ValueSet, seq: int) -> State:
    state = state.step(seq, "set")
    who, field, value = event.who, event.field, event.value
    if who == "scene":
        return state.with_(scene=value) if field == "place" else state.with_(time=value)
    if field == "clock":
        return state.with_(clocks={**state.clocks, who: int(value)})
    if field == "item":
        return state.with_(items={**state.items, value: who})
    if field == "hp_max":
        return state.hero(who, hp_max=int(value), hp=min(state.heroes[who].hp, int(value)))
    change: object = value if field == "place" else int(value)
    return state.hero(who, **{field: change}) if who in state.heroes else state.figure(who, **{field: change})


@rule(Undo, who="gm", when_paused=True)
def undo(state: State, command: Undo, _: Draws) -> Decision:
    """Go back before the last steps of the trail. A Rewound is a step too, so an undo can be undone."""
    if command.expected and command.expected != state.seq:
        raise Refusal("moved_on")
    if not state.trail:
        raise Refusal("nothing_to_undo")
    if not 1 <= command.steps <= len(state.trail):
        raise Refusal("too_many_steps", n=len(state.trail))
    steps = len(undone(state, command.steps))
    return Decision((Rewound(back_to=target(state, command.steps), steps=steps),), {"steps": steps})


def target(state: State, steps: int) -> int:
    """Return the row the story goes back to when so many steps are undone.

    What the open telling has asked for stands or falls as a whole: going back into it goes back before it.
    """
    back = min(step.before for step in state.trail[-steps:]) - 1
    return min(back, state.asked_at - 1) if state.asked_at else back


def undone(state: State, steps: int) -> tuple[Step, ...]:
    """Return what really goes when so many steps are undone, oldest first; it may be more than was asked for."""
    back = target(state, steps)
    return tuple(step for step in state.trail if step.before > back)


@applies(Rewound)
def _rewound(state: State, _: Rewound, seq: int) -> State:
    """Mark where the telling stands now. The fold has already put the older state in place (see rows.fold)."""
    return state.step(seq, "undo").with_(
        stand=seq, asks=(), asked_at=0, until=0, votes=(), taken_back=(), shown=0, version=None
    )
