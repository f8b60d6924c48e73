"""Several texts for one key, so that no group reads the same one twice before it has read them all."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from core.ai.prompt import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ai.prompt import Prompt

OTHERWISE = "Written before, for the same ask. Write it anew, in other words, with other details in front:"
LEAD = 160
"""Characters of each earlier text that a model is shown."""


class Readings(Protocol):
    """How often each group has read a key. Bounded in time, and never raises."""

    async def next(self, group: str, key: str) -> int:
        """Count one more reading and return how many there were before it."""
        ...


class MemoryReadings:
    """Readings in the process's memory, of the `groups` that read last."""

    def __init__(self, groups: int = 1_000) -> None:
        self._groups = groups
        self._read: OrderedDict[str, dict[str, int]] = OrderedDict()

    async def next(self, group: str, key: str) -> int:
        """See Readings.next."""
        read = self._read.setdefault(group, {})
        self._read.move_to_end(group)
        if len(self._read) > self._groups:
            self._read.popitem(last=False)
        before = read.get(key, 0)
        read[key] = before + 1
        return before


def unlike(prompt: Prompt, earlier: Sequence[str]) -> Prompt:
    """Return the prompt that asks for one more variant, unlike those before it."""
    if not earlier:
        return prompt
    shown = "\n".join(f"- {' '.join(text.split())[:LEAD]}" for text in earlier)
    *before, last = prompt.messages
    return replace(prompt, messages=(*before, Message("user", f"{last.content}\n{OTHERWISE}\n{shown}")))


def same(text: str, earlier: Sequence[str]) -> bool:
    """Say whether a text is one of the earlier ones, but for case and spaces."""
    plain = " ".join(text.casefold().split())
    return any(plain == " ".join(other.casefold().split()) for other in earlier)
