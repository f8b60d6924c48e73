"""What is true here and now, as storylets and guarded sentences ask for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from core.game.state import State
from core.story.oracle.places import figures_at

_COMPARED: Final = re.compile(r"(\w+)([<>=])(-?\d+)")


@dataclass(frozen=True)
class Moment:
    """A place in a state, who acts there, the weather, how the last check went, and what has just been told of.

    `done` are groups of lines: `arrive`, `talk`, `fight`, `take`, `pastime` and so on.
    """

    state: State
    place: str
    hero: str = ""
    weather: str = ""
    outcome: str = ""
    done: frozenset[str] = frozenset()

    def holds(self, need: str) -> bool:
        """Tell whether a need holds; `a/b` in its last word is either. Raises KeyError for one that cannot be read."""
        words = need.split()
        if words[0] == "not":
            return not self.holds(" ".join(words[1:]))
        compared = _COMPARED.fullmatch(words[-1])
        if compared:
            return _compare(self._value(words[0], compared[1]), compared[2], int(compared[3]))
        return any(_NEEDS[words[0]](self, word) for word in words[-1].split("/"))

    def beside(self) -> list[str]:
        """Return the heroes at the place, without whoever acts."""
        return [hero.id for hero in self.state.present() if hero.place == self.place and hero.id != self.hero]

    def _value(self, what: str, name: str) -> int:
        if what == "attitude":
            return self.state.figures[name].attitude
        return self.state.tellings if name == "tellings" else self.state.clocks[name]


def _hurt(moment: Moment, _: str) -> bool:
    hero = moment.state.heroes.get(moment.hero)
    return hero is not None and 0 < hero.hp * 2 <= hero.hp_max


def _condition(moment: Moment, what: str) -> bool:
    hero = moment.state.heroes.get(moment.hero)
    return hero is not None and what in hero.conditions


def _down(moment: Moment, _: str) -> bool:
    return any(moment.state.heroes[hero].hp <= 0 for hero in moment.beside())


_NEEDS: Final[Mapping[str, Callable[[Moment, str], bool]]] = {
    "at": lambda m, place: m.place == place,
    "present": lambda m, kind: any(m.state.figures[f].kind == kind for f in figures_at(m.state, m.place)),
    "empty": lambda m, _: not figures_at(m.state, m.place),
    "alone": lambda m, _: not m.beside(),
    "several": lambda m, _: bool(m.beside()),
    "time": lambda m, time: m.state.time == time,
    "weather": lambda m, weather: m.weather == weather,
    "revealed": lambda m, secret: secret in m.state.revealed,
    "held": lambda m, item: m.state.items.get(item, "") in m.state.heroes,
    "carries": lambda m, item: bool(m.hero) and m.state.items.get(item) == m.hero,
    "lies": lambda m, item: m.state.items.get(item) == m.place,
    "with": lambda m, item: m.state.items.get(item, "") in figures_at(m.state, m.place),
    "hurt": _hurt,
    "down": _down,
    "condition": _condition,
    "last": lambda m, outcome: bool(m.outcome) and outcome in m.outcome.replace("crit_fail", "crit_failure"),
    "did": lambda m, group: group in m.done,
}


def _compare(value: int, how: str, other: int) -> bool:
    return value < other if how == "<" else value > other if how == ">" else value == other
