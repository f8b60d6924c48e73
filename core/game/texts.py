"""What people write, bounded and cleaned before a rule looks at it."""

import unicodedata
from typing import Final

from core.game.refusal import Refusal

TEXT_MOST: Final = 500
NAME_MOST: Final = 40

_KEPT_CONTROLS: Final = {"\n"}


def cleaned(text: str, most: int = TEXT_MOST) -> str:
    """Return the text without control, invisible and surrogate characters and outer spaces.

    Raises Refusal `empty_text` when nothing is left, `text_too_long` past `most` characters.
    """
    if len(text) > 4 * most:
        raise Refusal("text_too_long", n=len(text), most=most)
    kept = "".join(c for c in text if c in _KEPT_CONTROLS or unicodedata.category(c) not in _INVISIBLE).strip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in kept):
        raise Refusal("empty_text")
    if len(kept) > most:
        raise Refusal("text_too_long", n=len(kept), most=most)
    return kept


_INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def name(text: str) -> str:
    """Return a name on one line of at most 40 characters."""
    return " ".join(cleaned(text, NAME_MOST).split())
