"""A circuit breaker for one quota: opens on failures, lets one probe through, comes back step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Standing = Literal["closed", "open", "due"]
STEPS = (0.25, 0.5)


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When to open and for how long; times in seconds.

    Opens at `calls` or more calls of which `share` or more failed, within about `window`. Rests `rest`, doubled
    with every failed probe up to `longest`. After a probe that did, a quarter of the calls are let through for
    `ramp`, then half for `ramp`, then all. A probe that is not heard of within `probe` may be tried by another.
    """

    calls: float = 5
    share: float = 0.5
    window: float = 30.0
    rest: float = 5.0
    longest: float = 60.0
    ramp: float = 5.0
    probe: float = 15.0


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    failures: int = 0


@dataclass(slots=True)
class Breaker:
    """The state of one circuit. Times are unix seconds, handed in."""

    settings: BreakerSettings
    open_until: float = 0.0
    times: int = 0
    _probe_until: float = 0.0
    _ramp_from: float = 0.0
    _since: float = 0.0
    _now: _Tally = field(default_factory=_Tally)
    _before: _Tally = field(default_factory=_Tally)

    def standing(self, now: float) -> Standing:
        """Tell whether calls may be made, none may, or exactly one as a probe."""
        if not self.times:
            return "closed"
        if self._ramp_from:
            return "closed"
        return "open" if now < self.open_until or now < self._probe_until else "due"

    def share(self, now: float) -> float:
        """Part of the calls that a closed circuit takes now: below 1 while it comes back."""
        if not self._ramp_from:
            return 1.0
        step = int((now - self._ramp_from) / self.settings.ramp)
        if step < len(STEPS):
            return STEPS[max(step, 0)]
        self._ramp_from, self.times = 0.0, 0
        return 1.0

    def free_at(self, now: float) -> float:
        """Earliest time at which a call may be made."""
        return now if self.standing(now) == "closed" else max(self.open_until, self._probe_until)

    def claim(self, now: float) -> None:
        """Begin the probe: everybody else waits for its outcome."""
        self._probe_until = now + self.settings.probe

    def wait(self, until: float) -> None:
        """Leave the probe to another process until `until`."""
        self._probe_until = until

    def release(self) -> None:
        """Give a probe up without a verdict: the next may try."""
        self._probe_until = 0.0

    def succeeded(self, now: float, *, probe: bool) -> bool:
        """Note a call that did; True when that closed the circuit."""
        if probe:
            self.close(now)
            return True
        self.share(now)
        self._roll(now)
        self._now.calls += 1
        return False

    def failed(self, now: float, *, probe: bool) -> bool:
        """Note a call that failed; True when that opened the circuit."""
        if probe or self._ramp_from:
            self.open(now + self._pause(), self.times + 1)
            return True
        if self.times:
            return False  # A straggler from before it opened: nothing new.
        self._roll(now)
        self._now.calls += 1
        self._now.failures += 1
        calls, failures = self._now.calls + self._before.calls, self._now.failures + self._before.failures
        if calls < self.settings.calls or failures < self.settings.share * calls:
            return False
        self.open(now + self._pause(), 1)
        return True

    def open(self, until: float, times: int) -> None:
        """Open until `until`; a longer deadline that stands is kept."""
        self.open_until = max(self.open_until, until)
        self.times = max(self.times, times)
        self._probe_until = self._ramp_from = 0.0
        self._now, self._before = _Tally(), _Tally()

    def close(self, now: float) -> None:
        """A probe did, here or in a sibling: come back step by step."""
        if self.times and not self._ramp_from:
            self.open_until = self._probe_until = 0.0
            self._ramp_from = now

    def _pause(self) -> float:
        return min(self.settings.rest * 2.0 ** min(self.times, 16), self.settings.longest)

    def _roll(self, now: float) -> None:
        """Keep two halves of the window, so that old calls fall out without a list of them."""
        half = self.settings.window / 2
        if now - self._since < half:
            return
        self._before = self._now if now - self._since < 2 * half else _Tally()
        self._now, self._since = _Tally(), now
