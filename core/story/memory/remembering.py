"""What a table gives its storyteller of the past: a ledger, memories of what is done now, and figures' bonds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.story.budget import tokens
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
    recent: int = 0,
    figures: Mapping[str, str] | None = None,
    memories: int = MEMORIES_TOKENS,
    held: int = LEDGER_TOKENS,
) -> Given:
    """Return what to give; `figures` are those present, by id with their names.

    `recent` are the tokens in which the last tellings are given whole, `memories` and `held` those for what bears on
    the questions and for what weighs most.
    """
    shown = _whole(index, recent)
    kept = ledger(index, names, besides=shown, budget=held)
    found = recalled(index, asked, names, besides=[*shown, *kept], budget=memories)
    return Given(kept, found, bonds(index, figures or {}))


def _whole(index: Index, budget: int) -> list[Passage]:
    """Return the sentences of the last tellings that so many tokens hold whole."""
    told: dict[int, list[Passage]] = {row: [] for row in reversed(index.episodes)}
    for passage in index.passages:
        if not passage.hero:
            told[passage.episode].append(passage)
    shown: list[Passage] = []
    for sentences in told.values():
        budget -= tokens(" ".join(passage.text for passage in sentences) + "\n")
        if budget < 0:
            break
        shown += sentences
    return shown
