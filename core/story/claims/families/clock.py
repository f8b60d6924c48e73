"""Claims of the time of day."""

from collections.abc import Iterator
from typing import Final

from core.story.claims.claim import Claim, Fault
from core.story.claims.grasp import Finding, Grasp

_NEAR: Final = {
    "dawn": {"dawn", "day", "morning", "sun"},
    "morning": {"morning", "day", "sun"},
    "noon": {"noon", "day", "sun"},
    "afternoon": {"afternoon", "day", "sun"},
    "dusk": {"dusk", "evening", "sun"},
    "night": {"night", "evening"},
    "evening": {"dusk", "night", "evening"},
    "day": {"day", "morning", "noon", "afternoon"},
}
"""Which times a sentence may tell of when the engine's time is this."""


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield which time of day it is said to be."""
    near = _NEAR.get(grasp.evidence.time, {grasp.evidence.time})
    tokens = grasp.said.tokens
    words, related = grasp.said.words, grasp.lexicon.lists["related"]
    hits = [
        h for h in grasp.of("time") if not grasp.denied(h) and not related & set(words[max(0, h.start - 3) : h.start])
    ]
    told = {hit.name.partition(".")[2] for hit in hits}
    if any(hit.name == "other.time" for hit in grasp.hits) or "over" in told:
        return
    for hit in hits:
        time = hit.name.partition(".")[2]
        span = (tokens[hit.start].start, tokens[hit.end - 1].end)
        claim = Claim("time", "time", time, span)
        wrong = time not in near and not (told - {"sun"}) & near
        yield Finding(claim, Fault("time", f"it is {grasp.evidence.time}", span) if wrong else None)
