"""Answers that are a pure function of their prompt: what they are kept under, and where."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import fields
from typing import TYPE_CHECKING, Protocol

import msgspec
import orjson

if TYPE_CHECKING:
    from core.ai.prompt import Prompt


class Cache(Protocol):
    """Exact cache. Both are bounded in time and never raise: a store that is away is a miss."""

    async def get(self, key: str) -> bytes | None:
        """Return what was put, or None."""
        ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep `value`, at most that long."""
        ...


class MemoryCache:
    """Least recently used answers in the process's memory, at most `entries`, for as long as the process lives."""

    def __init__(self, entries: int = 1_000) -> None:
        self._entries = entries
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        """See Cache.get."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """See Cache.put."""
        del seconds
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._entries:
            self._kept.popitem(last=False)


class Answer(msgspec.Struct, frozen=True):
    """A finished answer under the model that gave it."""

    text: str
    provider: str
    model: str


def cache_key(prompt: Prompt, tenant: str, models: tuple[str, ...]) -> str:
    """Return the digest of all that an answer depends on: who may share it, the models that may give it, the prompt.

    Where the prompt has an `identity`, that stands for its last message: other words for the same question.
    """
    asked = {entry.name: getattr(prompt, entry.name) for entry in fields(prompt) if entry.compare}
    if prompt.identity:
        asked["messages"] = prompt.messages[:-1]
    document = orjson.dumps([tenant, models, asked], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(document).hexdigest()
