"""Rate limits: buckets per route and major parameter, the global limit, and the ban for invalid requests."""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from multidict import CIMultiDict

    from playground.rest.routes import Route
    from playground.world.application import Application

KEEP_BUCKETS: Final = 50_000
INVALID_ALLOWED: Final = 10_000
INVALID_WINDOW_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Limited:
    """A refused request: how long to wait, and whose limit it was."""

    seconds: float
    scope: str


@dataclass(slots=True)
class _Bucket:
    left: int
    resets_at: float


class Limiter:
    """Counts requests in fixed windows; `enabled` switches everything off for measurements."""

    def __init__(self, *, enabled: bool = True, per_second: int = 50) -> None:
        self.enabled = enabled
        self.per_second = per_second
        self.invalid_allowed = INVALID_ALLOWED
        self._invalid: _Bucket | None = None
        self._buckets: OrderedDict[tuple[str, ...], _Bucket] = OrderedDict()
        self._names: dict[str, str] = {}

    def take(
        self, route: "Route", params: dict[str, str], app: "Application | None", headers: "CIMultiDict[str]"
    ) -> Limited | None:
        """Count one request and set its headers; returns why it is refused, or None."""
        if not self.enabled:
            return None
        who = app.id if app is not None else ""
        if not route.exempt and app is not None:
            bucket = self._bucket(("global", who), self.per_second, 1.0)
            if bucket.left <= 0:
                self.invalid()
                return Limited(max(0.001, bucket.resets_at - time.monotonic()), "global")
            bucket.left -= 1
        if route.limit is None:
            return None
        return self._take_of_route(route, params, who, headers)

    def _take_of_route(
        self, route: "Route", params: dict[str, str], who: str, headers: "CIMultiDict[str]"
    ) -> Limited | None:
        size, window = route.limit or (0, 0.0)
        key = (route.method, route.template, who, *(params[name] for name in route.major))
        bucket = self._bucket(key, size, window)
        refused = bucket.left <= 0
        if not refused:
            bucket.left -= 1
        wait = max(0.001, bucket.resets_at - time.monotonic())
        headers["X-RateLimit-Limit"] = str(size)
        headers["X-RateLimit-Remaining"] = str(bucket.left)
        headers["X-RateLimit-Reset"] = f"{time.time() + wait:.3f}"
        headers["X-RateLimit-Reset-After"] = f"{wait:.3f}"
        headers["X-RateLimit-Bucket"] = self._name(route)
        if not refused:
            return None
        self.invalid()
        return Limited(wait, "user")

    def _bucket(self, key: tuple[str, ...], size: int, window: float) -> _Bucket:
        now = time.monotonic()
        found = self._buckets.get(key)
        if found is None or found.resets_at <= now:
            found = self._buckets[key] = _Bucket(size, now + window)
            self._buckets.move_to_end(key)
            while len(self._buckets) > KEEP_BUCKETS:
                self._buckets.popitem(last=False)
        return found

    def _name(self, route: "Route") -> str:
        key = f"{route.method} {route.template}"
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = hashlib.sha256(key.encode()).hexdigest()[:32]
        return found

    def invalid(self) -> None:
        """Count a 401, 403 or 429 that is not shared; 10,000 in ten minutes are answered by a ban."""
        self._invalid = self._bucket(("invalid",), self.invalid_allowed, INVALID_WINDOW_S)
        self._invalid.left -= 1

    def banned(self) -> bool:
        """Tell whether the address is banned for its invalid requests."""
        ban = self._invalid
        return self.enabled and ban is not None and ban.left <= 0 and ban.resets_at > time.monotonic()
