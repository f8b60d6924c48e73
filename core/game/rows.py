"""Log rows: how they are written, read back at any schema, folded into a state, and which of them still stand."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final, Union

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

import core.game.rules as _rules  # the rules register their events when imported
from core.game.registry import Event, apply, event_types
from core.game.rules.gm import Rewound
from core.game.rules.lore import CardsRemoved, CardSwitched, CardsWritten
from core.game.rules.rounds import TableSet
from core.game.rules.safety import SceneCut
from core.game.rules.spending import BudgetSet
from core.game.rules.table import Ended, Joined, Left, Paused, Renamed, Resumed, Returned, Started, opened
from core.game.rules.talk import Questioned
from core.game.rules.telling import Answered
from core.game.rules.whispers import Whispered
from core.game.state import STATE_SCHEMA, Hero, State

EVENTS_SCHEMA: Final = 1
SNAPSHOT_EVERY: Final = 100

# A schema's events, as plain JSON values, brought to the next schema. One entry a change, never removed.
UPCASTS: Final[dict[int, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]]] = {}

# What an undo of the story leaves alone: the people and the table, and what one of them asked in private
_SEATS: Final = (Joined, Renamed, Returned, Left)
_STAYS: Final = (*_SEATS, Paused, Resumed, Ended, TableSet, BudgetSet, Questioned, Answered, Whispered)
_KEPT: Final = ("rolls", "hidden_rolls", "status", "gather", "absence", "rating", "cut", "questions", "budget")
_PREPARED: Final = (CardsWritten, CardSwitched, CardsRemoved)
_PREPARED_STATE: Final = ("lore", "lore_pages", "lore_off", "lore_book")
_ = _rules


class Row(Struct, frozen=True):
    """One accepted command."""

    session_id: int
    seq: int
    key: str
    actor: int
    events: tuple[Event, ...]
    answer: dict[str, str | int] = field(default_factory=dict)
    at: datetime | None = None
    reference: str = ""


class StoredRow(Struct, frozen=True):
    """A row as PostgreSQL hands it over in JSON: the events still undecoded."""

    seq: int
    key: str
    actor: int
    schema: int
    events: msgspec.Raw
    answer: dict[str, str | int]
    at: datetime | None = None
    reference: str = ""

    def row(self, session_id: int) -> Row:
        """Return the row with its events in today's schema."""
        events = decode_events(self.events, self.schema)
        return Row(session_id, self.seq, self.key, self.actor, events, self.answer, self.at, self.reference)


def row_of(record: Any, session_id: int) -> Row:
    """Read a row from a record of the log table."""
    stored = StoredRow(
        record["seq"],
        record["key"],
        record["actor"],
        record["schema"],
        msgspec.Raw(record["events"].encode()),
        msgspec.json.decode(record["answer"]),
        record["at"],
        record["reference"],
    )
    return stored.row(session_id)


def decode_rows(raw: str | None, session_id: int) -> list[Row]:
    """Read a JSON array of rows, or none."""
    return [stored.row(session_id) for stored in msgspec.json.decode(raw, type=list[StoredRow])] if raw else []


def decode_row(raw: str | None, session_id: int) -> Row | None:
    """Read one row in JSON, if there is one."""
    return msgspec.json.decode(raw, type=StoredRow).row(session_id) if raw else None


def encode_events(events: tuple[Event, ...]) -> str:
    """Return the events as JSON in today's schema."""
    return msgspec.json.encode(events).decode()


def decode_events(raw: bytes | msgspec.Raw, schema: int) -> tuple[Event, ...]:
    """Read events written at any schema up to today's. Raises ValueError for a newer one."""
    if schema == EVENTS_SCHEMA:
        return _decoder().decode(raw)
    if schema > EVENTS_SCHEMA:
        raise ValueError(f"events of schema {schema} were written by a newer version; this one knows {EVENTS_SCHEMA}")
    plain = msgspec.json.decode(raw)
    while schema < EVENTS_SCHEMA:
        plain = UPCASTS[schema](plain)
        schema += 1
    converted: tuple[Event, ...] = msgspec.convert(plain, type=_events())
    return converted


def encode_state(state: State) -> bytes:
    """Return a snapshot's bytes."""
    return msgspec.json.encode(state)


def decode_state(raw: bytes, schema: int) -> State | None:
    """Return a snapshot's state, or None when it is of an older schema and must be rebuilt from the log."""
    return msgspec.json.decode(raw, type=State) if schema == STATE_SCHEMA else None


def fold(rows: Iterable[Row], base: State | None = None) -> State:
    """Fold rows in order into a state, on top of `base` (None: from the first row).

    A snapshot is always taken at a rewind, so from a snapshot no rewind leads to before it.
    """
    states = {base.seq: base} if base else {}
    state = base
    for row in rows:
        state = fold_row(state, row, states)
        states[row.seq] = state
    if state is None:
        raise ValueError("a log without rows has no state")
    return state


def fold_row(state: State | None, row: Row, older: dict[int, State]) -> State:
    """Fold one row. `older` holds the states that a rewind may go back to, by seq."""
    first = row.events[0] if row.events else None
    if isinstance(first, Started):
        state = opened(first, row.session_id)
    if state is None:
        raise ValueError("the first row of a log opens its session")
    if isinstance(first, Rewound):
        state = rewound(state, older[first.back_to], first)
    return apply(state, row.events, row.seq)


def leads_before(rows: Iterable[Row], seq: int) -> bool:
    """Tell whether one of the rows goes back to before row `seq`."""
    return any(isinstance(event, Rewound) and event.back_to < seq for row in rows for event in row.events)


def rewound(now: State, back: State, event: Rewound) -> State:
    """Return the older state, with what never goes back.

    That is how many rolls were cast, who sits here as whom, whether the story rests, how the table plays, where it
    was last cut, and the private questions. A cut, after which nothing comes back, leaves the lore cards too.
    """
    if isinstance(event, SceneCut):
        # One written anew since then begins anew
        since = {card: turn for card, turn in back.lore_since.items() if now.lore.get(card) == back.lore.get(card)}
        back = back.with_(lore_since=since, **{name: getattr(now, name) for name in _PREPARED_STATE})
    return back.with_(
        heroes={hero.id: _seated(hero, back) for hero in now.heroes.values()},
        **{name: getattr(now, name) for name in _KEPT},
    )


def _seated(hero: Hero, back: State) -> Hero:
    """Return a hero as it was, with who it is now; one who came later is as new, for what happened to it is undone."""
    was = back.heroes.get(hero.id) or replace(hero, hp=hero.hp_max, conditions=(), place=back.scene, missed=0)
    return replace(was, words=hero.words, archetype=hero.archetype, pronoun=hero.pronoun, away=hero.away)


def standing(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that were not undone, in order, rewinds themselves left out; what never goes back stands."""
    kept: list[Row] = []
    before: dict[int, list[Row]] = {}
    for row in rows:
        first = row.events[0] if row.events else None
        before[row.seq - 1] = list(kept)
        if isinstance(first, Rewound):
            stays, dropped = (_STAYS + _PREPARED, first.dropped) if isinstance(first, SceneCut) else (_STAYS, ())
            since = [one for one in kept if one.seq > first.back_to and isinstance(one.events[0], stays)]
            kept = [*(one for one in before[first.back_to] if one.seq not in dropped), *since]
        else:
            kept.append(row)
    return kept


@cache
def _events() -> Any:
    known: Any = Union[event_types()]  # noqa: UP007 - built at run time from what the rules registered
    return tuple.__class_getitem__((known, ...))


@cache
def _decoder() -> msgspec.json.Decoder[tuple[Event, ...]]:
    return msgspec.json.Decoder(_events())
