"""What the oracle knows of a world beyond the engine's numbers."""

import tomllib
from collections import deque
from functools import cache

from msgspec import Struct, convert, field

from core.game.state import State
from core.game.world import world
from core.story.oracle.tables import DATA


class Clue(Struct, frozen=True):
    """How a secret comes out: speaking of a topic to a figure, searching a place or a thing of it, reading an item."""

    secret: str
    skill: str
    figure: str = ""
    topic: str = ""
    place: str = ""
    feature: str = ""
    item: str = ""
    level: str = "even"
    pressed: bool = False


class Ringing(Struct, frozen=True):
    """The deed that wins: where, with what, which clock it moves, and the check before it."""

    place: str
    item: str
    clock: str
    skill: str
    level: str


class Ways(Struct, frozen=True):
    """One world's bonds."""

    crossings: dict[str, str]
    guarded: dict[str, str]
    hidden: dict[str, str]
    clues: tuple[Clue, ...]
    calmed: dict[str, str]
    stirred: dict[str, str]
    shielded: dict[str, str]
    ringing: Ringing
    lore: dict[str, str]
    features: dict[str, str]
    muddy: tuple[str, ...] = field(default_factory=tuple)
    open_air: tuple[str, ...] = field(default_factory=tuple)
    hostile: tuple[str, ...] = field(default_factory=tuple)

    def named(self, state: State, item: str) -> bool:
        """Tell whether an item may be named yet."""
        return item not in self.hidden or self.hidden[item] in state.revealed


@cache
def ways(name: str) -> Ways:
    """Return the bonds of a world. Raises FileNotFoundError."""
    return convert(tomllib.loads((DATA / f"{name}.toml").read_text("utf-8")), Ways)


def next_step(state: State, here: str, there: str) -> str | None:
    """Return the place to go to first on the shortest way, or None when there is no way."""
    places, seen, queue = world(state.world).places, {here}, deque([(here, "")])
    while queue:
        place, first = queue.popleft()
        if place == there:
            return first or None
        for beyond in places[place]:
            if beyond not in seen:
                seen.add(beyond)
                queue.append((beyond, first or beyond))
    return None


def seen_from(state: State, place: str, way: str) -> str:
    """A way looks different from farther out than from the start of the adventure."""
    start = world(state.world).start
    farther = place != start and start in world(state.world).places[way]
    return f"back_{way}" if farther else way


def ending(state: State) -> str:
    """Return the ending that holds, or an empty string."""
    return state.ending


def figures_at(state: State, place: str) -> list[str]:
    """Return the standing figures at a place."""
    return [f.id for f in state.figures.values() if f.place == place and f.hp > 0]


def items_at(state: State, place: str) -> list[str]:
    """Return the items lying at a place that may be named."""
    known = ways(state.world)
    return [item for item, holder in state.items.items() if holder == place and known.named(state, item)]


def band(attitude: int) -> str:
    """Return what somebody thinks of the heroes as `warm`, `even` or `cold`."""
    return "warm" if attitude > 0 else "cold" if attitude < 0 else "even"
