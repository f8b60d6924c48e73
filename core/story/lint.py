"""Worn phrases and digits that no telling may hold, from the lists of the voice guide."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from core.story.sentences import folded

_FILE: Final = Path(__file__).parent / "worn.toml"
_DIGIT: Final = re.compile(r"\d")


def slips(text: str, language: str) -> list[str]:
    """Return the worn phrases in a text, and `digit` where one stands."""
    found = [phrase for phrase, pattern in _patterns(language) if pattern.search(folded(text))]
    return [*found, "digit"] if _DIGIT.search(text) else found


@cache
def _patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    worn = tomllib.loads(_FILE.read_text("utf-8"))[language]
    return tuple((phrase, _pattern(phrase)) for phrase in worn)


def _pattern(phrase: str) -> re.Pattern[str]:
    """`*` is up to three words, `/` or between two words; words match from their start."""
    parts: list[str] = []
    for word in folded(phrase).replace(",", " ,").split():
        if word == "*":
            parts.append(r"(?:[\w’']+\s*){0,3}?")
        elif word == ",":
            parts.append(r",\s*")
        else:
            choices = "|".join(re.escape(one) for one in word.split("/"))
            parts.append(rf"\b(?:{choices})\w*[\s]*")
    return re.compile("".join(parts))
