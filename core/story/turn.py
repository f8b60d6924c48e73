"""What a storyteller is given, and what it gives: a turn in, pieces of text out, asks in between."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.game.state import Ask as Asked
from core.game.state import State
from core.story.memory.used import Used


@dataclass(frozen=True)
class Deed:
    """One pending thing to tell: an action, speech to a figure, the call for a scene, or `on` behind what broke off."""

    seq: int
    kind: Literal["act", "say", "open", "on"]
    hero: str = ""
    text: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Turn:
    """All that one telling draws on, read as the table (law 12): no secret, no hidden roll, no whisper.

    `state` is as of before anything this telling asked for. `names` are the heroes' names (None: erased). `shown` are
    the words people have seen already: the telling goes on after them. `recent` are earlier narrations, oldest first.
    `asks` are what an earlier attempt at this telling asked of the engine, in order (the loaded state's `asks`).
    `start` and `through` are log rows; `seed` makes the offline storyteller tell the same turn the same way. `locale`
    is the language of whoever asked a private question.

    `rating` is `everyone`, `teen` or `adult`; `lines` shall not occur and `veils` not be shown in detail, whoever at
    the table set them. `absent` are the heroes who stay near without risk, since the round was closed without them.
    `spotlight` counts in how many of the last tellings each hero at the table acted, least seen first.

    `pinned` are facts that always hold, oldest first; `memories` verbatim sentences from earlier that bear on these
    deeds, in the order they were told; `lore` the texts of the chosen cards in their order; `bonds` what each present
    figure has been through with the heroes; `threads` what stands open; `note` the game master's word to whoever tells.
    `used` says which rows and cards all of this came from, `cards` what a Tell says of the cards; `tokens` is the most
    that a prompt of this turn may take.

    `again` are versions of this very turn: it is told once more in other words, and nothing new is asked. `lenders` are
    the people whose words stand in what is remembered.
    """

    state: State
    names: Mapping[str, str | None]
    deeds: tuple[Deed, ...]
    start: int
    through: int
    seed: bytes
    title: str = ""
    tone: str = ""
    system: str = ""
    recent: tuple[str, ...] = ()
    summary: str = ""
    shown: str = ""
    asks: tuple[Asked, ...] = ()
    guild_id: int = 0
    reference: str = ""
    attempt: int = 1
    locale: str = ""
    rating: str = "teen"
    lines: tuple[str, ...] = ()
    veils: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    spotlight: Mapping[str, int] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    lore: tuple[str, ...] = ()
    bonds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    threads: tuple[str, ...] = ()
    note: str = ""
    used: Used | None = None
    tokens: int = 8_000
    cards: Mapping[str, int] = field(default_factory=dict)
    again: tuple[str, ...] = ()
    lenders: frozenset[int] = frozenset()

    @property
    def people(self) -> frozenset[int]:
        """The people whose words it draws on, in its deeds and in what is remembered (law 13)."""
        heroes = self.state.heroes
        return self.lenders | {heroes[deed.hero].person for deed in self.deeds if deed.hero in heroes}

    @property
    def answers_in(self) -> str:
        """The language of a private answer: the asker's, or the session's where that is not known."""
        return self.locale or self.state.language


@dataclass(frozen=True)
class Settled:
    """The engine's answer to an ask: words only, never a digit, and the state as of now."""

    ok: bool
    result: Mapping[str, str | int]
    state: State


@dataclass(frozen=True)
class Piece:
    """Some text of a telling, whole sentences, with who tells; the last one is `final`.

    `outage` says why the offline storyteller took over: the reason of core.ai.NoProvider, or `unusable` words. The
    final one of a model says what was `cut`: the fault of each sentence that was not told, or that the telling was
    `broken` off and left so.
    """

    text: str
    teller: str
    final: bool = False
    outage: str = ""
    cut: tuple[str, ...] = ()
    broken: bool = False


Ask = Callable[[str, Mapping[str, str]], Awaitable[Settled]]
"""`await ask(tool, arguments)`: recorded steps are answered from the log, new ones by the engine.
Raises core.game.refusal.Refusal `stale_telling` when another worker has told this turn: stop then."""


class Teller(Protocol):
    """Somebody who can tell a turn and answer a question."""

    def tell(self, turn: Turn, ask: Ask) -> AsyncIterator[Piece]:
        """Tell a turn; pieces add up to the text after `turn.shown`."""
        ...

    def answer(self, turn: Turn, person: int, question: str) -> AsyncIterator[Piece]:
        """Answer a private question of one person; nothing is asked of the engine and no state changes."""
        ...
