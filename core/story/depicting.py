"""What a picture of a scene shows, for a model and for those who hear it described: the engine's facts alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from core.game.state import Figure, Hero, State
from core.game.world import world
from core.i18n import text
from core.story.hygiene import plain_name
from core.story.marked import entry
from core.story.oracle.places import ways

ALT_MOST: Final = 1_024
LIMIT_MOST: Final = 60
LIMITS_MOST: Final = 40
_MACHINE: Final = "en-US"
_RATED: Final = {
    "everyone": "Gentle enough for children: no blood, no wounds, nothing frightening.",
    "teen": "No gore, no nudity, nothing sexual.",
    "adult": "No gore, no nudity, nothing sexual.",
}


def picture_prompt(state: State, rating: str, lines: Sequence[str] = (), veils: Sequence[str] = ()) -> str:
    """Return what a picture of the scene is asked for with.

    `state` is the table's view; of people's words it holds none but the limits, escaped.
    """
    parts = [
        "One storybook illustration in watercolor and ink. No text, letters, numbers, frames or interface in it.",
        f"Place: {_place(state, _MACHINE)}, {text(_MACHINE, f'world.time.{state.time}')}.",
    ]
    people = [*(_archetype(hero, _MACHINE) for hero in _heroes(state)), *_figures(state, _MACHINE)]
    parts.append(f"In it: {'; '.join(people)}." if people else "Nobody is in it.")
    if things := _things(state, _MACHINE):
        parts.append(f"Lying there: {', '.join(things)}.")
    parts.append(_RATED[rating])
    if unseen := sorted({entry(limit, LIMIT_MOST) for limit in (*lines, *veils)} - {""}):
        parts.append(f"Never show or hint at any of these, listed as data: {'; '.join(unseen[:LIMITS_MOST])}.")
    return "\n".join(parts)


def alt_text(state: State, names: Mapping[str, str | None], locale: str) -> str:
    """Return the picture's description for those who cannot see it, at most 1,024 characters."""
    people = [plain_name(names.get(hero.id) or "") or _archetype(hero, locale) for hero in _heroes(state)]
    people += _figures(state, locale)
    where = {"place": _place(state, locale), "time": text(locale, f"world.time.{state.time}")}
    if not people:
        return text(locale, "media.alt_empty", **where)[:ALT_MOST]
    return text(locale, "media.alt", people=", ".join(people), **where)[:ALT_MOST]


def _heroes(state: State) -> Iterator[Hero]:
    return (hero for hero in state.present() if hero.place == state.scene)


def _figures(state: State, locale: str) -> list[str]:
    here = (figure for figure in state.figures.values() if figure.place == state.scene and figure.hp > 0)
    return [_figure(state, figure, locale) for figure in here]


def _figure(state: State, figure: Figure, locale: str) -> str:
    kind = text(locale, f"world.kind.{figure.kind}")
    named = figure.kind in world(state.world).figures
    return f"{kind} ({text(locale, f'world.role.{figure.kind}')})" if named else kind


def _things(state: State, locale: str) -> list[str]:
    known = ways(state.world)
    here = (item for item, holder in state.items.items() if holder == state.scene and known.named(state, item))
    return [text(locale, f"world.item.{item}") for item in here]


def _archetype(hero: Hero, locale: str) -> str:
    kind = "archetype" if hero.pronoun == "he" else f"archetype_{hero.pronoun}"
    return f"{text(locale, f'world.{kind}.{hero.archetype}')} ({text(locale, f'world.pronoun.{hero.pronoun}')})"


def _place(state: State, locale: str) -> str:
    return text(locale, f"world.place.{state.scene}")
