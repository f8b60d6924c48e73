"""Whom and what a sentence is about: words with gender and number, and where a session's are found."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from core.game.state import Pronoun, State
from core.i18n import keys, text
from core.story.hygiene import plain_name
from core.story.oracle.tables import table

Gender = Literal["f", "m", "e", "n", "u"]
_GENDERS: Final[Mapping[Pronoun, Gender]] = {"she": "f", "he": "m", "they": "e", "unknown": "u"}


@dataclass(frozen=True)
class Noun:
    """A word that a slot can be filled with.

    `gender`: f, m, e (elu, they), n (it), u (unknown: only the name is safe). A proper noun takes no article.
    `an` is the English article before a vowel's sound.
    """

    word: str
    gender: Gender
    plural: bool = False
    proper: bool = False
    an: bool = False


@cache
def thing(language: str, key: str) -> Noun:
    """Return the noun `key` of the world or of the table of nouns. Raises KeyError."""
    flags, _, own = table(language, "nouns")["nouns"][key].partition(" ")
    return Noun(own or _world_word(language, key), _gender(flags), "s" in flags, "P" in flags, "a" in flags)


def _gender(flags: str) -> Gender:
    return next((g for g in ("f", "m", "e", "u") if g in flags), "n")


def _world_word(language: str, key: str) -> str:
    for kind in ("place", "item", "figure", "kind"):
        if f"world.{kind}.{key}" in keys(language):
            return text(language, f"world.{kind}.{key}")
    raise KeyError(key)


def hero_noun(state: State, names: Mapping[str, str | None], hero: str) -> Noun:
    """Return a hero's name with the pronoun its player chose; without a name, a word that fits anyone."""
    name = plain_name(names.get(hero) or "")
    if not name:
        return thing(state.language, "nameless")
    return Noun(name, _GENDERS[state.heroes[hero].pronoun], proper=True)


def joined(nouns: list[Noun], language: str) -> Noun:
    """Return several people as one noun: `Lia, Bento e Kim`; only verbs agree with it."""
    if len(nouns) == 1:
        return nouns[0]
    last = {"pt-BR": " e ", "en-US": " and "}[language]
    named = ", ".join(noun.word for noun in nouns[:-1])
    return Noun(f"{named}{last}{nouns[-1].word}", "u", plural=True, proper=True)


def figure_noun(state: State, figure: str, language: str = "") -> Noun:
    """Return a figure's name or its kind's word, in the session's language or another."""
    return thing(language or state.language, state.figures[figure].kind)
