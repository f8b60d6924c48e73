"""How long the local providers take, drawn from a distribution."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Draw:
    """Seconds: `fixed` value, `uniform` low..high, `lognormal` by median and p99, or one of `values`."""

    kind: str = "fixed"
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    median: float = 0.0
    p99: float = 0.0
    values: tuple[float, ...] = ()

    def seconds(self, source: random.Random) -> float:
        """Draw once."""
        if self.kind == "uniform":
            return source.uniform(self.low, self.high)
        if self.kind == "lognormal" and self.median > 0:
            sigma = math.log(max(self.p99, self.median) / self.median) / 2.326
            return source.lognormvariate(math.log(self.median), sigma)
        if self.kind == "values" and self.values:
            return source.choice(self.values)
        return self.value


@dataclass(slots=True)
class Latency:
    """`first`: until the first piece; `piece`: before each further one. None by default."""

    first: Draw = field(default_factory=Draw)
    piece: Draw = field(default_factory=Draw)
    seed: int = 1
    _source: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._source = random.Random(self.seed)  # noqa: S311 - repeatable, not secret

    @classmethod
    def read(cls, document: dict[str, Any]) -> Latency:
        """Read `{"first": {"kind": …}, "piece": {…}, "seed": 1}`. Raises TypeError for unknown fields."""
        draws = {name: Draw(**_tupled(document.get(name, {}))) for name in ("first", "piece")}
        return cls(**draws, seed=int(document.get("seed", 1)))

    def first_seconds(self) -> float:
        """Seconds until the first piece of an answer."""
        return self.first.seconds(self._source)

    def piece_seconds(self) -> float:
        """Seconds before a further piece."""
        return self.piece.seconds(self._source)


def _tupled(document: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in document.items()}
