"""A session's book of lore cards, as its log and words hold it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from core.game.card import BookSettings, Card, Page
from core.game.log import Loaded, Log
from core.game.state import State
from core.story.lore.matching import Matcher

_KEPT: Final = 32
"""Books that stay ready in a process. One is found by what its words say now, so nothing erased is ever found."""


@dataclass(frozen=True)
class Book:
    """Cards by id in the order they were written, and the secrets that are revealed.

    `unreadable` are the ids of cards whose words were erased.
    """

    cards: Mapping[str, Card]
    settings: BookSettings = field(default_factory=BookSettings)
    revealed: frozenset[str] = frozenset()
    unreadable: tuple[str, ...] = ()

    @cached_property
    def matcher(self) -> Matcher:
        """The keys of the cards that may come up, made ready for matching."""
        return Matcher(self.usable)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Where each usable card stands in the book."""
        return {id_: n for n, id_ in enumerate(self.usable)}

    @cached_property
    def constant(self) -> frozenset[str]:
        """The usable cards that come up without a key."""
        return frozenset(id_ for id_, card in self.usable.items() if card.constant)

    @cached_property
    def deepest(self) -> int:
        """How many texts back any card looks."""
        own = {card.scan_depth for card in self.usable.values() if card.scan_depth is not None}
        return max(own | {self.settings.scan_depth})

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """The rounds, in order, that cards wait for."""
        return tuple(sorted({card.delay_until_recursion for card in self.usable.values()} - {0}))

    @cached_property
    def usable(self) -> Mapping[str, Card]:
        """The cards that are switched on and not behind a secret."""
        return {
            id_: card for id_, card in self.cards.items() if card.on and (not card.until or card.until in self.revealed)
        }


async def read_book(log: Log, loaded: Loaded, state: State | None = None) -> Book:
    """Return the book of a session as of `state` (None: as it was loaded); one round trip, none without cards."""
    state = state or loaded.state
    rows = sorted({*state.lore.values(), *([state.lore_book] if state.lore_book else [])})
    if not rows:
        return Book({})
    words = await log.words(loaded.session_id, rows)
    texts = tuple((row, words.get((row, "cards"), (None, "gm"))[0]) for row in rows)
    return _book(
        texts, tuple(state.lore.items()), frozenset(state.lore_off), state.lore_book, frozenset(state.revealed)
    )


@lru_cache(maxsize=_KEPT)
def _book(
    texts: tuple[tuple[int, str | None], ...],
    lore: tuple[tuple[str, int], ...],
    off: frozenset[str],
    settings_row: int,
    revealed: frozenset[str],
) -> Book:
    pages = {row: msgspec.json.decode(text, type=Page) for row, text in texts if text is not None}
    cards: dict[str, Card] = {}
    unreadable: list[str] = []
    for id_, row in lore:
        card = pages[row].cards.get(id_) if row in pages else None
        if card is None:
            unreadable.append(id_)
        else:
            cards[id_] = replace(card, on=False) if id_ in off else card
    settings = pages[settings_row].settings if settings_row in pages else None
    return Book(cards, settings or BookSettings(), revealed, tuple(unreadable))
