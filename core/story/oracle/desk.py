"""Where a telling asks the engine, and what it knows of the state meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.game.state import Ask as Asked
from core.game.state import Figure, State
from core.game.world import world
from core.story.turn import Ask

_LOOSE: Final = {"check": ("who",), "attack": ("npc", "target")}


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
    result = done.result
    who = str(result.get("who", result.get("target", "")))
    if done.tool == "move":
        return _moved(state, who, str(result["place"]))
    if done.tool == "item":
        return state.with_(items={**state.items, str(result["item"]): str(result["holder"])})
    if done.tool == "clock":
        clock = str(result["id"])
        by = -1 if done.arguments.get("by") == "-1" else 1
        return state.with_(clocks={**state.clocks, clock: state.clocks[clock] + by})
    if done.tool == "spawn":
        kind = done.arguments["kind"]
        figure = Figure(who, kind, str(result["place"]), world(state.world).kinds[kind].hp)
        return state.with_(figures={**state.figures, who: figure})
    if done.tool == "reveal":
        return state.with_(revealed=(*state.revealed, str(result["secret"])))
    if done.tool == "condition":
        return _conditioned(state, who, str(result["what"]), on=bool(result["on"]))
    if result.get("wound") == "down":
        return state.hero(who, hp=0) if who in state.heroes else state.figure(who, hp=0)
    return state


def _moved(state: State, who: str, place: str) -> State:
    if who != "group":
        return state.hero(who, place=place) if who in state.heroes else state.figure(who, place=place)
    for hero in [h.id for h in state.present() if h.place == state.scene]:
        state = state.hero(hero, place=place)
    return state.with_(scene=place)


def _conditioned(state: State, who: str, what: str, *, on: bool) -> State:
    anybody = state.heroes.get(who) or state.figures[who]
    conditions = tuple(c for c in anybody.conditions if c != what) + ((what,) if on else ())
    return state.hero(who, conditions=conditions) if who in state.heroes else state.figure(who, conditions=conditions)
