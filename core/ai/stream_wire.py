"""Events of an answer as they travel between processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from core.ai.errors import NoProvider
from core.ai.events import Call, Event, Finished, Reason, Text
from core.ai.prompt import ToolCall

if TYPE_CHECKING:
    from collections.abc import Sequence


class Broken(msgspec.Struct, frozen=True, tag="e", array_like=True):
    """The leader's end without an answer; `reason` as in NoProvider, or `left` and `too_long`, its own."""

    reason: str
    detail: str = ""
    until: float | None = None
    blocked: str = ""

    def error(self, shown: str) -> NoProvider:
        """Return what the follower raises, who has handed on `shown`."""
        return NoProvider(self.reason, detail=self.detail, until=self.until, shown=shown, blocked=self.blocked)


class _Text(msgspec.Struct, frozen=True, tag="t", array_like=True):
    text: str


class _Call(msgspec.Struct, frozen=True, tag="c", array_like=True):
    id: str
    name: str
    arguments: dict[str, object]
    signature: str


class _End(msgspec.Struct, frozen=True, tag="f", array_like=True):
    reason: Reason
    provider: str
    model: str


_Wire = _Text | _Call | _End | Broken
_DECODER = msgspec.json.Decoder(list[_Wire])


def encoded(events: Sequence[Event | Broken]) -> bytes:
    """Return events as one batch."""
    return msgspec.json.encode([_out(event) for event in events])


def decoded(batch: bytes) -> list[Event | Broken]:
    """Return the events of a batch. Raises msgspec.DecodeError."""
    return [_in(event) for event in _DECODER.decode(batch)]


def _out(event: Event | Broken) -> _Wire:
    match event:
        case Text(text):
            return _Text(text)
        case Call(call):
            return _Call(call.id, call.name, dict(call.arguments), call.signature)
        case Finished(reason, _, provider, model):
            return _End(reason, provider, model)
        case Broken():
            return event


def _in(event: _Wire) -> Event | Broken:
    match event:
        case _Text(text):
            return Text(text)
        case _Call(id, name, arguments, signature):
            return Call(ToolCall(id, name, arguments, signature))
        case _End(reason, provider, model):
            return Finished(reason, None, provider, model)
        case Broken():
            return event
