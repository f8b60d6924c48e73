"""What a table may know of its storyteller, as the cogs are handed it: what a telling drew on, and what was spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.game.engine import Outcome
from core.game.log import Loaded
from core.game.readings import Viewer


@dataclass(frozen=True)
class Call:
    """One call to a model: tokens and millionths of a dollar; `estimated`: no provider has confirmed the money."""

    provider: str
    model: str
    outcome: str
    input: int
    cached: int
    output: int
    micro_usd: int
    estimated: bool


@dataclass(frozen=True)
class Why:
    """What a narration drew on, as somebody may see it.

    `rolls` are lines, `pinned` and `memories` texts, `cards` names; `layers` are tokens, `left_out` entries by layer,
    `cut` counts sentences that were not told, by fault. `teller` is a provider, `oracle` or `gm`.
    """

    teller: str
    rolls: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    memories: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    threads: int = 0
    summary: bool = False
    layers: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    cut: tuple[tuple[str, int], ...] = ()
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Held:
    """What a table holds to: pinned facts by their rows, and the summary that stands."""

    pinned: tuple[tuple[int, str], ...]
    summary: str


@dataclass(frozen=True)
class Money:
    """Millionths of a dollar; limits of None are none. `stage` says how far the tightest of them is spent."""

    month: int
    forecast: int
    guild_limit: int | None
    session: int
    session_limit: int | None
    stage: Literal["normal", "soft", "hard"]


class Looks(Protocol):
    """Reads what lies beside the log."""

    async def cost(self, loaded: Loaded) -> int | None:
        """Return what the newest telling cost in millionths of a dollar; None when no model was asked."""
        ...

    async def why(self, loaded: Loaded, told_at: int, viewer: Viewer) -> Why | None:
        """Return what the narration told at a row drew on; None when there is none."""
        ...

    async def held(self, loaded: Loaded) -> Held:
        """Return what the table holds to."""
        ...

    async def spent(self, loaded: Loaded) -> Money:
        """Return what the table's server and the table spent."""
        ...

    async def telling(self, loaded: Loaded, start: int) -> str:
        """Return the text of the telling from a row, or nothing."""
        ...


class Branching(Protocol):
    """Makes branches: a place of their own, and in it a session."""

    async def open_thread(self, channel: int, name: str) -> int:
        """Open a public thread in a channel and return its id. Raises Refusal `cannot_thread`."""
        ...

    async def make(self, loaded: Loaded, at: int, session_id: int, channel: int) -> Outcome:
        """Begin session `session_id` in a channel as the loaded one stood at row `at`. Raises Refusal."""
        ...


def total(calls: Sequence[Call]) -> int:
    """Return what calls cost together, in millionths of a dollar."""
    return sum(call.micro_usd for call in calls)
