"""How people, characters and their words are shown: in one line, and unable to break it."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from core.game.state import Hero, State
from core.i18n import keys, text

_MARKS: Final = re.compile(r"[\\*_~|`\[\]<]|^[ \t]*[-#>]", re.MULTILINE)
_ESCAPE: Final = re.compile(r"\\(.)")
_FIGURE: Final = "world.figure."


def escaped(words: str) -> str:
    """Return somebody's words so that they show as written: no formatting, link or mention comes of them."""
    if not _MARKS.search(words):
        return words
    return _MARKS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", words)


def plain(shown: str) -> str:
    """Return an escaped text for places that show no formatting, such as suggestions."""
    return _ESCAPE.sub(r"\1", shown)


def one_line(words: str, most: int = 80) -> str:
    """Return a name or label on one line, bounded and escaped."""
    line = " ".join(words.split())
    return escaped(line if len(line) <= most else f"{line[: most - 1]}…")


def mention(person: int) -> str:
    """Return a person as Discord shows them by name; messages of ours never ping."""
    return f"<@{person}>"


def hero_name(locale: str, names: Mapping[str, str | None], hero: str) -> str:
    """Return a character's name, escaped; people may have erased it."""
    found = names.get(hero)
    return one_line(found) if found else text(locale, "table.nameless")


def who_is(locale: str, state: State, names: Mapping[str, str | None], who: str) -> str:
    """Return what a hero, a figure, a clock or the scene is called."""
    if who in state.heroes:
        return hero_name(locale, names, who)
    if who in state.figures:
        kind = state.figures[who].kind
        number = who.removeprefix(kind)
        return f"{text(locale, f'world.kind.{kind}')} {number}".strip()
    if who in state.clocks:
        return text(locale, f"world.clock.{who}")
    return text(locale, "gm.scene") if who == "scene" else one_line(who, 40)


def archetype(locale: str, hero: Hero) -> str:
    """Return what a character is, in the gender that its player chose."""
    group = {"he": "archetype"}.get(hero.pronoun, f"archetype_{hero.pronoun}")
    return text(locale, f"world.{group}.{hero.archetype}")


def listed(locale: str, names: Sequence[str]) -> str:
    """Return names as a sentence lists them: `A, B e C`."""
    if len(names) < 2:
        return "".join(names)
    return text(locale, "table.and", rest=", ".join(names[:-1]), last=names[-1])


def addressed(words: str) -> str:
    """Return the figure whose name these words hold, or an empty string."""
    heard = set(re.findall(r"\w+", words.casefold()))
    return next((figure for name, figure in _figures().items() if name in heard), "")


@cache
def _figures() -> dict[str, str]:
    found = sorted(key for key in keys("en-US") if key.startswith(_FIGURE))
    return {text(locale, key).casefold(): key.removeprefix(_FIGURE) for key in found for locale in ("en-US", "pt-BR")}
