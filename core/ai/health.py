"""What is known about keys and quotas: dead, resting, broken, busy, quick."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.ai.breaker import Breaker, BreakerSettings
from core.ai.choice import Pace
from core.ai.errors import KeyRejected, Malformed, ProviderError, RateLimited, Unavailable
from core.ai.observer import Silent
from core.ai.quantile import Quantile
from core.ai.siblings import Alone, News

if TYPE_CHECKING:
    from core.ai.observer import Clock, Observer
    from core.ai.routes import QuotaName, Route
    from core.ai.siblings import Siblings

REST = 5.0
LONGEST_REST = 60.0
CALM = 10.0
TROUBLED = 0.2

State = Literal["ready", "due", "resting"]


@dataclass(slots=True)
class Condition:
    """One quota. `limited_at`: when it last answered 429."""

    breaker: Breaker
    rests_until: float = 0.0
    strikes: int = 0
    limited_at: float = 0.0
    in_flight: int = 0
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True)
class Health:
    """All quotas and keys of this process, and what its siblings told."""

    clock: Clock
    settings: BreakerSettings = field(default_factory=BreakerSettings)
    siblings: Siblings = field(default_factory=Alone)
    observer: Observer = field(default_factory=Silent)
    all_calls: Pace = field(default_factory=Pace)
    _conditions: dict[QuotaName, Condition] = field(default_factory=dict)
    _first_words: dict[tuple[str, str], Quantile] = field(default_factory=dict)
    _dead: set[tuple[str, str]] = field(default_factory=set)

    def of(self, route: Route) -> Condition:
        """Condition of the route's quota."""
        condition = self._conditions.get(route.quota)
        return condition if condition is not None else self._new(route.quota)

    def first_words(self, route: Route) -> Quantile:
        """Waits for the first visible word at the route's model, over all its quotas."""
        return self._first_words.setdefault(route.name, Quantile())

    def dead(self, route: Route) -> bool:
        """Whether the key was rejected."""
        return bool(self._dead) and (route.provider_name, route.key_ref) in self._dead

    def load(self, route: Route) -> int:
        """Calls in flight under the route's quota."""
        return self.of(route).in_flight

    def pace(self, route: Route) -> Pace:
        """First words and errors of the route's quota."""
        return self.of(route).pace

    def state(self, route: Route, now: float) -> State:
        """Whether the route may be taken, may be probed by one caller, or rests."""
        condition = self.of(route)
        if condition.rests_until > now:
            return "resting"
        standing = condition.breaker.standing(now)
        return "ready" if standing == "closed" else "due" if standing == "due" else "resting"

    def free_at(self, route: Route, now: float) -> float:
        """Unix time at which a resting route may be taken or probed."""
        condition = self.of(route)
        return max(condition.rests_until, condition.breaker.free_at(now))

    def calm(self, route: Route, now: float) -> bool:
        """Whether an extra call would do no harm: no 429 here of late, and few calls fail altogether."""
        condition = self.of(route)
        return now - condition.limited_at > CALM and self.all_calls.errors(now) < TROUBLED

    async def claim(self, route: Route) -> bool:
        """Take the one probe of an open circuit, among all processes."""
        breaker = self.of(route).breaker
        now = self.clock.now()
        if breaker.standing(now) != "due":
            return False
        breaker.claim(now)
        if await self.siblings.claim(route.quota, self.settings.probe):
            return True
        # Another process probes: its news comes over the channel; look again in a second all the same.
        breaker.wait(now + 1.0)
        return False

    def started(self, route: Route) -> None:
        """Count a call in."""
        self.of(route).in_flight += 1

    def first_word(self, route: Route, seconds: float) -> None:
        """Note how long the first visible word took."""
        self.of(route).pace.word(seconds, self.clock.now())
        self.first_words(route).add(seconds)

    def finished(self, route: Route, error: ProviderError | None, *, probe: bool = False) -> None:
        """Count a call out and learn from how it ended; `error` None is a success."""
        condition = self.of(route)
        condition.in_flight -= 1
        now = self.clock.now()
        if isinstance(error, KeyRejected):
            self._reject(route, error)
        elif isinstance(error, RateLimited):
            self._rest(route, condition, self._wanted(error, condition, now), now)
        elif error is None:
            condition.strikes = 0
            self._ended(condition, now, failed=False)
            if condition.breaker.succeeded(now, probe=probe):
                self._circuit(route.quota, "closed", now)
            return
        elif isinstance(error, Unavailable) or (isinstance(error, Malformed) and error.billable):
            self._ended(condition, now, failed=True)
            if condition.breaker.failed(now, probe=probe):
                self._circuit(route.quota, "open", condition.breaker.open_until, condition.breaker.times)
            return
        if probe:
            self.release(route)

    def abandoned(self, route: Route, *, probe: bool = False) -> None:
        """Count out a call that its caller gave up: no verdict."""
        self.of(route).in_flight -= 1
        if probe:
            self.release(route)

    def heard(self, news: News) -> None:
        """Take over what a sibling learnt; the longer deadline is kept."""
        if news.kind == "dead":
            self._dead.add((news.provider, news.scope))
            return
        quota = (news.provider, news.scope, news.model)
        condition = self._conditions.get(quota) or self._new(quota)
        now = self.clock.now()
        if news.kind == "rests":
            condition.rests_until = max(condition.rests_until, news.until)
        elif news.kind == "closed":
            condition.breaker.close(now)
        elif news.until > now:
            condition.breaker.open(news.until, max(news.times, 1))

    def rest(self, route: Route, until: float) -> None:
        """Leave the route's quota alone until `until`, unix seconds, in all processes; a longer rest is kept."""
        condition = self.of(route)
        if until > condition.rests_until:
            condition.rests_until = until
            self.siblings.tell(News("rests", *route.quota, until=until))

    def _new(self, quota: QuotaName) -> Condition:
        return self._conditions.setdefault(quota, Condition(Breaker(self.settings)))

    def _ended(self, condition: Condition, now: float, *, failed: bool) -> None:
        condition.pace.ended(now, failed=failed)
        self.all_calls.ended(now, failed=failed)

    def _reject(self, route: Route, error: KeyRejected) -> None:
        if not self.dead(route):
            self._dead.add((route.provider_name, route.key_ref))
            self.siblings.tell(News("dead", route.provider_name, route.key_ref))
            self.observer.key_rejected(route.provider_name, route.key_ref, error.detail)

    def _rest(self, route: Route, condition: Condition, until: float, now: float) -> None:
        condition.limited_at = now
        self.rest(route, until)

    def _wanted(self, error: RateLimited, condition: Condition, now: float) -> float:
        if error.until is not None:
            return error.until.timestamp()
        if error.retry_after is not None:
            return now + error.retry_after
        condition.strikes += 1
        return now + min(REST * 2.0 ** min(condition.strikes - 1, 10), LONGEST_REST)

    def release(self, route: Route) -> None:
        """Give the probe of a circuit up without a verdict."""
        self.of(route).breaker.release()
        self.siblings.release(route.quota)

    def _circuit(self, quota: QuotaName, state: Literal["open", "closed"], until: float, times: int = 0) -> None:
        self.siblings.tell(News(state, *quota, until=until, times=times))
        self.observer.circuit(quota[0], quota[2], state, until)
