"""How much a sentence weighs: promises, debts, secrets, wishes, wounds, rules, names and numbers outweigh scenery."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import snowballstemmer

from core.story.sentences import folded, words

_STEMMERS: Final = {"pt-BR": "portuguese", "en-US": "english"}
_WEIGHTS: Final[Mapping[str, float]] = {"number": 0.7, "thing": 0.5}
_OTHER: Final = 1.0
_NAME: Final = 0.5
_NEW_NAME: Final = 0.7
RARE: Final = 0.12
"""What each word weighs that hardly any other sentence has."""

_NAMES: Final = re.compile(r"(?<=[^\W\d_][ ,;:] )[A-ZÀ-Ý][^\W\d_]+|(?<=[^\W\d_] )[A-ZÀ-Ý][^\W\d_]+")
_SHORT: Final = 2


@dataclass(frozen=True)
class Weighed:
    """What a sentence is made of: stems, names other than heroes', and what its kinds of words weigh."""

    stems: tuple[str, ...]
    names: frozenset[str]
    weight: float


def weighed(sentence: str, language: str, heroes: frozenset[str]) -> Weighed:
    """Return what a sentence is made of; `heroes` are folded names that do not count, since they are everywhere."""
    plain = folded(sentence)
    kinds = [kind for kind, pattern in _patterns(language).items() if pattern.search(plain)]
    names = frozenset(folded(name) for name in _NAMES.findall(sentence)) - heroes
    return Weighed(
        stemmed(sentence, language),
        names,
        sum(_WEIGHTS.get(kind, _OTHER) for kind in kinds) + _NAME * len(names),
    )


def novelty(names: int) -> float:
    """Return what so many names weigh that nobody has said before."""
    return _NEW_NAME * names


def stemmed(text: str, language: str) -> tuple[str, ...]:
    """Return the stems of a text's words of three letters and more."""
    return tuple(_stem(word, language) for word in words(text) if len(word) > _SHORT)


@lru_cache(maxsize=20_000)
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMERS[language])


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """Return a pattern for each kind of words; one that ends in `*` stands for all that begin so."""
    kinds = tomllib.loads((Path(__file__).parent / "importance.toml").read_text("utf-8"))[language]
    found = {}
    for kind, listed in kinds.items():
        ends = [re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in listed.split()]
        found[kind] = re.compile(rf"\b(?:{'|'.join(ends)})\b")
    return found
