"""Where a telling asks the engine, and what it knows of the state meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.game.state import Ask as Asked
from core.game.state import Figure, State
from core.game.world import world
from core.story.turn import Ask

_LOOSE: Final = {"check": ("who",), "attack": ("npc", "target"), "fate": ("who",)}


@dataclass
class Desk:
    """Asks in order, each answer folded into `state` (the engine's numbers stay with the engine).

    `recorded` are asks an earlier attempt (or a model before it fell silent) made in this telling: they are used
    instead of asking again, so nothing is rolled twice and a rerun goes the same way.
    """

    state: State
    ask: Ask
    recorded: Sequence[Asked] = ()
    spent: set[int] = field(default_factory=set)
    drained: bool = False

    async def put(self, tool: str, **arguments: str) -> Asked:
        """Ask the engine, or take the recorded answer. Raises Refusal `stale_telling`."""
        for index, old in enumerate(self.recorded):
            if index not in self.spent and _same(old, tool, arguments):
                self.spent.add(index)
                return await self._kept(old, fold=not self.drained)
        self._drain()
        settled = await self.ask(tool, arguments)
        return await self._kept(Asked(0, tool, arguments, settled.ok, dict(settled.result)), fold=True)

    def left_over(self) -> list[Asked]:
        """Return recorded asks that were settled and that nobody has told yet."""
        self._drain()
        return [old for index, old in enumerate(self.recorded) if index not in self.spent and old.ok]

    def _drain(self) -> None:
        if not self.drained:
            self.drained = True
            for index, old in enumerate(self.recorded):
                if index not in self.spent and old.ok:
                    self.state = settled_state(self.state, old)

    async def _kept(self, done: Asked, *, fold: bool) -> Asked:
        if done.ok and fold:
            self.state = settled_state(self.state, done)
        return done


def _same(old: Asked, tool: str, arguments: Mapping[str, str]) -> bool:
    if old.tool != tool:
        return False
    keys = _LOOSE.get(tool)
    if keys and old.ok:
        return all(old.arguments.get(key) == arguments.get(key) for key in keys)
    return dict(old.arguments) == dict(arguments)


def settled_state(state: State, done: Asked) -> State:
    """Return the state after a settled ask, as far as words tell it: wounds only as standing or down."""
    change = _CHANGES.get(done.tool)
    return change(state, done) if change else state


def _moved(state: State, done: Asked) -> State:
    who, place = str(done.result["who"]), str(done.result["place"])
    if who != "group":
        return state.hero(who, place=place) if who in state.heroes else state.figure(who, place=place)
    for hero in [h.id for h in state.present() if h.place == state.scene]:
        state = state.hero(hero, place=place)
    return state.with_(scene=place)


def _closed(state: State, done: Asked) -> State:
    place = str(done.result["place"])
    for hero in [h.id for h in state.present() if h.place == state.scene]:
        state = state.hero(hero, place=place)
    return state.with_(scene=place, time=str(done.result["time"]))


def _held(state: State, done: Asked) -> State:
    return state.with_(items={**state.items, str(done.result["item"]): str(done.result["holder"])})


def _ticked(state: State, done: Asked) -> State:
    clock, by = str(done.result["id"]), -1 if done.arguments.get("by") == "-1" else 1
    ending = str(done.result.get("ending", "")) or state.ending
    return state.with_(clocks={**state.clocks, clock: state.clocks[clock] + by}, ending=ending)


def _spawned(state: State, done: Asked) -> State:
    who, kind = str(done.result["who"]), done.arguments["kind"]
    figure = Figure(who, kind, str(done.result["place"]), world(state.world).kinds[kind].hp)
    return state.with_(figures={**state.figures, who: figure})


def _revealed(state: State, done: Asked) -> State:
    return state.with_(revealed=(*state.revealed, str(done.result["secret"])))


def _conditioned(state: State, done: Asked) -> State:
    who, what = str(done.result["who"]), str(done.result["what"])
    anybody = state.heroes.get(who) or state.figures[who]
    conditions = tuple(c for c in anybody.conditions if c != what) + ((what,) if done.result["on"] else ())
    return state.hero(who, conditions=conditions) if who in state.heroes else state.figure(who, conditions=conditions)


def _thought_of(state: State, done: Asked) -> State:
    figure = state.figures[str(done.result["figure"])]
    return state.figure(figure.id, attitude=figure.attitude + (1 if done.result["grows"] == "warmer" else -1))


def _mended(state: State, done: Asked) -> State:
    return state.hero(str(done.result["who"]), hp=1)


def _wounded(state: State, done: Asked) -> State:
    who = str(done.result.get("who", done.result.get("target", "")))
    if done.result.get("wound") != "down":
        return state
    return state.hero(who, hp=0) if who in state.heroes else state.figure(who, hp=0)


_CHANGES: Final[Mapping[str, Callable[[State, Asked], State]]] = {
    "move": _moved,
    "item": _held,
    "clock": _ticked,
    "spawn": _spawned,
    "reveal": _revealed,
    "condition": _conditioned,
    "hurt": _wounded,
    "attack": _wounded,
    "mend": _mended,
    "end_scene": _closed,
    "attitude": _thought_of,
}
