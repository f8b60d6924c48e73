"""Answers that must have a shape: read, mended cheaply, and sent back once when that does not do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from core.ai.errors import NoProvider
from core.ai.prompt import Message
from core.ai.schema import coerced, faults

if TYPE_CHECKING:
    from core.ai.prompt import Prompt, ToolCall

# Written for models, not for people, so it does not live in the catalogue.
AGAIN = {
    "pt": "Isso não serve: {faults}. Responda de novo só com o JSON, sem mais nada.",
    "en": "That does not fit: {faults}. Answer again with the JSON alone, nothing else.",
}
LONGEST = 256 << 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What an answer says: `value` by the schema, `calls` with plain slips put right; `wrong` is empty when all fits.

    `by_call`: for each call what is wrong with it.
    """

    value: Any
    calls: tuple[ToolCall, ...]
    wrong: tuple[str, ...]
    by_call: tuple[tuple[str, ...], ...] = ()


def check(prompt: Prompt, text: str, calls: tuple[ToolCall, ...]) -> Checked:
    """Compare an answer with the prompt's schema and tools."""
    if not calls:
        value, wrong = _value(prompt, text)
        return Checked(value, (), wrong)
    tools = {tool.name: tool.parameters for tool in prompt.tools}
    mended = tuple(replace(call, arguments=coerced(call.arguments, tools.get(call.name, {}))) for call in calls)
    by_call = tuple(
        faults(call.arguments, tools[call.name]) if call.name in tools else ("no such tool",) for call in mended
    )
    return Checked(None, mended, tuple(fault for wrong in by_call for fault in wrong), by_call)


def _value(prompt: Prompt, text: str) -> tuple[Any, tuple[str, ...]]:
    if prompt.schema is None:
        return None, ()
    value = _read(text)
    if value is _NOTHING:
        return None, ("$: not JSON",)
    value = coerced(value, prompt.schema)
    return value, faults(value, prompt.schema)


_NOTHING = object()


def _read(text: str) -> Any:
    """Read JSON, also out of a fence or with words around it."""
    text = text.strip()[:LONGEST]
    starts = [place for place in (text.find("{"), text.find("[")) if place >= 0]
    inner = text[min(starts) : max(text.rfind("}"), text.rfind("]")) + 1] if starts else ""
    for candidate in (text, inner):
        try:
            return orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
    return _NOTHING


def mended(prompt: Prompt, text: str, calls: tuple[ToolCall, ...], checked: Checked) -> Prompt:
    """Return the prompt that sends an answer back with what is wrong with it."""
    said = Message("assistant", text, calls)
    if calls:
        told = [
            Message("tool", orjson.dumps({"ok": not wrong, "wrong": list(wrong)}).decode(), tool_call_id=call.id)
            for call, wrong in zip(calls, checked.by_call, strict=True)
        ]
        return replace(prompt, messages=(*prompt.messages, said, *told))
    again = AGAIN.get(prompt.locale[:2], AGAIN["en"]).format(faults="; ".join(checked.wrong))
    return replace(prompt, messages=(*prompt.messages, said, Message("user", again)))


def refused(checked: Checked) -> NoProvider:
    """Return the error for a second answer that does not fit either."""
    return NoProvider("malformed", detail="; ".join(checked.wrong))
