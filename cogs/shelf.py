"""Where lore cards are kept, as the cogs are handed it: they know neither the storyteller nor the forms of files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.game.card import BookSettings, Card
from core.game.log import Loaded


@dataclass(frozen=True)
class Shelved:
    """A session's cards by id. `erased` are the ids of those whose words are gone."""

    cards: Mapping[str, Card]
    settings: BookSettings
    erased: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrived:
    """What a file changes: new cards, known ones by id, settings if they change; `deaf` counts unusable patterns."""

    new: tuple[Card, ...]
    known: dict[str, Card]
    settings: BookSettings | None
    deaf: int


class Shelf(Protocol):
    """Reads a session's cards, takes them from files and gives them back."""

    async def read(self, loaded: Loaded) -> Shelved:
        """Return the cards of a session as it was loaded."""
        ...

    async def arrived(self, content: bytes, shelved: Shelved) -> Arrived:
        """Return what an uploaded file would change. Raises Refusal for what is no book, or past a bound."""
        ...

    async def leaving(self, shelved: Shelved) -> bytes:
        """Return the cards as a file for SillyTavern."""
        ...
