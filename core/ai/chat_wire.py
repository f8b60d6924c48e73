"""The chat-completions format that OpenAI, Mistral and the many compatible servers share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from core.ai.errors import Blocked, Malformed, RateLimited, TooLong, Unavailable
from core.ai.events import Call, Finished, Reason, Text, Usage
from core.ai.prompt import Prompt, Tool, ToolCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from core.ai.events import ProviderEvent

MAX_CALLS = 16
MAX_ARGUMENTS = 64 << 10

REASONS: dict[str, Reason] = {
    "stop": "stop",
    "length": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
}
TOO_LONG = re.compile(r"context[_ ]length|maximum context|too large for model|prompt is too long", re.IGNORECASE)


def encode_messages(prompt: Prompt, call_id: Callable[[str], str] = str) -> list[dict[str, object]]:
    """Messages as the wire wants them, without the prefix; `call_id` rewrites ids that the provider would refuse."""
    encoded: list[dict[str, object]] = []
    for message in prompt.messages:
        entry: dict[str, object] = {"role": message.role, "content": message.content}
        if message.tool_calls:
            entry["tool_calls"] = [
                {
                    "id": call_id(call.id),
                    "type": "function",
                    "function": {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()},
                }
                for call in message.tool_calls
            ]
        if message.tool_call_id is not None:
            entry["tool_call_id"] = call_id(message.tool_call_id)
        encoded.append(entry)
    return encoded


def encode_tools(tools: tuple[Tool, ...]) -> list[dict[str, object]]:
    """Tools as the wire wants them."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            },
        }
        for tool in tools
    ]


def encode_schema(schema: Mapping[str, Any]) -> dict[str, object]:
    """The `response_format` that asks for JSON of a schema; strict where the schema leaves nothing open."""
    closed = schema.get("additionalProperties") is False
    strict = closed and set(schema.get("required", ())) == set(schema.get("properties", {}))
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema), "strict": strict}}


def error_text(document: object) -> str:
    """Code, type and message of an error body, whichever of them a server gives."""
    if isinstance(document, dict):
        inner = document.get("error", document)
        if isinstance(inner, dict):
            return " ".join(str(inner[key]) for key in ("code", "type", "message", "detail") if inner.get(key))
        return str(inner)
    return str(document)


def decode_usage(usage: dict[str, Any]) -> Usage:
    """Usage figures; the wire counts thoughts inside the completion, we count them apart."""
    details = usage.get("completion_tokens_details") or {}
    thinking = int(details.get("reasoning_tokens") or 0)
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or usage.get("num_cached_tokens") or 0
    return Usage(
        input=int(usage.get("prompt_tokens") or 0),
        output=max(0, int(usage.get("completion_tokens") or 0) - thinking),
        cached=int(cached),
        thinking=thinking,
    )


class ChunkReader:
    """Reads the documents of one answer, streamed or whole, into events. Unknown fields are passed over."""

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        self._calls: dict[int, list[str]] = {}
        self._reason = ""
        self._usage: Usage | None = None

    @property
    def over(self) -> bool:
        """Whether the answer is complete: its reason and its figures have been seen."""
        return bool(self._reason) and self._usage is not None

    def feed(self, data: bytes) -> Iterator[ProviderEvent]:
        """Events of one document. Raises Malformed, Blocked, Unavailable or TooLong."""
        try:
            document = orjson.loads(data)
            if "error" in document or document.get("object") == "error":
                raise in_stream_error(document)
            if document.get("usage"):
                self._usage = decode_usage(document["usage"])
            for choice in document.get("choices") or ():
                yield from self._choice(choice)
        except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError, KeyError) as error:
            raise Malformed(type(error).__name__, billable=True) from error

    def _choice(self, choice: dict[str, Any]) -> Iterator[ProviderEvent]:
        piece = choice.get("delta") or choice.get("message") or {}
        if piece.get("refusal"):
            raise Blocked("refusal", billable=True)
        for text in visible(piece.get("content")):
            yield Text(text)
        for position, part in enumerate(piece.get("tool_calls") or ()):
            self._gather(int(part.get("index") or position), part)
        if choice.get("finish_reason"):
            self._reason = str(choice["finish_reason"])

    def _gather(self, index: int, part: dict[str, Any]) -> None:
        function = part.get("function") or {}
        arguments = function.get("arguments") or ""
        if not isinstance(arguments, str):
            arguments = orjson.dumps(arguments).decode()
        call = self._calls.setdefault(index, ["", "", ""])
        call[0] = call[0] or str(part.get("id") or "")
        call[1] = call[1] or str(function.get("name") or "")
        call[2] += arguments
        if len(self._calls) > MAX_CALLS or len(call[2]) > MAX_ARGUMENTS:
            raise Malformed("too_many_calls", billable=True)

    def finish(self) -> Iterator[ProviderEvent]:
        """Events at the end of the body. Raises Unavailable when it broke off, Blocked when it was filtered."""
        if not self._reason:
            raise Unavailable("truncated", billable=True)
        if self._reason == "content_filter":
            raise Blocked("content_filter", billable=True, usage=self._usage)
        if self._reason not in REASONS:
            raise Unavailable(self._reason, billable=True, usage=self._usage)
        for index, (call_id, name, arguments) in sorted(self._calls.items()):
            yield Call(ToolCall(call_id or f"call{index}", name, self._arguments(arguments)))
        reason: Reason = "tool_calls" if self._calls else REASONS[self._reason]
        yield Finished(reason, self._usage, self._provider, self._model)

    def _arguments(self, text: str) -> dict[str, object]:
        try:
            arguments = orjson.loads(text or "{}")
        except orjson.JSONDecodeError as error:
            raise Malformed("arguments", billable=True, usage=self._usage) from error
        if not isinstance(arguments, dict):
            raise Malformed("arguments", billable=True, usage=self._usage)
        return arguments


def visible(content: object) -> Iterator[str]:
    """Words for people out of a content field: plain text, or parts of which thoughts are left out."""
    if isinstance(content, str):
        if content:
            yield content
    elif isinstance(content, list):
        for part in content:
            if part.get("type") == "text" and part.get("text"):
                yield str(part["text"])


def in_stream_error(document: dict[str, Any]) -> Exception:
    """Return the typed error for an error that arrives inside a stream that had begun."""
    text = error_text(document)
    if TOO_LONG.search(text):
        return TooLong(text)
    if "rate_limit" in text or "1300" in text:
        return RateLimited(text, billable=True)
    return Unavailable(text, billable=True)
