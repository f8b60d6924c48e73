"""The weather of a session: drawn by its seed, a spell of tellings at a time, never contradicted."""

from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import sha256
from random import Random
from typing import Final

from core.story.oracle.tables import table
from core.story.sentences import folded, words

SPELL: Final = 7
"""How many tellings a weather lasts."""
SKIES: Final[Mapping[str, tuple[str, ...]]] = {
    "clear": ("still", "wind", "wind"),
    "still": ("mist", "mist", "wind"),
    "wind": ("clear", "drizzle", "drizzle"),
    "mist": ("still", "drizzle", "clear"),
    "drizzle": ("wind", "mist", "clear"),
}
"""What may follow on what."""
FIRST: Final = "clear"


def spell(tellings: int) -> int:
    """Return the number of the spell that a telling falls into."""
    return tellings // SPELL


@lru_cache(maxsize=1024)
def weather(seed: bytes, number: int) -> str:
    """Return the weather of a spell."""
    if number <= 0:
        return FIRST
    rng = Random(sha256(seed + b"|sky|%d" % number).digest())  # noqa: S311 - a sky, not dice
    return rng.choice(SKIES[weather(seed, number - 1)])


def contradicts(text: str, language: str, sky: str, time: str) -> bool:
    """Tell whether a text speaks of what this weather or this time of day has not."""
    said = folded(text)
    if any(phrase in said for phrase in _phrases(language, sky, time)):
        return True
    exact, beginnings = _stems(language, sky, time)
    return any(word in exact or word.startswith(beginnings) for word in words(text))


@cache
def _never(language: str, sky: str, time: str) -> tuple[str, ...]:
    known = table(language, "skies")
    return (*known["weather"].get(sky, ()), *known["time"].get(time, ()))


@cache
def _phrases(language: str, sky: str, time: str) -> tuple[str, ...]:
    return tuple(stem for stem in _never(language, sky, time) if " " in stem)


@cache
def _stems(language: str, sky: str, time: str) -> tuple[frozenset[str], tuple[str, ...]]:
    known = [stem for stem in _never(language, sky, time) if " " not in stem]
    exact = frozenset(stem[1:] for stem in known if stem.startswith("="))
    return exact, tuple(stem for stem in known if not stem.startswith("="))
