"""Two letters (or one and a number) for each token, no two alike where that can be."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import normalize

from core.maps.board import Token

_WORD: Final = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ]+")


def initials(tokens: Sequence[Token]) -> dict[str, str]:
    """Return letters by token id: `Li` for Lia, `GA` for Goblin A, `O10` for Orc 10.

    Where two would meet, the later takes the next that is free. Depends only on the tokens and their order.
    Names that the map's font cannot write get a number.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for number, token in enumerate(tokens, 1):
        choices = [*_choices(token.name), *(f"{letter}{digit}" for letter in "T" for digit in range(10))]
        letters = next((choice for choice in choices if choice.casefold() not in taken), str(number))
        taken.add(letters.casefold())
        found[token.id] = letters
    return found


def _choices(name: str) -> Iterator[str]:
    words = _WORD.findall(normalize("NFC", name)) or _WORD.findall(normalize("NFKD", name))
    if not words:
        return
    first = words[0]
    if len(words) > 1:
        last = words[-1]
        yield first[0].upper() + (last if last.isdecimal() and len(last) <= 2 else last[0].upper())
    if len(first) == 1:
        yield first.upper()
    for letter in first[1:]:
        yield first[0].upper() + letter.lower()
    for digit in range(2, 10):
        yield f"{first[0].upper()}{digit}"
