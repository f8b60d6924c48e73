"""Layers of a prompt and their budgets. A token is counted as four characters: an estimate, the same for each model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.story.sentences import split

BUDGET: Final[Mapping[str, int]] = {
    "opening": 900,
    "world": 700,
    "pinned": 300,
    "summary": 1_250,
    "threads": 150,
    "memories": 1_250,
    "bonds": 200,
    "lore": 400,
    "recent": 1_200,
    "facts": 900,
    "note": 100,
}
"""Most tokens a layer."""

YIELDING: Final = ("memories", "lore", "recent")
"""What goes first, and in which order, where the whole is too long."""


@dataclass(frozen=True)
class Layer:
    """One layer as entries, the earlier ones less needed; `mark` encloses them, `left_out` did not fit."""

    name: str
    entries: tuple[str, ...]
    mark: str = ""
    left_out: int = 0

    @property
    def text(self) -> str:
        """The layer as it is sent; nothing when it is empty."""
        if not self.entries:
            return ""
        inside = "\n".join(self.entries)
        return f"<{self.mark}>\n{inside}\n</{self.mark}>" if self.mark else inside

    @property
    def tokens(self) -> int:
        """What the layer takes."""
        return tokens(self.text)

    def without_first(self) -> "Layer":
        """Return it without its least needed entry."""
        return replace(self, entries=self.entries[1:], left_out=self.left_out + 1)

    def within(self, most: int) -> "Layer":
        """Return as many of the last entries as so many tokens hold."""
        layer = self
        while layer.entries and layer.tokens > most:
            layer = layer.without_first()
        return layer


def fitted(layers: Sequence[Layer], budget: Mapping[str, int], total: int) -> tuple[Layer, ...]:
    """Return the layers, each within its own budget (none: unbounded), all of them within `total` tokens where it can.

    Only what may yield is given up for the total; the rules, the facts and the turn itself never are.
    """
    kept = {layer.name: layer.within(budget[layer.name]) if layer.name in budget else layer for layer in layers}
    over = sum(layer.tokens for layer in kept.values()) - total
    for name in YIELDING:
        while over > 0 and name in kept and kept[name].entries:
            before = kept[name].tokens
            kept[name] = kept[name].without_first()
            over -= before - kept[name].tokens
    return tuple(kept.values())


def within(text: str, most: int) -> str:
    """Return the text cut to so many tokens at the end of a line or a sentence."""
    if tokens(text) <= most:
        return text
    kept = text[: most * 4]
    whole = split(kept)
    return " ".join(whole[:-1]) or kept.rsplit("\n", 1)[0]


def tokens(text: str) -> int:
    """Return about how many tokens a text takes."""
    return -(-len(text) // 4)
