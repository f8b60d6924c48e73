"""What a table gives its storyteller of the past: a ledger, memories of what is done now, and figures' bonds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.story.memory.index import Index
from core.story.memory.passages import Passage
from core.story.memory.recall import LEDGER_TOKENS, MEMORIES_TOKENS, Question, bonds, ledger, recalled


@dataclass(frozen=True)
class Given:
    """The sentences given, each in one place only."""

    ledger: tuple[Passage, ...] = ()
    memories: tuple[Passage, ...] = ()
    bonds: Mapping[str, tuple[Passage, ...]] | None = None


def remember(
    index: Index,
    asked: Sequence[Question],
    names: Mapping[str, str | None],
    *,
    recent: frozenset[int] = frozenset(),
    figures: Mapping[str, str] | None = None,
    memories: int = MEMORIES_TOKENS,
    held: int = LEDGER_TOKENS,
) -> Given:
    """Return what to give; `recent` are rows of tellings given whole, `figures` those present, by id with their names.

    `memories` and `held` are the tokens for what bears on the questions and for what weighs most.
    """
    shown = [passage for passage in index.passages if passage.episode in recent and not passage.hero]
    kept = ledger(index, names, besides=shown, budget=held)
    found = recalled(index, asked, names, besides=[*shown, *kept], budget=memories)
    return Given(kept, found, bonds(index, figures or {}))
