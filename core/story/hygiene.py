"""What may leave a storyteller: no mention, disguised link, invite, breaking markdown, control character or code."""

import re
import unicodedata
from typing import Final

NAME_MOST: Final = 40
_INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKUP: Final = re.compile(r"[*_~`|<>@#\[\]()\\{}]")
_MASKED_LINK: Final = re.compile(r"!?\[([^\]]*)\]\s*\([^)]*\)")
_LINK: Final = re.compile(r"(?:\w+://|www\.|discord(?:app)?\.(?:gg|com|me|io)/)\S*", re.IGNORECASE)
_MENTION: Final = re.compile(r"<[@#/:aidt][^>]*>|@(?:everyone|here)\b|@(?=\w)", re.IGNORECASE)
_CODE: Final = re.compile(r"```.*?(?:```|$)|`[^`]*`?", re.DOTALL)
_TAGGED: Final = re.compile(r"</?\w[^>]*>?")
_BREAKING: Final = re.compile(r"\|\||~~|[*_`|\\<>{}\[\]]|^\s*(?:#{1,3}|>{1,3}|-#|[-+])\s+", re.MULTILINE)


def without_controls(text: str) -> str:
    """Return the text without control, invisible and surrogate characters; line breaks and tabs become spaces."""
    spaced = (" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE)


def plain_name(name: str) -> str:
    """Return a name that can stand in a sentence: no markup, one line, at most 40 characters."""
    return " ".join(_MARKUP.sub("", without_controls(name)).split())[:NAME_MOST].strip()


def clean(text: str) -> str:
    """Return prose that cannot ping, link, run or break the message it stands in. Cleaning it again changes nothing."""
    before = ""
    while text != before:
        before = text
        text = without_controls(_BREAKING.sub("", _stripped(text)))
    return " ".join(text.split())


def _stripped(text: str) -> str:
    text = _CODE.sub("", text)
    text = _MASKED_LINK.sub(r"\1", text)
    text = _MENTION.sub("", text)
    text = _LINK.sub("", text)
    return _TAGGED.sub("", text)
