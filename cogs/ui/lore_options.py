"""What a card does beyond its keys, as one line: `order 200; lasts 3; group tavern`, in words of either language."""

import re
from functools import cache
from typing import Any, Final

from msgspec.structs import replace

from core.game.card import Card, Logic
from core.game.refusal import Refusal
from core.i18n import LOCALES, text

_NUMBERS: Final = {"order": "order", "chance": "probability", "lasts": "sticky", "rests": "cooldown", "from": "delay"}
_LOGIC: Final[dict[str, Logic]] = {
    "with_all": "and_all",
    "with": "and_any",
    "without_all": "not_all",
    "without": "not_any",
}
_CODES: Final = (*_NUMBERS, "depth", "look", *_LOGIC, "group", "secret", "accents", "anywhere")
_KEY: Final = re.compile(r"/(?:[^/\\]|\\.)+/[a-z]*(?=\s*(?:,|$))|[^,]+")


def listed(words: str) -> tuple[str, ...]:
    """Return keys out of a line with commas; a comma inside a `/pattern/` belongs to it."""
    return tuple(key for found in _KEY.findall(words.replace("\n", ",")) if (key := found.strip()))


def written(locale: str, card: Card) -> str:
    """Return the line of a card: only what is not as usual."""
    base = Card()
    parts = [
        _part(locale, code, getattr(card, field))
        for code, field in _NUMBERS.items()
        if getattr(card, field) != getattr(base, field)
    ]
    parts += [_part(locale, "depth", card.depth)] if card.position == "at_depth" else []
    parts += [_part(locale, "look", card.scan_depth)] if card.scan_depth is not None else []
    if card.secondary:
        code = next(code for code, logic in _LOGIC.items() if logic == card.logic)
        parts.append(_part(locale, code, ", ".join(card.secondary)))
    parts += [_part(locale, "group", ", ".join(card.groups))] if card.groups else []
    parts += [_part(locale, "secret", card.until)] if card.until else []
    parts += [_word(locale, "accents")] if card.accents else []
    parts += [_word(locale, "anywhere")] if card.whole_words is False else []
    return "; ".join(parts)


def read(line: str, card: Card) -> Card:
    """Return the card as the line wants it; what the line does not name is as usual.

    Raises Refusal `unknown_option` with the part that is not understood.
    """
    base = Card()
    changes: dict[str, Any] = {field: getattr(base, field) for field in _NUMBERS.values()}
    changes |= {"scan_depth": None, "secondary": (), "logic": "and_any", "groups": (), "until": "", "accents": False}
    changes |= {"position": "before", "depth": base.depth} if card.position == "at_depth" else {}
    changes |= {"whole_words": None} if card.whole_words is False else {}
    for part in filter(None, (part.strip() for part in line.split(";"))):
        changes |= _change(part)
    return replace(card, **changes)


def _change(part: str) -> dict[str, Any]:
    for word, code in _words():
        if part.casefold() == word or part.casefold().startswith(f"{word} "):
            return _meant(part, code, part[len(word) :].strip())
    raise Refusal("unknown_option", value=part)


def _meant(part: str, code: str, value: str) -> dict[str, Any]:
    if code in {"accents", "anywhere"} and not value:
        return {"accents": True} if code == "accents" else {"whole_words": False}
    if code in _NUMBERS or code in {"depth", "look"}:
        if not (value.isascii() and value.isdigit() and len(value) <= 5):
            raise Refusal("unknown_option", value=part)
        number = int(value)
        if code == "depth":
            return {"depth": number, "position": "at_depth"}
        return {"scan_depth": number} if code == "look" else {_NUMBERS[code]: number}
    many = listed(value)
    if not many or code in {"accents", "anywhere"}:
        raise Refusal("unknown_option", value=part)
    if code in _LOGIC:
        return {"secondary": many, "logic": _LOGIC[code], "selective": True}
    return {"groups": many} if code == "group" else {"until": value}


def _part(locale: str, code: str, value: object) -> str:
    return f"{_word(locale, code)} {value}"


def _word(locale: str, code: str) -> str:
    return text(locale, f"lore.option.{code}")


@cache
def _words() -> list[tuple[str, str]]:
    """Return every word of both languages with what it means, the longest first."""
    found = {(_word(locale, code).casefold(), code) for locale in LOCALES for code in _CODES}
    return sorted(found, key=lambda pair: (-len(pair[0]), pair))
