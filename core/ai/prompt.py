"""What a model is asked: messages, tools, limits. The same for every provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["system", "user", "assistant", "tool"]

MESSAGE_OVERHEAD = 16
TOOL_OVERHEAD = 96
CONTINUATION_OVERHEAD = 160
PROMPT_OVERHEAD = 64


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's ask: `name` with JSON `arguments`; `signature` is the asking provider's opaque token, if any."""

    id: str
    name: str
    arguments: Mapping[str, object]
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; a `tool` message answers the call `tool_call_id` and its content is JSON or plain text."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model may ask for; `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class Prompt:
    """One ask.

    `kind` chooses the order of models and whether the answer may be cached. `max_output_tokens` counts
    visible words only (a model's thinking allowance is added per model). `prefix` holds words already shown
    to people: the answer goes on after them and never repeats them. `schema`: JSON schema that the text should fit;
    providers are asked for it, `Router.complete` sees to it. `identity`: what the last message asks for, in a form that
    all paraphrases of it share; answers are then kept under that form.
    """

    kind: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    max_output_tokens: int = 400
    temperature: float = 0.8
    locale: str = "en-US"
    prefix: str = ""
    schema: Mapping[str, object] | None = None
    cache_scope: str = field(default="", compare=False)
    identity: str = ""

    @cached_property
    def input_bound(self) -> int:
        """Tokens of this prompt, never fewer than a provider counts: a token covers at least one byte."""
        size = PROMPT_OVERHEAD + (len(self.prefix.encode()) + CONTINUATION_OVERHEAD if self.prefix else 0)
        for message in self.messages:
            size += MESSAGE_OVERHEAD + len(message.content.encode())
            size += TOOL_OVERHEAD if message.role == "tool" else 0
            for call in message.tool_calls:
                size += TOOL_OVERHEAD + len(call.name) + len(orjson.dumps(call.arguments)) + len(call.signature)
        for tool in self.tools:
            size += TOOL_OVERHEAD + len(tool.name) + len(tool.description.encode())
            size += len(orjson.dumps(tool.parameters))
        if self.schema is not None:
            size += TOOL_OVERHEAD + len(orjson.dumps(self.schema))
        return size

    @property
    def approximate_tokens(self) -> int:
        """A fair guess of the input tokens (four bytes each), for limits on what is sent."""
        return self.input_bound // 4

    @property
    def told(self) -> str:
        """Words already told in this telling: what the assistant said since the last user message, then `prefix`."""
        parts: list[str] = []
        for message in reversed(self.messages):
            if message.role in {"user", "system"}:
                break
            if message.role == "assistant":
                parts.append(message.content)
        return " ".join(part for part in (*reversed(parts), self.prefix) if part)
