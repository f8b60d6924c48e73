"""What a question is answered with from pinned facts and memories: the one that shares most of its words."""

from collections.abc import Iterable
from typing import Final

from core.story.hygiene import clean
from core.story.oracle.tables import table
from core.story.sentences import folded, stems, words
from core.story.turn import Turn

SHARED_LEAST: Final = 2
SAME_LANGUAGE: Final = 0.5
FACTS_MOST: Final = 400
FACT_MOST: Final = 400
"""Letters of a fact that are looked at and answered with."""


def recalled(
    turn: Turn, question: str, language: str, *, eager: bool, named: frozenset[str] = frozenset()
) -> tuple[str, str]:
    """Return `pinned` or `memory` and the fact that fits a question, or twice nothing.

    `named` are stems of what the state knows: those alone will not do, for where somebody is now is no memory.
    `eager`: nothing else is known to answer it, so one rare word in common will do. Where several fit as well, one in
    the asker's language comes first, a pinned one before a memory.
    """
    asked = stems(question) - _empty()
    if not asked:
        return "", ""
    least = 1 if eager and len(asked) == 1 else SHARED_LEAST
    found = [
        (_score(fact, asked, language, () if eager else named), kind, fact)
        for kind, facts in (("pinned", turn.pinned), ("memory", turn.memories))
        for fact in list(facts)[-FACTS_MOST:]
    ]
    score, kind, fact = max(found, key=lambda one: (one[0], one[1] == "pinned"), default=(0.0, "", ""))
    return (kind, clean(fact[:FACT_MOST])) if score >= least else ("", "")


def _score(fact: str, asked: frozenset[str], language: str, named: Iterable[str]) -> float:
    shared = stems(fact[:FACT_MOST]) & asked
    if not shared.difference(named):
        return 0
    return len(shared) + (SAME_LANGUAGE if _is_in(fact, language) else 0)


def _is_in(fact: str, language: str) -> bool:
    """Tell whether a fact is in a language, by its small words."""
    said = words(fact[:FACT_MOST])
    counts = {one: _count(said, table(one, "questions")["small"]) for one in ("pt-BR", "en-US")}
    return counts[language] == max(counts.values()) > 0


def _count(said: Iterable[str], small: list[str]) -> int:
    return sum(word in small for word in said)


def _empty() -> frozenset[str]:
    """Return the stems of words that a question has without being about them."""
    known = [word for one in ("pt-BR", "en-US") for word in table(one, "questions")["asking"]]
    return stems(" ".join(folded(word) for word in known))
