"""Names of walk-ons: drawn by the session's seed, so that whoever has one keeps it through the log."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Final

from core.story.oracle.nouns import Noun
from core.story.oracle.tables import table
from core.story.sentences import folded

NAMED: Final = "name_"
"""A noun `name_fishwife` is the name of that walk-on."""
_WOMEN: Final = ("fishwife", "widow", "netter")
_ANIMALS: Final = ("dog", "cat")


def local_name(seed: bytes, language: str, key: str, heroes: Mapping[str, str | None]) -> Noun:
    """Return the name of a walk-on, other than any hero's and any other walk-on's."""
    taken = frozenset(folded(name) for name in heroes.values() if name)
    kind = key.removeprefix(NAMED)
    group = "women" if kind in _WOMEN else "animals" if kind in _ANIMALS else "men"
    free = [name for name in _shuffled(seed, language, group) if folded(name) not in taken]
    return Noun(free[_place(kind, group) % len(free)], "f" if group == "women" else "m", proper=True)


def _place(kind: str, group: str) -> int:
    """Return a place of its own for each known kind; any other gets one by its letters."""
    order = {"women": _WOMEN, "animals": _ANIMALS}.get(group, ())
    return order.index(kind) if kind in order else sum(kind.encode())


@lru_cache(maxsize=1024)
def _shuffled(seed: bytes, language: str, group: str) -> tuple[str, ...]:
    names = list(table(language, "names")[group])
    Random(sha256(seed + b"|names|" + group.encode()).digest()).shuffle(names)  # noqa: S311 - names, not dice
    return tuple(names)
