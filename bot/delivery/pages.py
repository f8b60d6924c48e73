"""A text cut into messages: at sentence ends, at most 2,000 characters each."""

import re
from typing import Final

MOST: Final = 1_900
"""Characters of a page; what is left of Discord's 2,000 is for the mechanics line."""
_SENTENCE_END: Final = re.compile(r"[.!?…][\"”’)]*(?=\s)|\n")


def pages(text: str, most: int = MOST) -> list[str]:
    """Return the text in pages. Growing the text never changes a page but the last."""
    found: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        ends = [m.end() for m in _SENTENCE_END.finditer(rest, 0, most)]
        cut = ends[-1] if ends else rest.rfind(" ", 0, most)
        cut = cut if cut > 0 else most
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest or not found else found
