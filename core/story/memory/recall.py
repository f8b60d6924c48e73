"""What comes to mind: sentences that bear on what is done now, a ledger of what weighs most, what figures remember."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.story.memory.index import Index, best, standard
from core.story.memory.passages import Passage
from core.story.sentences import folded

MEMORIES_TOKENS: Final = 1_200
LEDGER_TOKENS: Final = 800
BONDS_MOST: Final = 2
_RECENCY: Final = 0.5


@dataclass(frozen=True)
class Question:
    """What memories are asked about: a deed or a question in words, and its vector where there is a model."""

    text: str
    vector: bytes = b""


def recalled(
    index: Index,
    asked: Sequence[Question],
    names: Mapping[str, str | None],
    *,
    besides: Collection[Passage],
    budget: int,
) -> tuple[Passage, ...]:
    """Return sentences that bear on what is asked, in the order they were lived, within `budget` tokens.

    `besides` are those that are given anyway. A score is relevance + importance + recency; of several questions each
    sentence's best one counts.
    """
    if not index.passages or not asked:
        return ()
    relevance = [max(of) for of in zip(*(_relevance(index, one) for one in asked), strict=True)]
    weight, fresh = standard(index.importance()), index.recency()
    scores = [r + w + _RECENCY * f for r, w, f in zip(relevance, weight, fresh, strict=True)]
    given = set(besides)
    places = [at for at, passage in enumerate(index.passages) if passage not in given]
    return _within(index, best(places, scores), names, budget)


def ledger(
    index: Index, names: Mapping[str, str | None], *, besides: Collection[Passage], budget: int
) -> tuple[Passage, ...]:
    """Return the sentences that weigh most, word for word, in the order they were lived, within `budget` tokens."""
    given = set(besides)
    places = [at for at, passage in enumerate(index.passages) if passage not in given]
    return _within(index, best(places, index.importance()), names, budget)


def bonds(index: Index, figures: Mapping[str, str]) -> dict[str, tuple[Passage, ...]]:
    """Return what each figure remembers best of what was said to it or told of it and heroes; by id, with its name."""
    weights, found = index.importance(), {}
    for figure, name in figures.items():
        about = folded(name)
        of = [
            at
            for at, passage in enumerate(index.passages)
            if passage.hero and (passage.figure == figure or about in folded(passage.text))
        ]
        if of:
            found[figure] = tuple(index.passages[at] for at in sorted(best(of, weights)[:BONDS_MOST]))
    return found


def _relevance(index: Index, asked: Question) -> list[float]:
    near = index.by_meaning(asked.vector) if asked.vector else None
    return near if near is not None else standard(index.by_words(asked.text))


def _within(index: Index, order: Sequence[int], names: Mapping[str, str | None], budget: int) -> tuple[Passage, ...]:
    chosen: list[int] = []
    for at in order:
        budget -= index.passages[at].tokens(names)
        if budget < 0:
            break
        chosen.append(at)
    return tuple(index.passages[at] for at in sorted(chosen))
