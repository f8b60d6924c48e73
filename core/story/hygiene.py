"""What may leave a storyteller: no mention, disguised link, invite, breaking markdown, control character or code."""

import re
import unicodedata
from typing import Final

NAME_MOST: Final = 40
_INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARKUP: Final = re.compile(r"[*_~`|<>@#\[\]()\\{}]")


def plain_name(name: str) -> str:
    """Return a name that can stand in a sentence: no markup, one line, at most 40 characters."""
    kept = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return " ".join(_MARKUP.sub("", kept).split())[:NAME_MOST].strip()
