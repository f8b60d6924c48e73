"""Messages as plain mappings, in the shape that chat completions made common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from core.ai.prompt import Message, Role, ToolCall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROLES = frozenset({"system", "user", "assistant", "tool"})


def conversation(values: Sequence[Message | Mapping[str, Any]] | str) -> tuple[Message, ...]:
    """Read a conversation. Raises ValueError for text in its place, for none at all, and for a bad message."""
    if isinstance(values, str) or not values:
        raise ValueError("messages")
    return tuple(_message(value) for value in values)


def _message(value: Message | Mapping[str, Any]) -> Message:
    """Read `{"role", "content"}`, with `tool_calls` or `tool_call_id` where there are any. Raises ValueError."""
    if isinstance(value, Message):
        return value
    role = "system" if value.get("role") == "developer" else value.get("role")
    if role not in ROLES:
        raise ValueError("role")
    calls = tuple(_call(call) for call in value.get("tool_calls") or ())
    return Message(cast("Role", role), _text(value.get("content")), calls, value.get("tool_call_id"))


def _text(content: object) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    raise ValueError("content")


def _call(call: Mapping[str, Any]) -> ToolCall:
    function = call.get("function", call)
    arguments = function.get("arguments") or {}
    try:
        read = dict(orjson.loads(arguments) if isinstance(arguments, str) else arguments)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise ValueError("arguments") from error
    return ToolCall(str(call.get("id", "")), str(function.get("name", "")), read)
