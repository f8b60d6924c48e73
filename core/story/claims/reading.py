"""Reads one sentence after the other: what it claims, and which of its claims the engine does not bear out."""

from core.story.claims.claim import Claim, Fault
from core.story.claims.evidence import Evidence


class Reader:
    """Reads the sentences of one telling in their order: a pronoun leans on the sentence before."""

    def __init__(self, evidence: Evidence, language: str) -> None:
        self._evidence = evidence
        self._language = language

    def claims(self, sentence: str) -> list[Claim]:
        """Return what a sentence claims, without judging it and without moving on."""
        return []

    def faults(self, sentence: str) -> list[Fault]:
        """Return what is wrong with the next sentence."""
        return []
