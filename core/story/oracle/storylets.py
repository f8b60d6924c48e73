"""Storylets: small things that may happen, gated by the moment; their one effect is asked of the engine first."""

import re
import tomllib
from functools import cache, lru_cache
from typing import Final

from msgspec import Struct, convert, field

from core.story.oracle.moment import Moment
from core.story.oracle.scene import Beat, Scene
from core.story.oracle.tables import DATA, table
from core.story.safety import crosses, unveils
from core.story.sentences import folded

_SLOTS: Final = re.compile(r"\{[^}]*\}|\[[^\]]*\]|(?<=[.!?])\s")
ONCE: Final = 1_000


class Storylet(Struct, frozen=True, rename={"pt": "pt-BR", "en": "en-US"}):
    """What may happen. `needs` must all hold, `cooldown` counts tellings, `effect` is one ask of the engine.

    `tags` name what it is about beyond its words (see `tags.toml`), for the lines that a table does not cross.
    """

    id: str
    needs: tuple[str, ...]
    pt: tuple[str, ...]
    en: tuple[str, ...]
    weight: int = 2
    cooldown: int = 30
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


def told_lately(storylet: Storylet, recent: tuple[str, ...], language: str) -> bool:
    """Tell whether one of a storylet's texts is among the last `cooldown` tellings."""
    told = " ".join(folded(text) for text in recent[-storylet.cooldown :])
    return any(mark in told for mark in _marks(storylet, language))


@cache
def _marks(storylet: Storylet, language: str) -> tuple[str, ...]:
    """The longest fixed part of each text: enough to know it again."""
    return tuple(max((folded(p) for p in _SLOTS.split(v)), key=len).strip() for v in storylet.variants(language))


def fitting(moment: Moment, scene: Scene) -> list[Storylet]:
    """Return the storylets that may happen now: their needs hold, they are rested, and no line is crossed."""
    recent, language = scene.turn.recent, scene.language
    return [
        storylet
        for storylet in storylets()
        if all(moment.holds(need) for need in storylet.needs)
        and not told_lately(storylet, recent, language)
        and not _crossed(storylet, scene)
    ]


def _crossed(storylet: Storylet, scene: Scene) -> bool:
    return _touches(storylet, scene.language, scene.turn.lines, scene.turn.veils)


@lru_cache(maxsize=4096)
def _touches(storylet: Storylet, language: str, lines: tuple[str, ...], veils: tuple[str, ...]) -> bool:
    """Tell whether a storylet crosses a line or shows what is veiled, by what it says or by what it is about."""
    if not lines and not veils:
        return False
    about = table(language, "tags")["tags"]
    said = (*storylet.variants(language), *(about[tag] for tag in storylet.tags))
    return any(crosses(text, lines, language) or unveils(text, veils, language) for text in said)


async def happen(scene: Scene, hero: str) -> None:
    """Let at most one storylet happen here, rather one that needs much; a refused effect drops it."""
    open_ = fitting(scene.moment(hero), scene)
    if not open_:
        return
    chosen = scene.rng.choices(open_, [storylet.weight * len(storylet.needs) for storylet in open_])[0]
    if chosen.effect and not await _effect(scene, chosen.effect, hero):
        return
    nouns = {"p": scene.noun(hero)}
    scene.beats.append(Beat(f"storylet.{chosen.id}", nouns, True, scene.place, chosen.variants(scene.language)))


async def _effect(scene: Scene, effect: str, hero: str) -> bool:
    match effect.split():
        case ["clock", clock, by]:
            done = await scene.ask("clock", id=clock, by=by.removeprefix("+"))
        case ["spawn", kind]:
            done = await scene.ask("spawn", kind=kind, place=scene.place)
        case ["reveal", secret]:
            done = await scene.ask("reveal", secret=secret)
        case ["condition", what]:
            done = await scene.ask("condition", who=hero, what=what, on="on")
        case ["find", item]:
            done = await scene.ask("item", deed="take", who=hero, item=item)
        case ["free", what]:
            done = await scene.ask("condition", who=hero, what=what, on="off")
        case ["move", who, place]:
            done = await scene.ask("move", who=who, to=place)
        case _:
            raise ValueError(effect)
    return done.ok
