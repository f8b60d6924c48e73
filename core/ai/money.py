"""Prices, and what a call costs: whole millionths of a dollar, rounded up per call."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.ai.events import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """Billionths of a dollar per token (a price of $0.15 a million tokens is 150)."""

    input: int
    output: int
    cached: int

    @classmethod
    def per_million(cls, values: Mapping[str, object]) -> Price:
        """From dollars per million tokens: `input`, `output` and optionally `cached`. Raises ValueError, KeyError."""
        paid = {key: round(float(str(values[key])) * 1000) for key in ("input", "output", "cached") if key in values}
        if min(paid.values(), default=0) < 0:
            raise ValueError("negative price")
        return cls(paid["input"], paid["output"], paid.get("cached", paid["input"]))

    def cost(self, usage: Usage) -> int:
        """Millionths of a dollar; thoughts are paid like words."""
        fresh = usage.input - usage.cached
        billionths = fresh * self.input + usage.cached * self.cached
        billionths += (usage.output + usage.thinking) * self.output
        return -(-billionths // 1000)

    def bound(self, input_tokens: int, output_tokens: int) -> int:
        """Millionths of a dollar that a call of at most so many tokens cannot exceed."""
        return -(-(input_tokens * max(self.input, self.cached) + output_tokens * self.output) // 1000)


@dataclass(frozen=True, slots=True)
class PriceList:
    """Known prices by provider kind and model, the day they were last looked at, and where."""

    checked: date
    prices: Mapping[tuple[str, str], Price]
    sources: Mapping[str, str]


@cache
def price_list() -> PriceList:
    """Read the list that comes with this package."""
    data = tomllib.loads(resources.files(__package__).joinpath("prices.toml").read_text("utf-8"))
    prices = {
        (kind, model): Price.per_million(values)
        for kind, provider in data["providers"].items()
        for model, values in provider["models"].items()
    }
    checked = data["checked"]
    if not isinstance(checked, date):
        raise TypeError("checked")
    return PriceList(checked, prices, {kind: provider["source"] for kind, provider in data["providers"].items()})
