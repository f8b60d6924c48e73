"""A sentence in words: what stands in quotation marks, in which part and clause, and what is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.story.sentences import folded

MOST: Final = 120
_TOKEN: Final = re.compile(
    r"n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|[^\W\d_]+(?:-[^\W\d_]+)*?(?=n['’]t\b)|[^\W\d_]+|\d+|[\"“”«»,;:.!?…—–(]"
)
_QUOTES: Final = frozenset('"“”«»')
_ENDS: Final = frozenset(".!?…")
_BREAKS: Final = frozenset(",;:—–(")
_WHOLE: Final = {"ca": "can", "wo": "will", "n’t": "not", "n't": "not"}


_TOLD_APART: Final = frozenset({"dá", "é", "está", "à", "às"})


def bare(word: str) -> str:
    """Return a word in small letters without accents, but where the accent makes it another word."""
    small = word.casefold()
    return small if small in _TOLD_APART else folded(word)


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark. `part` counts sentences inside, `clause` what commas and the like divide."""

    word: str
    raw: str
    start: int
    end: int
    quoted: bool
    part: int
    clause: int
    first: bool


@dataclass(frozen=True)
class Words:
    """The words of a sentence; `asked` are the parts that end in a question mark."""

    tokens: Sequence[Token]
    words: Sequence[str]
    asked: frozenset[int]
    quotes: bool


@lru_cache(maxsize=256)
def words_of(sentence: str) -> Words:
    """Divide a sentence into words, at most MOST."""
    tokens: list[Token] = []
    asked: set[int] = set()
    quoted, part, clause, first = False, 0, 0, True
    quotes = False
    for match in _TOKEN.finditer(sentence):
        raw = match[0]
        if len(tokens) >= MOST:
            break
        if raw in _QUOTES:
            quoted, quotes = not quoted, True
            tokens.append(Token('"', raw, *match.span(), quoted=True, part=part, clause=clause, first=False))
            clause, first = clause + 1, True
            continue
        word = bare(raw.replace("’", "'"))
        word = _WHOLE.get(word, word)
        tokens.append(Token(word, raw, *match.span(), quoted=quoted, part=part, clause=clause, first=first))
        first = False
        if raw in _ENDS:
            if raw == "?" and not quoted:
                asked.add(part)
            first, clause = True, clause + 1
            part += not quoted
        elif raw in _BREAKS:
            clause += 1
    return Words(tuple(tokens), tuple(token.word for token in tokens), frozenset(asked), quotes)
