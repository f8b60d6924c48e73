"""Books from other programs: SillyTavern's world info, the Character Book of card versions 2 and 3, alone or in a card.

What we do not know of an entry or a book is kept in its `extra`, so that an export gives it back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.game.card import CARDS_MOST, NUMBER_MOST, BookSettings, Card
from core.game.refusal import Refusal
from core.story.lore.decorators import decorated, split_decorators
from core.story.lore.files import json_of
from core.story.lore.forms import (
    CHOICES,
    EXTENSIONS,
    FLAGS,
    LOGICS,
    NUMBERS,
    OURS,
    PLACES,
    POSITIONS,
    ROLES,
    TIMED,
    UNREAD,
)

Json = Mapping[str, Any]
_TEXTS: Final = {"comment", "content", "key", "keysecondary", "group"}
_READ: Final = frozenset(
    {*FLAGS.values(), *CHOICES.values(), *NUMBERS.values(), *TIMED.values(), *_TEXTS, *PLACES}
    | {"disable", "selectiveLogic", "position", "role", "scanDepth", "delayUntilRecursion", "extensions"}
)
_BOOK_READ: Final = frozenset(
    {"entries", "name", "description", "scan_depth", "token_budget", "recursive_scanning", "extensions", "originalData"}
)
_ENTRY_READ: Final = frozenset(
    {"keys", "secondary_keys", "content", "comment", "enabled", "insertion_order", "constant", "selective", "position"}
    | {"case_sensitive", "extensions", "id", "use_regex"}
)


@dataclass(frozen=True)
class Imported:
    """What a file holds: its cards in order, and how their book reads them."""

    cards: tuple[Card, ...]
    settings: BookSettings


def read_file(data: bytes) -> Imported:
    """Return the book in an uploaded file (JSON, or the PNG of a character card).

    Raises Refusal `file_too_large`, `not_a_lorebook`, `no_lore_in_file`, `too_many_cards`. Whether a card is within its
    bounds is settled where it is written (core.game.rules.lore).
    """
    book = _book_in(json_of(data))
    listed = book["entries"]
    entries = list(listed.values()) if isinstance(listed, Mapping) else list(listed)
    if len(entries) > CARDS_MOST:
        raise Refusal("too_many_cards", n=len(entries), most=CARDS_MOST)
    cards = [_card(_as_world_info(e) if "keys" in e else e) for e in entries if isinstance(e, Mapping)]
    said = tuple(card for card in cards if card.text.strip() and (card.constant or card.keys))
    if not said:
        raise Refusal("no_lore_in_file")
    return Imported(said, _settings(book))


def _book_in(value: Any) -> Json:
    """Return the object that has the entries: the file itself, or the book of the card that it is."""
    for _ in range(3):
        if not isinstance(value, Mapping):
            raise Refusal("not_a_lorebook")
        if isinstance(value.get("entries"), Mapping | list):
            return value
        value = value.get("character_book") or value.get("data")
        if value is None:
            break
    raise Refusal("no_lore_in_file")


def _settings(book: Json) -> BookSettings:
    base = BookSettings()
    budget = book.get("token_budget")
    extra = {name: value for name, value in book.items() if name not in _BOOK_READ}
    extensions = book.get("extensions")
    if isinstance(extensions, Mapping) and extensions:
        extra["extensions"] = extensions
    return BookSettings(
        name=_text(book.get("name")),
        description=_text(book.get("description")),
        scan_depth=_number(book.get("scan_depth"), base.scan_depth),
        token_budget=_number(budget, 0) or None,
        recursive=book.get("recursive_scanning") is True,
        extra=extra,
    )


def _as_world_info(entry: Json) -> Json:
    """Return an entry of a Character Book by the names that SillyTavern's world info has for the same."""
    extensions = entry.get("extensions")
    extensions = extensions if isinstance(extensions, Mapping) else {}
    name = _text(entry.get("comment")) or _text(entry.get("name"))
    same = {new: extensions[old] for old, new in EXTENSIONS.items() if old in extensions}
    rest = {old: value for old, value in extensions.items() if old not in EXTENSIONS}
    if entry.get("use_regex") is True:
        rest[OURS] = {**(rest.get(OURS) or {}), "patterns": True}
    unread = {k: v for k, v in entry.items() if k not in _ENTRY_READ and (k, v) != ("name", name)}
    place = "after_char" if entry.get("position") == "after_char" else "before_char"
    return {
        **unread,
        "position": 1 if place == "after_char" else 0,
        "caseSensitive": entry.get("case_sensitive"),
        **same,
        "comment": name,
        "key": entry.get("keys"),
        "keysecondary": entry.get("secondary_keys"),
        "content": entry.get("content"),
        "constant": entry.get("constant"),
        "selective": entry.get("selective"),
        "order": entry.get("insertion_order"),
        "disable": entry.get("enabled") is False,
        "extensions": rest,
    }


def _card(entry: Json) -> Card:
    base, extensions = Card(), entry.get("extensions")
    extensions = dict(extensions) if isinstance(extensions, Mapping) else {}
    ours = extensions.pop(OURS, None)
    ours = ours if isinstance(ours, Mapping) else {}
    decorators, text = split_decorators(_text(entry.get("content")))
    known: dict[str, Any] = {
        **{field: _flag(entry.get(name), default=getattr(base, field)) for field, name in FLAGS.items()},
        **{field: _choice(entry.get(name)) for field, name in CHOICES.items()},
        **{field: _number(entry.get(name), getattr(base, field)) for field, name in NUMBERS.items()},
        **{field: _number(entry.get(name), 0) for field, name in TIMED.items()},
    }
    depth = entry.get("scanDepth")
    card = Card(
        **known,
        name=_text(entry.get("comment")),
        keys=_texts(entry.get("key")),
        secondary=_texts(entry.get("keysecondary")),
        logic=_one_of(LOGICS, entry.get("selectiveLogic")),
        text=text,
        on=entry.get("disable") is not True,
        position=_one_of(POSITIONS, entry.get("position")),
        role=_one_of(ROLES, entry.get("role")),
        groups=tuple(dict.fromkeys(name for part in _text(entry.get("group")).split(",") if (name := part.strip()))),
        scan_depth=None if depth is None else _number(depth, 0),
        delay_until_recursion=_number(entry.get("delayUntilRecursion"), 0),
        patterns=ours.get("patterns") is True,
        accents=ours.get("accents") is True,
        until=_text(ours.get("until")),
        decorators=decorators,
        extra=_extra(entry, extensions),
    )
    return decorated(card)


def _extra(entry: Json, extensions: Json) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in entry.items()
        if name not in _READ and not (name in UNREAD and UNREAD[name] == value)
    }
    return {**kept, "extensions": extensions} if extensions else kept


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    """Return a list of texts; one text is taken for a list with commas, as older files have it."""
    found = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(one for one in found if isinstance(one, str) and one.strip())


def _flag(value: Any, *, default: bool) -> bool:
    return value if isinstance(value, bool) else default


def _choice(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any, default: int) -> int:
    """Return a whole number within bounds; true counts as 1."""
    if not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return default
    return int(max(-NUMBER_MOST, min(NUMBER_MOST, value)))


def _one_of(values: Sequence[Any], number: Any) -> Any:
    known = isinstance(number, int) and 0 <= number < len(values)
    return values[number if known else 0]
