"""Decorators of card version 3: lines `@@name value` on top of an entry's content."""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from core.game.card import NUMBER_MOST, Card

_LINES_MOST: Final = 20
_PLACES: Final = {"before_desc": "before", "after_desc": "after"}
_ROLES: Final = ("system", "user", "assistant")


def split_decorators(content: str) -> tuple[tuple[str, ...], str]:
    """Return the decorator lines on top of a content, and the text below them."""
    lines: list[str] = []
    rest = content
    while rest.startswith("@@") and len(lines) < _LINES_MOST:
        line, _, rest = rest.partition("\n")
        lines.append(line)
    return tuple(lines), rest


def decorated(card: Card) -> Card:
    """Return the card as its decorators want it; those that we do not know change nothing."""
    for line in card.decorators:
        name, _, value = line.removeprefix("@@").partition(" ")
        if name in _KNOWN:
            card = replace(card, **_KNOWN[name](value.strip()))
    return card


def _number(field: str, **more: Any) -> Callable[[str], dict[str, Any]]:
    def read(value: str) -> dict[str, Any]:
        known = value.isascii() and value.isdigit() and len(value) < 7
        return {field: min(int(value), NUMBER_MOST), **more} if known else {}

    return read


_KNOWN: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "activate": lambda _: {"constant": True},
    "dont_activate": lambda _: {"on": False},
    "activate_only_after": _number("delay"),
    "depth": _number("depth", position="at_depth"),
    "scan_depth": _number("scan_depth"),
    "position": lambda value: {"position": _PLACES[value]} if value in _PLACES else {},
    "role": lambda value: {"role": value} if value in _ROLES else {},
}
