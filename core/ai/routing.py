"""What all tellings share, and one telling's search for the route to take next."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.ai.choice import Homes, pick, scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ai.allowance import Allowance
    from core.ai.attempt import Books, Deadlines
    from core.ai.health import State
    from core.ai.hedge import HedgeSettings
    from core.ai.routes import QuotaName, Route
    from core.ai.settings import TellingLimits

TRIES_A_ROUTE = 2


@dataclass(slots=True)
class Traffic:
    """The router's own: settings, what is known about routes, and what extra calls may still be made."""

    books: Books
    deadlines: Deadlines
    limits: TellingLimits
    hedge: HedgeSettings
    hedges: Allowance
    retries: Allowance
    homes: Homes = field(default_factory=Homes)
    random: random.Random = field(default_factory=random.Random)


@dataclass(slots=True)
class Search:
    """Which of `routes` one telling may still take. With `cheapest`, price goes before the order of tiers."""

    routes: Sequence[Route]
    traffic: Traffic
    home: object = None
    cheapest: bool = False
    _tries: dict[Route, int] = field(default_factory=dict)
    _excluded: dict[Route, str] = field(default_factory=dict)
    _short: dict[QuotaName, float] = field(default_factory=dict)

    def best(self, now: float, avoid: tuple[str, str] | None = None) -> Route | None:
        """Return the route to take now, none in the scope `avoid` (provider, scope).

        The least tried first, then by tier, within a tier by load and pace.
        """
        free = [route for route in self.open() if self.state(route, now) != "resting" and route.quota[:2] != avoid]
        if len(free) < 2:
            return free[0] if free else None
        rank = self._rank(free, now)
        first = min(rank)
        equals = [route for route, place in zip(free, rank, strict=True) if place == first]
        if len(equals) == 1:
            return equals[0]
        health, homes = self.traffic.books.health, self.traffic.homes
        scored = scores(equals, now, health.load, health.pace)
        return pick(equals, scored, self.traffic.random, homes.of(self.home))

    def _rank(self, routes: Sequence[Route], now: float) -> list[tuple[bool, int, float]]:
        health = self.traffic.books.health
        ranks = []
        for route in routes:
            share = health.of(route).breaker.share(now)
            back = share < 1 and self.traffic.random.random() >= share
            place = route.price.bound(1_000, 300) if self.cheapest else route.tier
            ranks.append((back, self._tries.get(route, 0), float(place)))
        return ranks

    def open(self) -> list[Route]:
        """Routes that are worth a call now or later."""
        dead = self.traffic.books.health.dead
        most = TRIES_A_ROUTE if self.traffic.retries.can() else 1
        return [
            route
            for route in self.routes
            if route not in self._excluded and not dead(route) and self._tries.get(route, 0) < most
        ]

    def state(self, route: Route, now: float) -> State:
        """Whether the route may be taken, probed, or rests, for this telling."""
        if self._short and self._short.get(route.quota, 0.0) > now:
            return "resting"
        return self.traffic.books.health.state(route, now)

    def free_at(self, now: float) -> float | None:
        """Unix time at which the first route that is worth a call is free; None when there is none."""
        health = self.traffic.books.health
        return min(
            (max(health.free_at(route, now), self._short.get(route.quota, 0.0)) for route in self.open()), default=None
        )

    def tried(self, route: Route, times: int = 1) -> None:
        """Count a call, or take one back."""
        self._tries[route] = self._tries.get(route, 0) + times

    def again(self, route: Route) -> bool:
        """Whether the route has been tried before."""
        return self._tries.get(route, 0) > 0

    def exclude(self, route: Route, reason: str) -> None:
        """Ask this route no more."""
        self._excluded[route] = reason

    def exclude_model(self, route: Route, reason: str) -> None:
        """Ask this model no more, whatever the key."""
        for other in self.routes:
            if other.name == route.name:
                self._excluded[other] = reason

    def short(self, route: Route, until: float) -> None:
        """Leave the route's quota alone until `until`, unix seconds: it lacks room for this telling."""
        self._short[route.quota] = until

    def why_nobody(self) -> str:
        """Reason for NoProvider when no route is left."""
        if not self.routes:
            return "no_route"
        dead = self.traffic.books.health.dead
        reasons = {"key_rejected" if dead(route) else self._excluded.get(route, "") for route in self.routes}
        return reasons.pop() or "exhausted" if len(reasons) == 1 else "exhausted"
