"""A table's memories, ready to be searched: scored by importance, and by relevance in words or in meaning."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.story.memory.dense import SIZE, similarities
from core.story.memory.importance import RARE, Weighed, novelty, stemmed, weighed
from core.story.memory.passages import Episode, Passage, passages
from core.story.sentences import folded

_K1: Final = 1.2
_B: Final = 0.5
_RARE_IN: Final = 2
_LONG: Final = 3
_RECENCY: Final = 0.995


@dataclass
class Index:
    """Sentences of the episodes added so far, oldest first.

    `vectors` holds those of each sentence, `wholes` those of each episode as a whole; both are empty for an episode
    that was never embedded. An index only grows: where something was undone or edited another one is built.
    """

    language: str
    heroes: frozenset[str] = frozenset()
    passages: list[Passage] = field(default_factory=list)
    made_of: list[Weighed] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    episodes: list[int] = field(default_factory=list)
    vectors: dict[int, bytes] = field(default_factory=dict)
    wholes: dict[int, bytes] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    holding: Counter[str] = field(default_factory=Counter)
    postings: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    _importance: list[float] = field(default_factory=list)

    def add(self, episode: Episode, vectors: bytes = b"") -> None:
        """Add what was lived next; `vectors` are those of its sentences, then that of the whole, if they were kept."""
        found = passages(episode)
        for passage in found:
            self._add(passage)
        self.episodes.append(episode.row)
        self._importance = []
        self.embed(episode.row, vectors, len(found))

    def embed(self, row: int, vectors: bytes, sentences: int) -> None:
        """Take in an episode's vectors, if they are those of so many sentences and of the whole."""
        if sentences and len(vectors) == (sentences + 1) * SIZE:
            self.vectors[row], self.wholes[row] = vectors[:-SIZE], vectors[-SIZE:]

    def _add(self, passage: Passage) -> None:
        at, made = len(self.passages), weighed(passage.text, self.language, self.heroes)
        self.passages.append(passage)
        self.made_of.append(made)
        self.weights.append(made.weight + novelty(len(made.names - self.named)))
        self.named |= made.names
        for stem, times in Counter(made.stems).items():
            self.holding[stem] += 1
            self.postings[stem].append((at, times))

    def importance(self) -> list[float]:
        """Return what each sentence weighs now: words that hardly any other sentence has count too."""
        if self._importance:
            return self._importance
        rare = {stem for stem, times in self.holding.items() if times <= _RARE_IN and len(stem) > _LONG}
        self._importance = [
            weight + RARE * sum(stem in rare for stem in made.stems)
            for weight, made in zip(self.weights, self.made_of, strict=True)
        ]
        return self._importance

    def by_words(self, question: str) -> list[float]:
        """Return how much each sentence shares with a question in words (BM25 over stems)."""
        scores, count = [0.0] * len(self.passages), len(self.passages)
        mean = sum(len(made.stems) for made in self.made_of) / (count or 1)
        for stem in set(stemmed(question, self.language)):
            found = self.postings.get(stem, ())
            worth = math.log(1 + (count - len(found) + 0.5) / (len(found) + 0.5))
            for at, times in found:
                length = len(self.made_of[at].stems) / (mean or 1.0)
                scores[at] += worth * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * length))
        return scores

    def by_meaning(self, question: bytes) -> list[float] | None:
        """Return how near each sentence and its episode are to a question's vector.

        An episode without vectors counts as neither near nor far; None where most are without.
        """
        known = [row for row in self.episodes if row in self.vectors]
        if 2 * len(known) <= len(self.episodes):
            return None
        sentences = similarities(b"".join(self.vectors[row] for row in known), question)
        wholes = similarities(b"".join(self.wholes[row] for row in known), question)
        near, around = iter(standard(sentences)), dict(zip(known, standard(wholes), strict=True))
        return [next(near) + around[passage.episode] if passage.episode in around else 0.0 for passage in self.passages]

    def recency(self) -> list[float]:
        """Return how fresh each sentence is, 0 to 1."""
        age = {row: len(self.episodes) - n for n, row in enumerate(self.episodes)}
        return [_RECENCY ** age[passage.episode] for passage in self.passages]


def standard(values: Sequence[float]) -> list[float]:
    """Return the values as deviations from their mean, so that different scores can be added."""
    count = len(values) or 1
    mean = sum(values) / count
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / count)
    return [(value - mean) / (spread or 1.0) for value in values]


def heroes(names: Mapping[str, str | None]) -> frozenset[str]:
    """Return the heroes' names as they are compared."""
    return frozenset(part for name in names.values() if name for part in folded(name).split())


def best(passages_: Iterable[int], scores: Sequence[float]) -> list[int]:
    """Return places in order of their scores, the highest first, earlier ones first among equals."""
    return sorted(passages_, key=lambda at: (-scores[at], at))
