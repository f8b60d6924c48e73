"""What the router asks of a provider, and the settings of one model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from core.ai.events import ProviderEvent
    from core.ai.prompt import Prompt


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One model of a provider.

    `max_input_tokens`, `max_output_tokens`: our own limits. `thinking_tokens`: allowance on top of the visible
    words, so that thoughts cannot eat the answer. `thinking`: how hard to think, in the provider's own words
    ("low", "minimal", "none", or a number of tokens where the model takes a budget). `extra`: further fields
    of the request body. `weight`: its part of the calls among equals.
    """

    name: str
    max_input_tokens: int = 16_000
    max_output_tokens: int = 2_000
    thinking_tokens: int = 0
    thinking: str | int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    weight: float = 1.0

    def output_bound(self, prompt: Prompt) -> int:
        """Tokens the provider may generate at most, thoughts included: the limit that is sent."""
        return min(prompt.max_output_tokens, self.max_output_tokens) + self.thinking_tokens


class Provider(Protocol):
    """One provider under one key. Every failure is a `ProviderError`; closing the stream closes the socket."""

    def stream(self, model: str, prompt: Prompt) -> AsyncGenerator[ProviderEvent, None]:
        """Ask once, never retry. The last event is `Finished`; an answer without an end is an error."""
        ...

    async def models(self) -> tuple[str, ...]:
        """Names of the models that the key may use; the cheapest check of a key. Raises like `stream`."""
        ...

    async def aclose(self) -> None:
        """Give back what this object opened itself."""
        ...
