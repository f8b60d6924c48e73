"""What rules alone can say of a telling, before a model is asked."""

from typing import Final

from core.story.checks import drifts, refuses
from core.story.claims import Evidence, Reader
from core.story.judge.contest import Telling
from core.story.lint import slips
from core.story.sentences import split

LOST: Final = frozenset({"contradiction", "refusal", "drift", "digit"})
"""Faults with which a telling loses to one that has none of them; a worn phrase is only counted."""


def flaws(telling: Telling, evidence: Evidence | None) -> list[str]:
    """Return what is wrong with each sentence, in order: names of LOST, or `worn`.

    Without evidence nothing can be a contradiction.
    """
    reader = Reader(evidence, telling.language) if evidence else None
    found: list[str] = []
    for sentence in split(telling.telling):
        found += ["digit" if slip == "digit" else "worn" for slip in slips(sentence, telling.language)]
        found += ["refusal"] * refuses(sentence) + ["drift"] * drifts(sentence, telling.language)
        claims = reader.faults(sentence) if reader else ()
        found += ["contradiction" for fault in claims if fault.kind == "contradiction"]
    return found
