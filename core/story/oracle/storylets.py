"""Storylets: small things that may happen, gated by the state; their one effect is asked of the engine first."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from msgspec import Struct, convert, field

from core.game.state import State
from core.story.oracle.places import figures_at
from core.story.oracle.scene import Beat, Scene
from core.story.oracle.tables import DATA
from core.story.sentences import folded

_COMPARED: Final = re.compile(r"(\w+)([<>=])(-?\d+)")
_SLOTS: Final = re.compile(r"\{[^}]*\}|\[[^\]]*\]|(?<=[.!?])\s")
ONCE: Final = 1_000


class Storylet(Struct, frozen=True, rename={"pt": "pt-BR", "en": "en-US"}):
    """What may happen. `needs` must all hold, `cooldown` counts tellings, `effect` is one ask of the engine."""

    id: str
    needs: tuple[str, ...]
    pt: tuple[str, ...]
    en: tuple[str, ...]
    weight: int = 2
    cooldown: int = 12
    effect: str = ""
    tags: tuple[str, ...] = field(default_factory=tuple)

    def variants(self, language: str) -> tuple[str, ...]:
        """Return the texts in a language."""
        return self.pt if language == "pt-BR" else self.en


@cache
def storylets() -> tuple[Storylet, ...]:
    """Return all storylets, in the order of their files."""
    found: list[Storylet] = []
    for file in sorted((DATA / "storylets").glob("*.toml")):
        found += convert(tomllib.loads(file.read_text("utf-8"))["storylet"], list[Storylet])
    return tuple(found)


def holds(need: str, state: State, place: str) -> bool:
    """Tell whether a need holds. Raises KeyError for one that cannot be read."""
    words = need.split()
    if words[0] == "not":
        return not holds(" ".join(words[1:]), state, place)
    compared = _COMPARED.fullmatch(words[-1])
    if compared:
        value = state.figures[compared[1]].attitude if words[0] == "attitude" else state.clocks[compared[1]]
        return _compare(value, compared[2], int(compared[3]))
    return _NEEDS[words[0]](state, place, words[-1])


_NEEDS: Final[Mapping[str, Callable[[State, str, str], bool]]] = {
    "at": lambda _, place, where: place == where,
    "present": lambda state, place, kind: any(state.figures[f].kind == kind for f in figures_at(state, place)),
    "time": lambda state, _, time: state.time == time,
    "revealed": lambda state, _, secret: secret in state.revealed,
    "held": lambda state, _, item: state.items.get(item, "") in state.heroes,
    "lies": lambda state, place, item: state.items.get(item) == place,
    "several": lambda state, place, _: sum(hero.place == place for hero in state.present()) > 1,
}


def _compare(value: int, how: str, other: int) -> bool:
    return value < other if how == "<" else value > other if how == ">" else value == other


def told_lately(storylet: Storylet, recent: tuple[str, ...], language: str) -> bool:
    """Tell whether one of a storylet's texts is among the last `cooldown` tellings."""
    told = " ".join(folded(text) for text in recent[-storylet.cooldown :])
    return any(mark in told for mark in _marks(storylet, language))


@cache
def _marks(storylet: Storylet, language: str) -> tuple[str, ...]:
    """The longest fixed part of each text: enough to know it again."""
    return tuple(max((folded(p) for p in _SLOTS.split(v)), key=len).strip() for v in storylet.variants(language))


async def happen(scene: Scene, hero: str) -> None:
    """Let at most one storylet happen here; a refused effect drops it."""
    state, place = scene.state, scene.place
    open_ = [
        s
        for s in storylets()
        if all(holds(need, state, place) for need in s.needs) and not told_lately(s, scene.turn.recent, scene.language)
    ]
    if not open_:
        return
    chosen = scene.rng.choices(open_, [s.weight for s in open_])[0]
    if chosen.effect and not await _effect(scene, chosen.effect, hero):
        return
    nouns = {"p": scene.noun(hero)}
    scene.beats.append(Beat(f"storylet.{chosen.id}", nouns, True, place, chosen.variants(scene.language)))


async def _effect(scene: Scene, effect: str, hero: str) -> bool:
    match effect.split():
        case ["clock", clock, by]:
            done = await scene.ask("clock", id=clock, by=by)
        case ["spawn", kind]:
            done = await scene.ask("spawn", kind=kind, place=scene.place)
        case ["reveal", secret]:
            done = await scene.ask("reveal", secret=secret)
        case ["condition", what]:
            done = await scene.ask("condition", who=hero, what=what, on="on")
        case _:
            raise ValueError(effect)
    return done.ok
