"""Thin checks of what a model wrote: a sentence that fails one is cut."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.story.hygiene import plain_name
from core.story.lint import slips
from core.story.sentences import folded, words

DRIFT_WORDS_LEAST: Final = 5
_FILE: Final = Path(__file__).parent / "checks.toml"


def faults(sentence: str, language: str, names: Mapping[str, str | None], spoke: frozenset[str]) -> list[str]:
    """Return what is wrong with a sentence: `refusal`, `drift`, `speech`, `digit` or a worn phrase.

    `spoke` are the heroes who said something themselves in this turn.
    """
    found = slips(sentence, language)
    if refuses(sentence):
        found.append("refusal")
    if drifts(sentence, language):
        found.append("drift")
    if any(_speaks(sentence, plain_name(name or "")) for hero, name in names.items() if hero not in spoke):
        found.append("speech")
    return found


def refuses(sentence: str) -> bool:
    """Tell whether a model speaks of itself, or declines."""
    said = folded(sentence)
    return any(mark in said for mark in _data()["refusal"])


def drifts(sentence: str, language: str) -> bool:
    """Tell whether a sentence is in the other language, by the small words that only one of them has."""
    said = words(sentence)
    if len(said) < DRIFT_WORDS_LEAST:
        return False
    small = _data()["small_words"]
    counted = {name: sum(word in small[name] for word in said) for name in small}
    return counted[language] < max(count for name, count in counted.items() if name != language)


def _speaks(sentence: str, name: str) -> bool:
    """Tell whether a quotation is given to somebody of this name, before or after it."""
    if not name or not re.search(r"[“\"«]|^\s*[—–-]\s", sentence):
        return False
    verb = "|".join(_data()["speech_verbs"])
    who = re.escape(folded(name))
    said = folded(sentence)
    return bool(re.search(rf"\b{who}\b[^“”\".]{{0,40}}\b(?:{verb})\w*|\b(?:{verb})\w*\s+(?:\w+\s+)?{who}\b", said))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))
