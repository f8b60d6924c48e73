"""Hooks for metrics and logs, and the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from core.ai.events import Usage
    from core.ai.ledger import Attempt

Lookup = Literal["hit", "miss", "shared"]


class Observer(Protocol):
    """Told what happens. Calls are synchronous, must not raise and must be quick."""

    def attempt_started(self, attempt: Attempt) -> None:
        """The call is about to be made."""
        ...

    def first_word(self, attempt: Attempt, seconds: float) -> None:
        """The first visible word or ask came, `seconds` after the call was made."""
        ...

    def attempt_finished(
        self, attempt: Attempt, outcome: str, seconds: float, usage: Usage | None, micro_usd: int
    ) -> None:
        """The call ended; `outcome` is ok, cancelled or a ProviderError's code."""
        ...

    def looked_up(self, kind: str, result: Lookup) -> None:
        """A prompt of a pure kind was looked up in the cache, or joined a call in flight."""
        ...


class Silent:
    """An observer that does nothing."""

    def attempt_started(self, attempt: Attempt) -> None:
        """See Observer."""

    def first_word(self, attempt: Attempt, seconds: float) -> None:
        """See Observer."""

    def attempt_finished(
        self, attempt: Attempt, outcome: str, seconds: float, usage: Usage | None, micro_usd: int
    ) -> None:
        """See Observer."""

    def looked_up(self, kind: str, result: Lookup) -> None:
        """See Observer."""


class Clock(Protocol):
    """Wall time, for keys that rest until a given moment."""

    def now(self) -> float:
        """Unix seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()
