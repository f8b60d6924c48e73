"""Ways to an answer, (provider, model, key), and which of them may be taken now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.ai.errors import KeyRejected, ProviderError, RateLimited, Unavailable

if TYPE_CHECKING:
    from core.ai.money import Price
    from core.ai.observer import Clock
    from core.ai.provider import ModelSettings, Provider

REST = 5.0
LONGEST_REST = 60.0
FAILURES_TO_REST = 3


def fingerprint(secret: str) -> str:
    """A short name for a key that tells nothing about it."""
    return hashlib.sha256(secret.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One provider under one key, asked for one model. `scope` names the quota that the key draws on."""

    provider_name: str
    provider: Provider
    model: ModelSettings
    price: Price
    key_ref: str
    scope: str

    @property
    def quota(self) -> tuple[str, str, str]:
        """What a rate limit holds for: keys of one scope share it."""
        return self.provider_name, self.scope, self.model.name


@dataclass(slots=True)
class _Condition:
    rests_until: float = 0.0
    strikes: int = 0
    in_flight: int = 0


@dataclass(slots=True)
class Health:
    """What is known about keys and quotas in this process."""

    clock: Clock
    _conditions: dict[tuple[str, str, str], _Condition] = field(default_factory=dict)
    _dead: dict[tuple[str, str], str] = field(default_factory=dict)

    def dead(self, route: Route) -> bool:
        """Whether the key was rejected."""
        return (route.provider_name, route.key_ref) in self._dead

    def rests_until(self, route: Route) -> float:
        """Unix time until which the route rests; in the past when it is free."""
        return self._of(route).rests_until

    def rests(self, route: Route) -> bool:
        """Whether the route rests now."""
        return self._of(route).rests_until > self.clock.now()

    def load(self, route: Route) -> int:
        """Calls in flight under the route's quota."""
        return self._of(route).in_flight

    def started(self, route: Route) -> None:
        """Count a call in."""
        self._of(route).in_flight += 1

    def finished(self, route: Route, error: ProviderError | None) -> None:
        """Count a call out and learn from how it ended; `error` None is a success."""
        condition = self._of(route)
        condition.in_flight -= 1
        if error is None:
            condition.strikes = 0
        elif isinstance(error, KeyRejected):
            self._dead[route.provider_name, route.key_ref] = error.detail
        elif isinstance(error, RateLimited):
            self._rest(condition, self._wanted(error, condition))
        elif isinstance(error, Unavailable):
            condition.strikes += 1
            if condition.strikes >= FAILURES_TO_REST:
                self._rest(condition, self.clock.now() + self._pause(condition.strikes - FAILURES_TO_REST))

    def abandoned(self, route: Route) -> None:
        """Count out a call that its caller gave up: no verdict."""
        self._of(route).in_flight -= 1

    def _of(self, route: Route) -> _Condition:
        return self._conditions.setdefault(route.quota, _Condition())

    def _wanted(self, error: RateLimited, condition: _Condition) -> float:
        if error.until is not None:
            return error.until.timestamp()
        if error.retry_after is not None:
            return self.clock.now() + error.retry_after
        condition.strikes += 1
        return self.clock.now() + self._pause(condition.strikes - 1)

    @staticmethod
    def _rest(condition: _Condition, until: float) -> None:
        condition.rests_until = max(condition.rests_until, until)

    @staticmethod
    def _pause(times: int) -> float:
        return min(REST * 2.0 ** min(times, 10), LONGEST_REST)
