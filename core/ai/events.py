"""What comes back from a model while it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.ai.prompt import ToolCall

Reason = Literal["stop", "length", "tool_calls"]
Source = Literal["provider", "cache", "shared"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a call: `input` includes `cached`; `output` are visible tokens, `thinking` those never shown."""

    input: int = 0
    output: int = 0
    cached: int = 0
    thinking: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """The next words."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A complete ask by the model."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Metered:
    """Usage known so far, between provider and router only; the final figure comes with `Finished`."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer. `usage` is None when the provider did not tell; `source` says where it came from."""

    reason: Reason
    usage: Usage | None
    provider: str
    model: str
    source: Source = "provider"


Event = Text | Call | Finished
ProviderEvent = Text | Call | Metered | Finished
