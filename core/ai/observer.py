"""Hooks for metrics and logs, and the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from core.ai.events import Usage
    from core.ai.ledger import Attempt

Lookup = Literal["hit", "miss", "shared", "variant"]
CircuitState = Literal["open", "closed"]


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
        """How a prompt of a pure kind was answered: out of the cache, by a call of its own, or by another's call."""
        ...

    def key_rejected(self, provider: str, key_ref: str, detail: str) -> None:
        """A key is wrong, revoked or out of credit: the operator has to act. Told once a key and process."""
        ...

    def circuit(self, provider: str, model: str, state: CircuitState, until: float) -> None:
        """A circuit opened (until that unix time) or closed again after a probe."""
        ...

    def hedged(self, attempt: Attempt) -> None:
        """A second call was made because the first was late."""
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

    def key_rejected(self, provider: str, key_ref: str, detail: str) -> None:
        """See Observer."""

    def circuit(self, provider: str, model: str, state: CircuitState, until: float) -> None:
        """See Observer."""

    def hedged(self, attempt: Attempt) -> None:
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
