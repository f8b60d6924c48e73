"""Words that are not ours, as data in a prompt: escaped, bounded, inside a mark."""

from collections.abc import Mapping
from typing import Final

from core.story.hygiene import plain_name, without_controls
from core.story.turn import Deed

SAID_MOST: Final = 500


def escaped(text: str, most: int) -> str:
    """Return foreign words as data: `&<>` escaped, no control or invisible character, at most `most` characters."""
    kept = without_controls(text)[:most]
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def entry(text: str, most: int = SAID_MOST) -> str:
    """Return foreign words as one line of a layer."""
    return " ".join(escaped(text, most).split())


def said(deed: Deed, names: Mapping[str, str | None]) -> str:
    """Return a player's words, marked as that."""
    to = f' to="{deed.figure}"' if deed.figure else ""
    return f'<said by="{name(names, deed.hero)}"{to} seq="{deed.seq}">{escaped(deed.text, SAID_MOST)}</said>'


def name(names: Mapping[str, str | None], hero: str) -> str:
    """Return a hero's name, safe inside an attribute; the id where it was erased."""
    return escaped(plain_name(names.get(hero) or "") or hero or "a player", 40).replace('"', "'")
