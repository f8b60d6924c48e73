"""Tokens and money as the local providers count them.

The rule is simple on purpose: a text has one token per four bytes of UTF-8, begun ones counted; a message costs
four tokens more, a question eight. Money is rounded up to a millionth of a dollar per call. A call is billed in
full as soon as generation begins, whether or not anyone stays to listen; refused calls cost nothing, a prompt
that is blocked costs its input.
"""

from __future__ import annotations

import os.path
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.ai.answers import Answer
    from playground.ai.wire import Ask

MESSAGE = 4
QUESTION = 8
CACHE_FROM = 1_024
CACHE_STEP = 64

# Dollars per million tokens: input, cached input, output.
PRICES: dict[str, dict[str, tuple[float, float, float]]] = {
    "gemini": {
        "gemini-2.5-flash-lite": (0.10, 0.01, 0.40),
        "gemini-3.5-flash-lite": (0.30, 0.03, 2.50),
        "gemini-3.8-flash": (0.75, 0.075, 3.75),
    },
    "mistral": {
        "mistral-small-latest": (0.15, 0.015, 0.60),
        "mistral-large-latest": (0.50, 0.05, 1.50),
    },
    "openai": {"tale-small": (0.20, 0.02, 0.80), "tale-large": (2.00, 0.20, 8.00)},
}

# Models that make pictures and voices; openai's speech is paid by characters, which stand for input tokens.
MEDIA_PRICES: dict[str, dict[str, tuple[float, float, float]]] = {
    "gemini": {"gemini-2.5-flash-image": (0.30, 0.03, 30.00), "gemini-2.5-flash-preview-tts": (0.50, 0.50, 10.00)},
    "mistral": {},
    "openai": {"tale-image": (1.00, 1.00, 10.00), "tale-voice": (10.00, 10.00, 0.00)},
}


def count(text: str) -> int:
    """Tokens of a text."""
    return -(-len(text.encode()) // 4)


def shared_start(one: str, other: str) -> str:
    """Return the characters that both texts begin with."""
    return os.path.commonprefix([one, other])  # noqa: RUF071 - texts, not paths


@dataclass(frozen=True, slots=True)
class Tokens:
    """Figures of one call: `cached` is part of `input`, `thinking` is not part of `output`."""

    input: int
    cached: int
    output: int
    thinking: int


@dataclass(slots=True)
class BillRow:
    """One call as it is billed. `outcome`: whole, cut, refused, blocked."""

    provider: str
    key: str
    model: str
    input: int
    cached: int
    output: int
    thinking: int
    micro_usd: int
    outcome: str


@dataclass(slots=True)
class Bill:
    """Every call, and the prompt caches that make some of them cheaper."""

    rows: list[BillRow] = field(default_factory=list)
    _seen: dict[tuple[str, str], deque[str]] = field(default_factory=dict)

    def tokens(self, ask: Ask, answer: Answer) -> Tokens:
        """Count a call, and remember its prompt for the cache of its key."""
        return Tokens(self.input(ask), self._cached(ask), answer.output, answer.thinking)

    @staticmethod
    def input(ask: Ask) -> int:
        """Input tokens of a question."""
        return QUESTION + MESSAGE * ask.turns + sum(count(text) for text in ask.texts)

    def _cached(self, ask: Ask) -> int:
        text = "".join(ask.texts)
        seen = self._seen.setdefault((ask.key, ask.model), deque(maxlen=16))
        shared = max((len(shared_start(text, old).encode()) // 4 for old in seen), default=0)
        seen.append(text)
        return min(shared, self.input(ask)) // CACHE_STEP * CACHE_STEP if shared >= CACHE_FROM else 0

    def refused(self, ask: Ask) -> None:
        """Write down a call that costs nothing."""
        self.add(ask, Tokens(self.input(ask), 0, 0, 0), "refused")

    def add(self, ask: Ask, tokens: Tokens, outcome: str) -> BillRow:
        """Write a row."""
        prices = PRICES[ask.provider] | MEDIA_PRICES[ask.provider]
        price, cached_price, output_price = (round(dollars * 1000) for dollars in prices[ask.model])
        billionths = (tokens.input - tokens.cached) * price + tokens.cached * cached_price
        billionths += (tokens.output + tokens.thinking) * output_price
        micro_usd = 0 if outcome == "refused" else -(-billionths // 1000)
        row = BillRow(ask.provider, ask.key, ask.model, **asdict(tokens), micro_usd=micro_usd, outcome=outcome)
        self.rows.append(row)
        return row

    def document(self) -> dict[str, Any]:
        """Return the bill as JSON."""
        return {
            "count": len(self.rows),
            "micro_usd": sum(row.micro_usd for row in self.rows),
            "rows": [asdict(row) for row in self.rows],
        }
