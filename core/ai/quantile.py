"""A quantile of a stream of durations, in constant memory."""

from __future__ import annotations

import math

LOWEST = 0.001
STEP = math.log(1.1)
BUCKETS = 128
KEPT = 1_000


class Quantile:
    """Counts durations in buckets 10 % wide, from 1 ms to 200 s; old ones weigh half after every thousand."""

    __slots__ = ("_counts", "_total")

    def __init__(self) -> None:
        self._counts = [0.0] * BUCKETS
        self._total = 0.0

    @property
    def count(self) -> float:
        """How many durations it knows, old ones counted by half."""
        return self._total

    def add(self, seconds: float) -> None:
        """Note a duration."""
        place = math.log(seconds / LOWEST) / STEP if seconds > LOWEST else 0
        self._counts[min(int(place), BUCKETS - 1)] += 1
        self._total += 1
        if self._total >= KEPT:
            self._counts = [count / 2 for count in self._counts]
            self._total /= 2

    def at(self, share: float) -> float | None:
        """Seconds that `share` (0 to 1) of the durations do not exceed, at most 10 % too high; None without any."""
        if not self._total:
            return None
        room = share * self._total
        for place, count in enumerate(self._counts):
            room -= count
            if room <= 1e-9:
                return float(LOWEST * math.exp(STEP * (place + 1)))
        return float(LOWEST * math.exp(STEP * BUCKETS))
