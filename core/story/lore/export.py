"""A book as SillyTavern reads it: world info in JSON, with all that came in by an import."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.game.card import BookSettings, Card
from core.story.lore.forms import CHOICES, FLAGS, LOGICS, NUMBERS, OURS, POSITIONS, ROLES, TIMED, UNREAD


def write_file(cards: Mapping[str, Card], settings: BookSettings) -> bytes:
    """Return a book as a world info file, entries in the order of the cards."""
    book: dict[str, Any] = {
        **settings.extra,
        "name": settings.name,
        "description": settings.description,
        "scan_depth": settings.scan_depth,
        "token_budget": settings.token_budget,
        "recursive_scanning": settings.recursive,
        "entries": {str(uid): _entry(uid, card) for uid, card in enumerate(cards.values())},
    }
    return msgspec.json.format(msgspec.json.encode(book), indent=2)


def _entry(uid: int, card: Card) -> dict[str, Any]:
    ours = {
        name: value
        for name, value in (("patterns", card.patterns), ("accents", card.accents), ("until", card.until))
        if value
    }
    extensions = {**card.extra.get("extensions", {}), **({OURS: ours} if ours else {})}
    return {
        **UNREAD,
        **card.extra,
        "uid": uid,
        "displayIndex": uid,
        "comment": card.name,
        "key": card.keys,
        "keysecondary": card.secondary,
        "content": "\n".join((*card.decorators, card.text)),
        "disable": not card.on,
        "selectiveLogic": LOGICS.index(card.logic),
        "position": POSITIONS.index(card.position),
        "role": ROLES.index(card.role),
        "group": ", ".join(card.groups),
        "scanDepth": card.scan_depth,
        "delayUntilRecursion": card.delay_until_recursion,
        **{name: getattr(card, field) for field, name in (FLAGS | CHOICES | NUMBERS).items()},
        **{name: getattr(card, field) or None for field, name in TIMED.items()},
        **({"extensions": extensions} if extensions else {}),
    }
