"""How a rule is made known: its command with `decide`, its events with `apply`. A rule file needs nothing else.

`decide(state, command, draws)` returns a Decision or raises Refusal; `apply(state, event, seq)` returns the next state.
Both are pure: the same input gives the same output, and neither knows a database, a clock or Discord.
"""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeVar

from msgspec import Struct, field

from core.game.refusal import Refusal
from core.game.state import Audience, State

Who = Literal["anyone", "player", "gm", "table"]
WordsKind = Literal[
    "title",
    "tone",
    "system",
    "name",
    "line",
    "act",
    "say",
    "question",
    "narration",
    "label",
    "whisper",
    "cards",
    "fact",
    "thread",
    "summary",
    "note",
]


class Command(Struct, frozen=True, kw_only=True):
    """What a person or the storyteller wants. `key` makes it happen once; `by` is the person (0: the table)."""

    key: str
    by: int


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What happened. `to` says who may ever see it."""

    to: Audience = "all"


class Words(Struct, frozen=True):
    """A text of a person that the log row refers to; stored encrypted beside it."""

    kind: WordsKind
    text: str
    person: int
    to: Audience = "all"


class Decision(Struct, frozen=True):
    """What a command comes to: events for the log, the answer that a repeated command gets, and words."""

    events: tuple[Event, ...]
    answer: dict[str, str | int] = field(default_factory=dict)
    words: tuple[Words, ...] = ()


class Draws(Protocol):
    """Where rolls come from: the session's seed and the index of the next open and hidden roll."""

    def draw(self, index: int, *, hidden: bool = False) -> Callable[[int], int]:
        """Return the die-caster of roll `index`: it takes the number of sides and gives 1..sides."""
        ...


C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)
Decide = Callable[[State, C, Draws], Decision]
Apply = Callable[[State, E, int], State]

_rules: dict[type[Command], tuple[Who, bool, Callable[..., Decision]]] = {}
_applied: dict[type[Event], Callable[..., State]] = {}


def rule(command: type[C], *, who: Who, when_paused: bool = False) -> Callable[[Decide[C]], Decide[C]]:
    """Register the function that decides `command`; `who` may give it is settled here and nowhere else."""

    def register(decide: Decide[C]) -> Decide[C]:
        _rules[command] = (who, when_paused, decide)
        return decide

    return register


def applies(event: type[E]) -> Callable[[Apply[E]], Apply[E]]:
    """Register the function that folds `event` into the state."""

    def register(apply: Apply[E]) -> Apply[E]:
        _applied[event] = apply
        return apply

    return register


def event_types() -> Sequence[type[Event]]:
    """Return every event known to the rules."""
    return tuple(_applied)


def decide(state: State, command: Command, draws: Draws) -> Decision:
    """Decide a command on a state. Raises Refusal when permission or a rule says no."""
    who, when_paused, rule_of = _rules[type(command)]
    _permit(state, command, who)
    if state.status == "paused" and not when_paused:
        raise Refusal("paused")
    if state.status == "ended" and not when_paused:
        raise Refusal("no_table")
    return rule_of(state, command, draws)


def apply(state: State, events: Sequence[Event], seq: int) -> State:
    """Fold the events of row `seq` into the state."""
    for event in events:
        state = _applied[type(event)](state, event, seq)
    return state.with_(seq=seq)


def _permit(state: State, command: Command, who: Who) -> None:
    if who == "table" and command.by != 0:
        raise Refusal("not_yours")
    if who == "gm" and command.by != state.gm:
        raise Refusal("gm_only", gm=state.gm)
    if who == "player" and state.hero_of(command.by) is None:
        raise Refusal("not_joined")
