"""Which cards of a book a telling is given: what is heard, what lasts or rests, groups, chance, rounds and a budget.

Chance is drawn from the session's seed, the telling and the card, so that a rerun chooses the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Literal

from core.game.card import Card, Position, Role
from core.story.lore.book import Book
from core.story.lore.groups import Candidate, winners

ROUNDS_MOST: Final = 8
"""Times that what was chosen is itself looked through for keys."""
CHOSEN_MOST: Final = 64
_HASH_RANGE: Final = 2**64

Why = Literal["constant", "lasting", "heard", "followed"]
Used = int
"""The telling, from 1 on, in which a card came up that lasts a while or rests afterwards."""


@dataclass(frozen=True)
class Chosen:
    """A card that a telling is given, and why: `key` was heard in the texts, or (followed) in another card.

    A higher `order` stands closer to the end; `depth` counts from the end when the position is at_depth. `since` is
    what `history` should hold of it from here on, 0 for nothing.
    """

    id: str
    text: str
    position: Position
    depth: int
    order: int
    why: Why
    key: str = ""
    name: str = ""
    role: Role = "system"
    since: Used = 0


def choose(
    book: Book, scan: Sequence[str], turn: int, history: Mapping[str, Used], *, seed: bytes, budget_tokens: int
) -> tuple[Chosen, ...]:
    """Return the cards of a telling, by rising order.

    `scan` are the recent tellings and deeds as the table reads them, oldest first; `turn` is the number of this
    telling, from 1 on; `history` is the state's `lore_since`. Tokens are counted as four characters each.
    """
    if not book.usable:
        return ()
    choosing = _Choosing(book, scan, turn, history, seed=seed, budget=budget_tokens)
    choosing.run()
    return choosing.result()


def used(chosen: Iterable[Chosen]) -> dict[str, Used]:
    """Return what a Tell command says of the cards it was told with."""
    return {one.id: one.since for one in chosen if one.since}


class _Choosing:
    """One choice under way."""

    def __init__(
        self, book: Book, scan: Sequence[str], turn: int, history: Mapping[str, Used], *, seed: bytes, budget: int
    ) -> None:
        self._book, self._turn, self._history, self._seed = book, turn, history, seed
        self._depth = book.settings.scan_depth
        self._heard = book.matcher.hear(scan[::-1][: book.deepest])
        self._followed: set[int] = set()
        own = book.settings.token_budget
        self._most = self._room = budget if own is None else min(own, budget)
        self._over = False
        self._taken: dict[str, Chosen] = {}
        self._lost: set[str] = set()
        self._taken_groups: set[str] = set()
        self._recursing = False
        self._levels = list(book.levels)
        self._level = self._levels.pop(0) if self._levels else 0

    def run(self) -> None:
        """Choose in rounds until nothing follows."""
        for _ in range(ROUNDS_MOST + 1):
            fresh = self._round()
            texts = [self._book.cards[id_].text for id_ in fresh if not self._book.cards[id_].prevent_recursion]
            if self._book.settings.recursive and texts and not self._over:
                self._followed.update(self._book.matcher.hear(texts))
            elif self._recursing and self._levels:
                self._level = self._levels.pop(0)
            elif self._recursing or not self._level:
                return
            self._recursing = True

    def result(self) -> tuple[Chosen, ...]:
        """Return what was chosen, by rising order; among equals as the book has them."""
        return tuple(sorted(self._taken.values(), key=lambda one: (one.order, self._book.order[one.id])))

    def _round(self) -> list[str]:
        book = self._book
        asked = book.matcher.cards_with({*self._heard, *self._followed}) | book.constant | self._history.keys()
        known = sorted(asked & book.order.keys(), key=book.order.__getitem__)
        found = [one for id_ in known if (one := self._candidate(id_, book.usable[id_]))]
        found.sort(key=lambda one: (one.why != "constant", one.why != "lasting", -one.card.order))
        kept = winners(found, self._taken_groups, self._draw)
        return [one.id for one in kept if self._take(one)]

    def _candidate(self, id_: str, card: Card) -> Candidate | None:
        """Return the card if it comes up in this round."""
        if id_ in self._taken or id_ in self._lost or self._turn <= card.delay:
            return None
        lasting, resting = self._timed(id_, card)
        if lasting:
            return Candidate(id_, card, "lasting")
        if resting or (self._recursing and card.exclude_recursion):
            return None
        if card.delay_until_recursion and not (self._recursing and card.delay_until_recursion <= self._level):
            return None
        return Candidate(id_, card, "constant") if card.constant else self._by_keys(id_, card)

    def _by_keys(self, id_: str, card: Card) -> Candidate | None:
        keys, depth = self._book.matcher.keys[id_], self._depth_of(card)
        primary = [(number, key) for number, key in keys.primary if self._hears(number, depth)]
        if not primary:
            return None
        score = len(primary)
        if card.selective and keys.secondary:
            heard = sum(self._hears(number, depth) for number in keys.secondary)
            if not _allowed(card, heard, len(keys.secondary)):
                return None
            score += heard if card.logic in {"and_any", "and_all"} else 0
        number, key = primary[0]
        direct = self._heard.get(number, depth) < depth
        return Candidate(id_, card, "heard" if direct else "followed", key, score)

    def _hears(self, number: int, depth: int) -> bool:
        return self._heard.get(number, depth) < depth or number in self._followed

    def _take(self, one: Candidate) -> bool:
        card = one.card
        uncertain = one.why != "lasting" and card.use_probability and card.probability < 100
        if uncertain and self._draw(one.id, "chance") * 100 >= card.probability:
            self._lost.add(one.id)
            return False
        tokens = -(-len(card.text) // 4)
        least = -self._most if card.ignore_budget else 0
        if self._room - tokens < least or (self._over and not card.ignore_budget) or len(self._taken) >= CHOSEN_MOST:
            self._over = True
            return False
        self._room -= tokens
        self._taken_groups.update(card.groups)
        self._taken[one.id] = self._chosen(one)
        return True

    def _chosen(self, one: Candidate) -> Chosen:
        card, since = one.card, 0
        if card.sticky or card.cooldown:
            since = self._history[one.id] if one.why == "lasting" else self._turn
        return Chosen(
            one.id, card.text, card.position, card.depth, card.order, one.why, one.key, card.name, card.role, since
        )

    def _timed(self, id_: str, card: Card) -> tuple[bool, bool]:
        """Tell whether a card that came up earlier still lasts, and whether it rests."""
        since = self._history.get(id_, 0)
        passed = self._turn - since
        if not since or passed <= 0:
            return False, False
        lasting = passed <= card.sticky
        return lasting, not lasting and passed <= card.sticky + card.cooldown

    def _depth_of(self, card: Card) -> int:
        return self._depth if card.scan_depth is None else card.scan_depth

    def _draw(self, *about: str) -> float:
        """Return a number from 0 up to 1 that is always the same for the same telling and matter."""
        said = f"{self._turn}\0{chr(0).join(about)}".encode()
        return int.from_bytes(blake2b(said, key=self._seed[:64], digest_size=8).digest()) / _HASH_RANGE


def _allowed(card: Card, heard: int, of: int) -> bool:
    """Tell whether so many of the secondary keys let the card come up."""
    match card.logic:
        case "and_any":
            return heard > 0
        case "and_all":
            return heard == of
        case "not_any":
            return heard == 0
        case "not_all":
            return heard < of
