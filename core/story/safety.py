"""Whether a sentence touches what somebody at the table will not have: by stems, in both languages, accents folded.

A limit holds across languages and word families where it names a topic that `safety.toml` knows; any other word holds
for the words of its own stem. A limit of several words is touched where each of them is, so that `violence against
animals` leaves a dog and a brawl alone, but not a beaten dog.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from core.story.sentences import folded

LIMITS_MOST: Final = 240
"""Limits looked at: twelve people with twenty each."""
_FILE: Final = Path(__file__).parent / "safety.toml"
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_STEM_LEAST: Final = 3
_ENDINGS: Final = {
    "pt-BR": (
        "amentos", "imentos", "amento", "imento", "adores", "adoras", "adora", "ador", "antes", "ante", "ados", "adas",
        "idos", "idas", "aram", "eram", "iram", "avam", "ando", "endo", "indo", "ado", "ada", "ido", "ida", "ava",
        "oes", "ais", "eis", "inho", "inha", "ao", "ou", "ei", "eu", "iu", "am", "em", "ar", "er", "ir", "as", "os",
        "es", "a", "o", "e", "s",
    ),
    "en-US": ("ings", "ing", "ers", "er", "edly", "ed", "ies", "es", "ly", "ness", "ous", "s", "y", "e"),
}  # fmt: skip

Reading = tuple[frozenset[str], ...]
"""What a limit's words hold for: each a set of marks, `=word` for that word, `word` for what begins so."""


def crosses(sentence: str, lines: Iterable[str], language: str) -> str | None:
    """Return the first of the lines that a sentence in `language` touches, mention or not; None where none is."""
    said = _words(sentence)
    for line in list(lines)[:LIMITS_MOST]:
        reading = _reading(line, language)
        if reading and all(_holds(marks, said) for marks in reading):
            return line
    return None


def unveils(sentence: str, veils: Iterable[str], language: str) -> str | None:
    """Return the first of the veils that a sentence touches and shows: with bodies, wounds, pain; else None.

    What is veiled may be said to happen; shown is what the words of the senses show beside it.
    """
    said = _words(sentence)
    for veil in list(veils)[:LIMITS_MOST]:
        if crosses(sentence, (veil,), language) and _shows(said, _reading(veil, language)):
            return veil
    return None


def _shows(said: frozenset[str], reading: Reading) -> bool:
    """Tell whether words of the senses stand there beside those of the veil itself."""
    own = {word for word in said if any(_is(word, mark) for marks in reading for mark in marks)}
    return _holds(frozenset(_data()["explicit"]), said - own) or len(own) > len(reading)


def _holds(marks: frozenset[str], said: frozenset[str]) -> bool:
    return any(_is(word, mark) for word in said for mark in marks)


def _is(word: str, mark: str) -> bool:
    if mark.startswith("~"):
        language, stem = mark[1:].split(":", 1)
        return _stem(word, language) == stem
    return word == mark[1:] if mark.startswith("=") else word.startswith(mark)


@lru_cache(maxsize=2_048)
def _words(text: str) -> frozenset[str]:
    found = _WORD.findall(folded(text))
    return frozenset(found) | {part for word in found if "-" in word for part in word.split("-")}


@lru_cache(maxsize=4_096)
def _reading(limit: str, language: str) -> Reading:
    """Return what each word of a limit holds for; small words are left out, and those of manner where others stay."""
    data = _data()
    meant = [word for word in _WORD.findall(folded(limit)) if not any(_is(word, mark) for mark in data["small"])]
    named = [word for word in meant if not any(_is(word, mark) for mark in data["manner"])]
    return tuple(_marks(word, language) for word in (named or meant))


def _marks(word: str, language: str) -> frozenset[str]:
    topics = [marks for marks in _topics() if any(_is(word, mark) for mark in marks)]
    if topics:
        return frozenset().union(*topics)
    return frozenset(f"~{one}:{_stem(word, one)}" for one in {language, *_ENDINGS})


@lru_cache(maxsize=8_192)
def _stem(word: str, language: str) -> str:
    for ending in _ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_LEAST:
            return word[: -len(ending)]
    return word


@cache
def _topics() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(marks) for marks in _data()["topics"].values())


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))
