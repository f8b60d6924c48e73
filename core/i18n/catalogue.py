"""Catalogues: one folder a language, one TOML file a topic, the same keys in both.

A key is `topic.name` or `topic.group.name`. A message with plural forms is a table of CLDR categories
(`one`, `other`) and is chosen by the value named `n`.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale

LOCALES: Final = ("pt-BR", "en-US")
_PLURAL_FORMS: Final = {"zero", "one", "two", "few", "many", "other"}
_THOUSANDS: Final = {"pt-BR": ".", "en-US": ","}

Message = str | Mapping[str, str]


def locale_of(discord_locale: str | None) -> str:
    """Return the catalogue that serves a Discord locale such as `pt-BR`, `en-GB` or `fr`."""
    return "pt-BR" if (discord_locale or "").startswith("pt") else "en-US"


def text(locale: str, key: str, /, **data: object) -> str:
    """Return the sentence `key` in `locale` with `data` filled in.

    Whole numbers from 1,000 get the language's own thousands mark. Raises KeyError for an unknown key.
    """
    message = _messages(locale)[key]
    if not isinstance(message, str):
        n = data.get("n")
        message = message[_plural(locale)(n) if isinstance(n, int) else "other"]
    if not data:
        return message.format() if "{" in message else message
    return message.format(**{name: _shown(locale, value) for name, value in data.items()})


def template(locale: str, key: str) -> Message:
    """Return the message as it stands in the catalogue: a string, or its plural forms by category."""
    return _messages(locale)[key]


def keys(locale: str) -> frozenset[str]:
    """Return every key of a catalogue."""
    return frozenset(_messages(locale))


def _shown(locale: str, value: object) -> object:
    if type(value) is int and abs(value) >= 1_000:
        return f"{value:,}".replace(",", _THOUSANDS[locale])
    return value


@cache
def _plural(locale: str) -> Callable[[int], str]:
    rule = Locale.parse(locale, sep="-").plural_form
    return lambda n: "one" if rule(n) == "one" else "other"


@cache
def _messages(locale: str) -> dict[str, Message]:
    folder = Path(__file__).parent / locale
    found: dict[str, Message] = {}
    for file in sorted(folder.glob("*.toml")):
        found.update(_flat(file.stem, tomllib.loads(file.read_text("utf-8"))))
    return found


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, Message]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, Mapping) and "other" in value and set(value) <= _PLURAL_FORMS:
            yield key, {form: str(sentence) for form, sentence in value.items()}
        elif isinstance(value, Mapping):
            yield from _flat(key, value)
        else:
            raise TypeError(f"{key}: a message is a string or a table")
