"""What the processes' own metrics say about a load: read before and after, and compared."""  # noqa: INP001

import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from bench.report import Row, bounded

MOST_BYTES: Final = 10_000_000
Series = dict[tuple[str, str], float]
"""Value by (sample name, one label that matters: `le` or `outcome`, else "")."""


def read(addresses: Iterable[str]) -> list[Series]:
    """Read each /metrics address; the order is kept, so that two readings can be compared process by process."""
    return [_one(address) for address in addresses]


def _one(address: str) -> Series:
    with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310 - an address the operator gave
        text = response.read(MOST_BYTES).decode()
    found: Series = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, sample.labels.get("le") or sample.labels.get("outcome") or "")
            found[key] = found.get(key, 0.0) + sample.value
    return found


@dataclass(frozen=True)
class Change:
    """Two readings of the same processes."""

    before: list[Series]
    after: list[Series]

    def grown(self, name: str, label: str = "") -> float:
        """By how much a series grew, over all processes."""
        return sum(
            new.get((name, label), 0.0) - old.get((name, label), 0.0)
            for old, new in zip(self.before, self.after, strict=True)
        )

    def mean(self, histogram: str) -> float | None:
        """Mean of what a histogram observed in between; None for nothing."""
        count = sum(self.grown(f"{histogram}_count", label) for label in self._labels(f"{histogram}_count"))
        total = sum(self.grown(f"{histogram}_sum", label) for label in self._labels(f"{histogram}_sum"))
        return total / count if count else None

    def rows(self) -> list[Row]:
        """Return what a load is about: stories told, first words, what waits, failed wake-ups, processor time."""
        if not self.after:
            return []
        found = [
            Row("stories told", self.grown("yourtale_narration_seconds_count", "told"), "stories"),
            bounded("wake-ups failed", self.grown("yourtale_queue_wake_ups_total", "failed"), "wake-ups", 0),
        ]
        first, whole = self.mean("yourtale_narration_first_word_seconds"), self.mean("yourtale_narration_seconds")
        if first is not None:
            found.append(bounded("first word of a story, mean", round(first * 1000, 1), "ms", 2_000))
        if whole is not None:
            found.append(Row("whole story, mean", round(whole * 1000, 1), "ms"))
        waiting = max(new.get(("yourtale_pending_oldest_seconds", ""), 0.0) for new in self.after)
        found.append(Row("oldest action waiting at the end", round(waiting, 1), "s"))
        found.append(Row("processor time of the roles", round(self.grown("process_cpu_seconds_total"), 1), "s"))
        return found

    def _labels(self, name: str) -> set[str]:
        return {label for series in self.after for found, label in series if found == name}
