"""Sentences in a text: where they end, how they begin, how alike two tellings are."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_END: Final = re.compile(r"[.!?…]+[”\"’»)]*(?=\s|$)")
_QUOTES: Final = '”"’»'
_GOES_ON: Final = re.compile(r"\s+[a-zà-öø-ÿ]")
"""A quotation whose end is not the end of its sentence: who said it follows."""
_SAID: Final = re.compile(
    r"(?<=[!?…][”\"’»] )(?:says|asks|shouts|calls|whispers|mutters|answers|repeats|"
    r"diz|pergunta|grita|responde|sussurra|chama|murmura|repete)\b"
)
"""Who said it goes on behind a quotation that ends loudly."""
_START: Final = re.compile(r"(^|[.!?…][”\"’»)]*\s+)([“\"‘«(]?)([^\W\d_])", re.UNICODE)
_QUOTED_START: Final = re.compile(r"(“)([^\W\d_])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_STEM: Final = 5
_SHORT: Final = 3


def split(text: str) -> list[str]:
    """Return the sentences of a text; what follows the last end is one more. Quoted speech stays whole."""
    found, start = [], 0
    for match in _END.finditer(text):
        inside = text[start : match.end()]
        if inside.count("“") > inside.count("”"):
            continue
        if inside[-1] in _QUOTES and _GOES_ON.match(text, match.end()):
            continue
        found.append(inside.strip())
        start = match.end()
    rest = text[start:].strip()
    return [sentence for sentence in (*found, rest) if sentence]


def capitalized(text: str) -> str:
    """Return the text with every sentence and every quotation beginning in a capital."""
    text = _START.sub(lambda m: m[0] if _SAID.match(text, m.start(3)) else m[1] + m[2] + m[3].upper(), text)
    return _QUOTED_START.sub(lambda m: m[1] + m[2].upper(), text)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return the text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    return _WORD.findall(folded(text))


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """Return the stems (first letters) of the words that carry meaning."""
    return frozenset(word[:_STEM] for word in words(text) if len(word) > _SHORT)


def overlap(one: str, other: str) -> float:
    """Return how alike two texts are: stems in both over stems in either, 0 to 1."""
    a, b = stems(one), stems(other)
    return len(a & b) / len(a | b) if a and b else 0.0
