"""Which of several equal routes is asked: two draws by weight, the less loaded and quicker one wins."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from core.ai.routes import QuotaName, Route

HALF_LIFE = 60.0
NEW = 0.2
ERROR_HALF_LIFE = 30.0
ERROR_WEIGHT = 4.0
STAY = 2.0
SESSIONS = 20_000


class Pace:
    """How long the first visible word takes at one quota, and how often calls fail; both fade with time."""

    __slots__ = ("_at", "_error", "_error_at", "_seconds")

    def __init__(self) -> None:
        self._seconds = 0.0
        self._at = 0.0
        self._error = 0.0
        self._error_at = 0.0

    def word(self, seconds: float, now: float) -> None:
        """Note the wait for a first visible word."""
        self._seconds = seconds if not self._seconds else self._seconds + NEW * (seconds - self._seconds)
        self._at = now

    def ended(self, now: float, *, failed: bool) -> None:
        """Note how a call ended."""
        self._error = self.errors(now) + NEW * (float(failed) - self.errors(now))
        self._error_at = now

    def seconds(self, now: float) -> float:
        """Usual wait, 0 when unknown; a quota that is not asked seems quicker with time, so that it is asked again."""
        return self._seconds * _faded(now - self._at, HALF_LIFE) if self._seconds else 0.0

    def errors(self, now: float) -> float:
        """Share of failed calls, 0 to 1."""
        return self._error * _faded(now - self._error_at, ERROR_HALF_LIFE) if self._error else 0.0


def _faded(seconds: float, half_life: float) -> float:
    return math.exp2(-max(seconds, 0.0) / half_life)


def scores(routes: Sequence[Route], now: float, load: Callable[[Route], int], pace: Callable[[Route], Pace]) -> list:  # type: ignore[type-arg]
    """Return (in flight + 1) x first-word seconds x errors / weight of each; the lowest is best."""
    waits = [pace(route).seconds(now) for route in routes]
    # Who is not known yet is thought quick, so that it is tried.
    unknown = min((wait for wait in waits if wait), default=1.0) / 2
    return [
        (load(route) + 1) * (wait or unknown) * (1 + ERROR_WEIGHT * pace(route).errors(now)) / route.weight
        for route, wait in zip(routes, waits, strict=True)
    ]


def pick(
    routes: Sequence[Route],
    scored: Sequence[float],
    random: Random,
    home: QuotaName | None = None,
) -> Route:
    """Draw two by weight and return the better; at `home`, which holds the prompt's cache, unless it is twice worse."""
    drawn = range(len(routes)) if len(routes) <= 2 else _two(routes, random)
    best = min(drawn, key=lambda index: (scored[index], index))
    if home is not None and routes[best].quota != home:
        for index, route in enumerate(routes):
            if route.quota == home and scored[index] <= STAY * scored[best]:
                return route
    return routes[best]


def _two(routes: Sequence[Route], random: Random) -> tuple[int, int]:
    weights = [route.weight for route in routes]
    first = random.choices(range(len(routes)), weights)[0]
    weights[first] = 0.0
    return first, random.choices(range(len(routes)), weights)[0]


class Homes:
    """At which quota each session's prompt is cached; the least recently used are forgotten."""

    def __init__(self, limit: int = SESSIONS) -> None:
        self._limit = limit
        self._kept: OrderedDict[object, QuotaName] = OrderedDict()

    def of(self, session: object) -> QuotaName | None:
        """QuotaName that holds the cache of a session's prompt."""
        return self._kept.get(session) if session else None

    def set(self, session: object, quota: QuotaName) -> None:
        """Remember it."""
        if not session:
            return
        self._kept[session] = quota
        self._kept.move_to_end(session)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
