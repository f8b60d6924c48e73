"""Prompts and answers in the shapes of google-genai, and what its errors mean."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from core.ai.continuation import instruction
from core.ai.errors import (
    Blocked,
    KeyRejected,
    Malformed,
    ProviderError,
    RateLimited,
    TooLong,
    Unavailable,
)
from core.ai.events import Call, Finished, Metered, Text, Usage
from core.ai.prompt import Message, ToolCall
from core.ai.retry_hints import from_google

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.ai.events import ProviderEvent
    from core.ai.prompt import Prompt
    from core.ai.provider import ModelSettings

SIGNED = "gemini:"
# Gemini 3 refuses calls without a signature; this one is documented for calls that another model made.
FOREIGN_SIGNATURE = b"skip_thought_signature_validator"
ENDS = {"STOP": "stop", "MAX_TOKENS": "length"}
BROKEN = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"})
BROKEN |= {"MISSING_THOUGHT_SIGNATURE"}
FAILED = frozenset({"OTHER", "CONTINUATION", "FINISH_REASON_UNSPECIFIED"})
MAX_TEXT = 1 << 20
MAX_CALLS = 16


def encode(prompt: Prompt, model: ModelSettings) -> tuple[Any, Any]:
    """Return `contents` and `config` of a request, as plain lists and dicts (the SDK's types take either)."""
    leading = 0
    while leading < len(prompt.messages) and prompt.messages[leading].role == "system":
        leading += 1
    contents = _contents(prompt.messages[leading:], model.name)
    if shown := prompt.prefix.rstrip():
        contents.append({"role": "model", "parts": [{"text": shown}]})
        contents.append({"role": "user", "parts": [{"text": instruction(prompt.locale)}]})
    config: dict[str, Any] = {
        "temperature": prompt.temperature,
        "max_output_tokens": model.output_bound(prompt),
        "automatic_function_calling": {"disable": True},
        "automatic_continuation": False,
    }
    if leading:
        config["system_instruction"] = "\n\n".join(message.content for message in prompt.messages[:leading])
    if prompt.tools:
        declarations = [
            {"name": tool.name, "description": tool.description, "parameters_json_schema": dict(tool.parameters)}
            for tool in prompt.tools
        ]
        config["tools"] = [{"function_declarations": declarations}]
    if prompt.schema is not None and not prompt.tools:
        # Before Gemini 3, tools and a schema in one request are refused; the answer is checked all the same.
        config |= {"response_mime_type": "application/json", "response_json_schema": dict(prompt.schema)}
    if isinstance(model.thinking, int):
        config["thinking_config"] = {"thinking_budget": model.thinking}
    elif model.thinking is not None:
        config["thinking_config"] = {"thinking_level": model.thinking}
    return contents, config | dict(model.extra)


def _contents(messages: tuple[Message, ...], model: str) -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for before, message in zip((None, *messages), messages, strict=False):
        if message.role == "tool":
            part = {"function_response": _response(message, names)}
            if before is not None and before.role == "tool":
                contents[-1]["parts"].append(part)
            else:
                contents.append({"role": "user", "parts": [part]})
            continue
        parts: list[dict[str, Any]] = [{"text": message.content}] if message.content else []
        for call in message.tool_calls:
            names[call.id] = call.name
            part = {"function_call": {"name": call.name, "args": dict(call.arguments)}}
            parts.append(part | _signature(call, model, first=call is message.tool_calls[0]))
        contents.append({"role": "model" if message.role == "assistant" else "user", "parts": parts})
    return contents


def _response(message: Message, names: Mapping[str, str]) -> dict[str, Any]:
    try:
        response = orjson.loads(message.content)
    except orjson.JSONDecodeError:
        response = message.content
    name = names.get(message.tool_call_id or "", "unknown")
    return {"name": name, "response": response if isinstance(response, dict) else {"result": response}}


def _signature(call: ToolCall, model: str, *, first: bool) -> dict[str, bytes]:
    if call.signature.startswith(SIGNED):
        try:
            return {"thought_signature": base64.b64decode(call.signature[len(SIGNED) :], validate=True)}
        except binascii.Error:
            pass
    return {"thought_signature": FOREIGN_SIGNATURE} if first and model.startswith("gemini-3") else {}


class ResponseReader:
    """Reads the responses of one answer into events."""

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        self._reason = ""
        self._usage: Usage | None = None
        self._size = 0
        self._calls = 0

    def feed(self, response: Any) -> Iterator[ProviderEvent]:
        """Events of one response. Raises Blocked or Malformed."""
        if response.usage_metadata is not None:
            self._usage = _usage(response.usage_metadata)
            yield Metered(self._usage)
        if response.prompt_feedback is not None and response.prompt_feedback.block_reason:
            raise Blocked(_name(response.prompt_feedback.block_reason), billable=True, usage=self._usage)
        for candidate in (response.candidates or ())[:1]:
            for part in (candidate.content.parts if candidate.content else None) or ():
                yield from self._part(part)
            if candidate.finish_reason:
                self._reason = _name(candidate.finish_reason)

    def _part(self, part: Any) -> Iterator[ProviderEvent]:
        if part.text and not part.thought:
            self._size += len(part.text)
            if self._size > MAX_TEXT:
                raise Malformed("too_much_text", billable=True)
            yield Text(_whole_characters(part.text))
        if part.function_call is not None:
            self._calls += 1
            if self._calls > MAX_CALLS:
                raise Malformed("too_many_calls", billable=True)
            call = part.function_call
            signature = base64.b64encode(part.thought_signature).decode() if part.thought_signature else ""
            identity = call.id or f"call{self._calls}"
            yield Call(ToolCall(identity, call.name or "", dict(call.args or {}), signature and SIGNED + signature))

    def finish(self) -> Finished:
        """Return the end. Raises Unavailable when the answer broke off, Blocked or Malformed by its reason."""
        if not self._reason:
            raise Unavailable("truncated", billable=True)
        if self._reason in BROKEN:
            raise Malformed(self._reason, billable=True, usage=self._usage)
        if self._reason in FAILED:
            raise Unavailable(self._reason, billable=True, usage=self._usage)
        if self._reason not in ENDS:
            raise Blocked(self._reason, billable=True, usage=self._usage)
        if self._calls:
            return Finished("tool_calls", self._usage, self._provider, self._model)
        reason = "length" if ENDS[self._reason] == "length" else "stop"
        return Finished(reason, self._usage, self._provider, self._model)  # type: ignore[arg-type]


def _whole_characters(text: str) -> str:
    # The SDK's JSON reader lets half a surrogate pair through, which nothing after us could encode.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _usage(metadata: Any) -> Usage:
    return Usage(
        input=metadata.prompt_token_count or 0,
        output=metadata.candidates_token_count or 0,
        cached=metadata.cached_content_token_count or 0,
        thinking=metadata.thoughts_token_count or 0,
    )


def _name(value: Any) -> str:
    return str(getattr(value, "value", value))


def classify(code: int, details: Any, *, billable: bool) -> ProviderError:
    """Return the typed error of an API error; `billable` when it came inside a stream that had begun."""
    error = details.get("error", details) if isinstance(details, dict) else {}
    text = f"{code} {error.get('status', '')} {error.get('message', '')}"
    extra = [entry for entry in error.get("details") or () if isinstance(entry, dict)]
    reasons = {entry.get("reason") for entry in extra}
    if code in {401, 403} or "API_KEY_INVALID" in reasons or "API key" in str(error.get("message", "")):
        return KeyRejected(text)
    if code == 429:
        hint = from_google(extra, datetime.now(UTC))
        return RateLimited(text, until=hint.until, retry_after=hint.retry_after, billable=billable)
    if code in {400, 413} and ("exceeds the maximum number of tokens" in text or "too long" in text):
        return TooLong(text)
    if code in {408, 409} or code >= 500:
        return Unavailable(text, billable=billable)
    return Malformed(text, billable=billable)
