"""What each attempt cost: written down before the call, settled after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from core.ai.events import Usage

State = Literal["open", "settled", "estimated"]


@dataclass(frozen=True, slots=True)
class Account:
    """Who pays, and for what: `reference` is the interaction's, `from_seq` the log position told from.

    `session_limit`: what the table itself set for its session, in millionths of a dollar; the lower cap holds.
    """

    guild_id: int | None = None
    session_id: int | None = None
    person_id: int | None = None
    reference: str = ""
    from_seq: int | None = None
    attempt: int = 1
    session_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to one provider. `key_ref` is a fingerprint, never the key.

    `input_bound` and `output_bound` are tokens, `estimate_micro_usd` what they cost at most: the provider's
    bill for this call is never above it. `lease`: the reservation it draws on, 0 for none; it becomes the row's id.
    """

    account: Account
    kind: str
    provider: str
    model: str
    key_ref: str
    step: int
    input_bound: int
    output_bound: int
    estimate_micro_usd: int
    lease: int = 0


class Ledger(Protocol):
    """Keeps attempts. `open` is awaited before the call; one of the others closes the row afterwards.

    A row may be closed a moment later. One left open (the process died) counts as its estimate.
    """

    async def open(self, row: Attempt) -> int:
        """Write the row durably; its id."""
        ...

    async def settle(self, row_id: int, usage: Usage, micro_usd: int, outcome: str) -> None:
        """Close a row whose usage the provider told, or that cost nothing (zeros)."""
        ...

    async def estimate(self, row_id: int, usage: Usage | None, micro_usd: int, outcome: str) -> None:
        """Close a row of a call that was cut: `usage` is what was seen, `micro_usd` never below the bill."""
        ...

    async def aclose(self) -> None:
        """Finish writing."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it stands; `micro_usd` is the estimate until it is settled."""

    id: int
    attempt: Attempt
    state: State
    micro_usd: int
    usage: Usage | None = None
    outcome: str = ""


class MemoryLedger:
    """A ledger in the process's memory: for tests and for `Router.complete` outside YourTale. Keeps `limit` rows."""

    def __init__(self, limit: int = 100_000) -> None:
        self._entries: dict[int, Entry] = {}
        self._limit = limit
        self._next = 1

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rows kept, oldest first."""
        return tuple(self._entries.values())

    async def open(self, row: Attempt) -> int:
        """See Ledger.open."""
        row_id, self._next = self._next, self._next + 1
        self._entries[row_id] = Entry(row_id, row, "open", row.estimate_micro_usd)
        if len(self._entries) > self._limit:
            del self._entries[next(iter(self._entries))]
        return row_id

    async def settle(self, row_id: int, usage: Usage, micro_usd: int, outcome: str) -> None:
        """See Ledger.settle."""
        self._close(row_id, "settled", usage, micro_usd, outcome)

    async def estimate(self, row_id: int, usage: Usage | None, micro_usd: int, outcome: str) -> None:
        """See Ledger.estimate."""
        self._close(row_id, "estimated", usage, micro_usd, outcome)

    async def aclose(self) -> None:
        """Nothing waits."""

    def _close(self, row_id: int, state: State, usage: Usage | None, micro_usd: int, outcome: str) -> None:
        if row_id in self._entries:
            entry = self._entries[row_id]
            self._entries[row_id] = replace(entry, state=state, usage=usage, micro_usd=micro_usd, outcome=outcome)
