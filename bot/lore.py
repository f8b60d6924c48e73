"""The shelf of lore cards that the cogs are handed."""

import asyncio

from msgspec.structs import replace

from cogs.shelf import Arrived, Shelved
from core.game.card import BookSettings, Card
from core.game.log import Loaded, Log
from core.story.lore.book import read_book
from core.story.lore.export import write_file
from core.story.lore.imports import read_file
from core.story.lore.matching import Matcher


class LoreShelf:
    """Lore cards in a log; files are read and written beside the event loop."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def read(self, loaded: Loaded) -> Shelved:
        """Return the cards of a session as it was loaded."""
        book = await read_book(self._log, loaded)
        return Shelved(book.cards, book.settings, book.unreadable)

    async def arrived(self, content: bytes, shelved: Shelved) -> Arrived:
        """Return what an uploaded file would change. Raises Refusal for what is no book, or past a bound."""
        return await asyncio.to_thread(_arrived, content, shelved)

    async def leaving(self, shelved: Shelved) -> bytes:
        """Return the cards as a file for SillyTavern."""
        return await asyncio.to_thread(write_file, shelved.cards, shelved.settings)


def _arrived(content: bytes, shelved: Shelved) -> Arrived:
    """A card of the same name and keys as a known one takes its place; one that says the same changes nothing."""
    imported = read_file(content)
    known_by = {(card.name, card.keys): id_ for id_, card in reversed(list(shelved.cards.items()))}
    new: list[Card] = []
    known: dict[str, Card] = {}
    for card in imported.cards:
        id_ = known_by.pop((card.name, card.keys), "")
        if not id_:
            new.append(card)
        elif card != shelved.cards[id_]:
            known[id_] = card
    settings = imported.settings if imported.settings not in (BookSettings(), shelved.settings) else None
    arriving = {str(n): replace(card, on=True) for n, card in enumerate((*new, *known.values()))}
    return Arrived(tuple(new), known, settings, len(Matcher(arriving).unusable))
