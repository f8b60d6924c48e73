"""Lore cards: written, switched and removed by the game master. The log knows them by their ids alone.

A card's content lies in the words of the row that wrote it last, so undo brings an earlier one back.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import field
from msgspec.structs import replace

from core.game.card import (
    BOOK_MOST,
    CARDS_MOST,
    EXTRA_MOST,
    KEY_MOST,
    KEYS_MOST,
    NAME_MOST,
    NUMBER_MOST,
    SETTINGS_MOST,
    TEXT_MOST,
    BookSettings,
    Card,
    Page,
)
from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.state import State
from core.game.world import world

_NUMBERS: Final = ("order", "depth", "probability", "sticky", "cooldown", "delay", "group_weight", "scan_depth")


class WriteCards(Command, frozen=True, kw_only=True):
    """Write cards: new ones, and known ones anew by their id. `settings` are the book's, if they change too."""

    new: tuple[Card, ...] = ()
    known: dict[str, Card] = field(default_factory=dict)
    settings: BookSettings | None = None


class SwitchCard(Command, frozen=True, kw_only=True):
    """Switch a card on or off."""

    card: str
    on: bool


class RemoveCards(Command, frozen=True, kw_only=True):
    """Take cards out of the book."""

    cards: tuple[str, ...]


class CardsWritten(Event, frozen=True, kw_only=True):
    """Cards were written; what they say is in this row's words, `size` characters of them. `off` are switched off."""

    cards: tuple[str, ...]
    size: int = 0
    off: tuple[str, ...] = ()
    settings: bool = False


class CardSwitched(Event, frozen=True, kw_only=True):
    """A card was switched on or off."""

    card: str
    on: bool


class CardsRemoved(Event, frozen=True, kw_only=True):
    """Cards were taken out of the book."""

    cards: tuple[str, ...]


class CardsUsed(Event, frozen=True, kw_only=True):
    """A telling was told with these cards, each with the telling in which it came up."""

    cards: dict[str, int]


@rule(WriteCards, who="gm", when_paused=True)
def write_cards(state: State, command: WriteCards, _: Draws) -> Decision:
    """Accept cards within the bounds of a session's book."""
    _open(state)
    _known(state, command.known)
    if not command.new and not command.known and command.settings is None:
        raise Refusal("no_lore")
    if len(state.lore) + len(command.new) > CARDS_MOST:
        raise Refusal("too_many_cards", n=len(state.lore) + len(command.new), most=CARDS_MOST)
    seq = state.seq + 1
    cards = {**command.known, **{f"{seq}-{n}": card for n, card in enumerate(command.new)}}
    for card in cards.values():
        check(card, state)
    if command.settings and len(msgspec.json.encode(command.settings)) > SETTINGS_MOST:
        raise Refusal("card_too_long", name=command.settings.name[:40], n=SETTINGS_MOST, most=SETTINGS_MOST)
    off = tuple(id_ for id_, card in cards.items() if not card.on)
    # Whether a card is on stands in the state, so that its words need not be written anew for it
    page = msgspec.json.encode(Page({id_: replace(card, on=True) for id_, card in cards.items()}, command.settings))
    written = page.decode()
    if sum(state.lore_pages.values()) + len(written) > BOOK_MOST:
        raise Refusal("book_too_long", most=BOOK_MOST)
    return Decision(
        (CardsWritten(cards=tuple(cards), size=len(written), off=off, settings=command.settings is not None, to="gm"),),
        {"new": len(command.new), "changed": len(command.known)},
        (Words("cards", written, command.by, "gm"),),
    )


@applies(CardsWritten)
def _cards_written(state: State, event: CardsWritten, seq: int) -> State:
    written = set(event.cards)
    changed = state.step(seq, "lore").with_(
        lore={**state.lore, **dict.fromkeys(event.cards, seq)},
        lore_pages={**state.lore_pages, seq: event.size},
        lore_off=(*(card for card in state.lore_off if card not in written), *event.off),
        lore_since={card: turn for card, turn in state.lore_since.items() if card not in written},
        lore_book=seq if event.settings else state.lore_book,
    )
    return _without_empty_pages(changed)


@rule(SwitchCard, who="gm", when_paused=True)
def switch_card(state: State, command: SwitchCard, _: Draws) -> Decision:
    """Switch a card that is in the book."""
    _open(state)
    _known(state, (command.card,))
    return Decision((CardSwitched(card=command.card, on=command.on, to="gm"),))


@applies(CardSwitched)
def _card_switched(state: State, event: CardSwitched, seq: int) -> State:
    off = tuple(card for card in state.lore_off if card != event.card)
    return state.step(seq, "lore").with_(lore_off=off if event.on else (*off, event.card))


@rule(RemoveCards, who="gm", when_paused=True)
def remove_cards(state: State, command: RemoveCards, _: Draws) -> Decision:
    """Take out cards that are in the book."""
    _open(state)
    _known(state, command.cards)
    return Decision((CardsRemoved(cards=command.cards, to="gm"),), {"removed": len(command.cards)})


@applies(CardsRemoved)
def _cards_removed(state: State, event: CardsRemoved, seq: int) -> State:
    gone = set(event.cards)
    changed = state.step(seq, "lore").with_(
        lore={card: row for card, row in state.lore.items() if card not in gone},
        lore_off=tuple(card for card in state.lore_off if card not in gone),
        lore_since={card: turn for card, turn in state.lore_since.items() if card not in gone},
    )
    return _without_empty_pages(changed)


@applies(CardsUsed)
def _cards_used(state: State, event: CardsUsed, _: int) -> State:
    return state.with_(lore_since={**state.lore_since, **event.cards})


def check(card: Card, state: State) -> None:
    """Raise Refusal when a card is past a bound or names a secret that this world has not."""
    if not card.text.strip():
        raise Refusal("card_empty", name=card.name[:40])
    if not card.constant and not any(key.strip() for key in card.keys):
        raise Refusal("card_without_keys", name=card.name[:40])
    _at_most(card, len(card.text), TEXT_MOST)
    _at_most(card, len(card.name), NAME_MOST)
    _at_most(card, len(card.keys), KEYS_MOST)
    _at_most(card, len(card.secondary), KEYS_MOST)
    _at_most(card, len(card.groups), KEYS_MOST)
    _at_most(card, max(map(len, (*card.keys, *card.secondary, *card.groups)), default=0), KEY_MOST)
    _at_most(card, max(abs(getattr(card, number) or 0) for number in _NUMBERS), NUMBER_MOST)
    _at_most(card, len(msgspec.json.encode((card.decorators, card.extra))), EXTRA_MOST)
    if card.until and card.until not in world(state.world).secrets:
        raise Refusal("unknown_value", value=card.until[:40])


def _without_empty_pages(state: State) -> State:
    """Return the state without the sizes of rows that hold nothing of the book any more."""
    held = {*state.lore.values(), state.lore_book}
    return state.with_(lore_pages={row: size for row, size in state.lore_pages.items() if row in held})


def _at_most(card: Card, n: int, most: int) -> None:
    if n > most:
        raise Refusal("card_too_long", name=card.name[:40], n=n, most=most)


def _known(state: State, cards: Iterable[str] | Mapping[str, Card]) -> None:
    if any(card not in state.lore for card in cards):
        raise Refusal("card_gone")


def _open(state: State) -> None:
    if state.status == "ended":
        raise Refusal("no_table")
