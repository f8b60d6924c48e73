"""Extra calls in proportion to ordinary ones: a bucket that each telling fills a little and each extra call empties."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    """At most `share` extra calls per telling in the long run, `burst` saved up at most, `tokens` to begin with."""

    share: float
    burst: float
    tokens: float = 0.0

    def earn(self) -> None:
        """A telling began."""
        self.tokens = min(self.burst, self.tokens + self.share)

    def can(self) -> bool:
        """Whether an extra call may be made."""
        return self.tokens >= 1.0 - 1e-9

    def spend(self) -> bool:
        """Take one if there is one."""
        if not self.can():
            return False
        self.tokens -= 1.0
        return True
