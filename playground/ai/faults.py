"""Faults to order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.ai.wire import Ask

KINDS = {
    "slow_first": "the first word comes after `seconds`",
    "thinks_aloud": "a thought is sent at once, the first word comes after `seconds`",
    "slow_words": "`seconds` between pieces, from piece `after` on",
    "rate_limited": "429 with the provider's own hints: `retry_after` seconds, or `per_day`",
    "rate_limited_in_stream": "200, then an error event after `after` pieces",
    "status": "HTTP `status` (500) with the provider's error body",
    "hang": "takes the question, never answers (`seconds` at most); billed in full",
    "half_stream": "connection reset after `after` pieces",
    "truncate": "the body ends properly after `after` pieces, without a finish reason or figures",
    "garbage": "an event that is not JSON after `after` pieces",
    "flood": "a line without end, 64 MiB of it, after `after` pieces",
    "blocked": "the prompt is refused for safety; its input is billed",
    "blocked_in_stream": "the answer is stopped for safety after `after` pieces",
    "empty": "a finished answer without a word",
    "no_done": "the end mark is missing, all else is there",
    "no_usage": "figures are missing",
    "too_long": "400: the context is too long",
    "key_rejected": "the key is refused",
    "refuse": "the connection is closed before an answer",
}


@dataclass(slots=True)
class Fault:
    """A fault, for the next `times` calls that match (0: for ever), after `skip` that are let through."""

    kind: str
    provider: str = ""
    key: str = ""
    model: str = ""
    times: int = 1
    skip: int = 0
    after: int = 3
    seconds: float = 0.0
    status: int = 500
    retry_after: float | None = None
    per_day: bool = False

    @classmethod
    def read(cls, document: dict[str, Any]) -> Fault:
        """Read JSON. Raises ValueError with a sentence."""
        known = {entry.name for entry in fields(cls)}
        if unknown := set(document) - known:
            raise ValueError(f"unknown field {min(unknown)}; known: {', '.join(sorted(known))}")
        if document.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        return cls(**document)

    def matches(self, ask: Ask) -> bool:
        """Whether it is meant for this call."""
        return self.provider in {"", ask.provider} and self.key in {"", ask.key} and self.model in {"", ask.model}


class Faults:
    """The faults that are on order, oldest first."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Add one."""
        self._ordered.append(fault)

    def clear(self) -> None:
        """Take all back."""
        self._ordered.clear()

    def take(self, ask: Ask) -> Fault | None:
        """Return the fault for a call, if any, and count it."""
        for fault in self._ordered:
            if not fault.matches(ask):
                continue
            if fault.skip:
                fault.skip -= 1
                return None
            if fault.times:
                fault.times -= 1
                if not fault.times:
                    self._ordered.remove(fault)
            return fault
        return None

    @property
    def ordered(self) -> tuple[Fault, ...]:
        """What is still on order."""
        return tuple(self._ordered)
