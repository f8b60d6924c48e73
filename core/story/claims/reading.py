"""Reads one sentence after the other: what it claims, and which of its claims the engine does not bear out."""

from core.story.claims.claim import FAIL_CLOSED, Claim, Fault
from core.story.claims.evidence import Evidence
from core.story.claims.families import FAMILIES
from core.story.claims.grasp import Finding, Grasp
from core.story.claims.mentions import Cast, Seen, slots
from core.story.claims.phrases import lexicon
from core.story.claims.tokens import words_of


class Reader:
    """Reads the sentences of one telling in their order: a pronoun leans on the sentence before."""

    def __init__(self, evidence: Evidence, language: str) -> None:
        self._cast = Cast(evidence, language)
        self._lexicon = lexicon(language, "claims")
        self._seen: Seen = {}
        self._before: tuple[str, ...] = ()

    def claims(self, sentence: str) -> list[Claim]:
        """Return what a sentence claims, without judging it and without moving on."""
        return [finding.claim for finding in self._findings(self._grasp(sentence, dict(self._seen)))]

    def faults(self, sentence: str) -> list[Fault]:
        """Return what is wrong with the next sentence."""
        grasp = self._grasp(sentence, self._seen)
        found = [finding.fault for finding in self._findings(grasp) if finding.fault]
        found = [fault for fault in found if fault.kind == "contradiction" or fault.family in FAIL_CLOSED]
        subjects = grasp.whos("subject") or grasp.whos("owner")
        if subjects:
            self._before = subjects[0].ids
            for person in grasp.people(subjects[0]):
                self._seen[self._cast.gender(person)] = person.id
        return list(dict.fromkeys(found))

    def _grasp(self, sentence: str, seen: Seen) -> Grasp:
        said = words_of(sentence)
        mentions = self._cast.mentions(said, seen)
        hits = self._lexicon.hits(said.words, slots(mentions, self._cast.evidence, said))
        return Grasp(said, mentions, hits, self._cast.evidence, self._cast, self._lexicon, self._before)

    @staticmethod
    def _findings(grasp: Grasp) -> list[Finding]:
        return [finding for family in FAMILIES for finding in family(grasp)]
