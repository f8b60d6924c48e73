"""A sentence as understood: its words, whom it speaks of, what it predicates of whom, and in what mood."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from core.story.claims.claim import Claim, Family, Fault, Kind
from core.story.claims.evidence import Evidence, Person
from core.story.claims.mentions import Cast, Mention
from core.story.claims.phrases import Hit, Lexicon
from core.story.claims.tokens import Words

_UNREAL_PT: Final = re.compile(r"(?:[aei]sse|[aei]ssem|[aei]ri(?:a|am))$")
NEGATION_REACH: Final = 12
_COPULAS: Final = frozenset({"é", "está", "estão", "são", "foi", "era", "eram", "só"})


@dataclass(frozen=True)
class Finding:
    """One claim with the fault found in it, if any."""

    claim: Claim
    fault: Fault | None = None


@dataclass
class Grasp:
    """Everything that the families look at. `before` are the ids that the sentence before was about."""

    said: Words
    mentions: Sequence[Mention]
    hits: Sequence[Hit]
    evidence: Evidence
    cast: Cast
    lexicon: Lexicon
    before: tuple[str, ...] = ()
    unreal_parts: frozenset[int] = field(default_factory=frozenset)
    likened: Mapping[int, int] = field(default_factory=dict)
    hearsay: bool = False

    def __post_init__(self) -> None:
        self.unreal_parts = frozenset(self._unreal())
        self.likened = {self.said.tokens[h.start].part: h.start for h in reversed(self.hits) if h.name == "mood.as"}
        self.hearsay = self._hearsay()

    def of(self, *names: str) -> Iterator[Hit]:
        """Yield the hits of some classes, or of whole groups, that the teller asserts."""
        for hit in self.hits:
            if (hit.name in names or hit.group in names) and self.real(hit.start):
                yield hit

    def has(self, *names: str) -> bool:
        """Tell whether a hit of some classes or groups stands outside quotations."""
        return any((h.name in names or h.group in names) and not self.quoted(h.start) for h in self.hits)

    def quoted(self, at: int) -> bool:
        """Tell whether a word stands in quotation marks."""
        return self.said.tokens[at].quoted

    def real(self, at: int) -> bool:
        """Tell whether the teller asserts what stands here: no quotation, question, condition or hearsay."""
        token = self.said.tokens[at]
        if self.likened.get(token.part, at) < at:
            return False
        return not (token.quoted or token.part in self.said.asked or token.part in self.unreal_parts or self.hearsay)

    def denied(self, hit: Hit) -> bool:
        """Tell whether a hit is negated in its clause."""
        clause, words = self.said.tokens[hit.start].clause, self.said.words
        found = 0
        for at in range(hit.start - 1, max(-1, hit.start - 1 - NEGATION_REACH), -1):
            if self.said.tokens[at].clause != clause or words[at] in self.lexicon.lists["breaks"]:
                break
            found += words[at] in self.lexicon.lists["negation"]
        if self.cast.language == "pt-BR":
            return found > 0
        return found % 2 == 1

    def people(self, mention: Mention) -> list[Person]:
        """Return the known people whom a mention stands for."""
        return [self.evidence.people[i] for i in mention.ids if i in self.evidence.people]

    def whos(self, *roles: str) -> list[Mention]:
        """Return the mentions of people in some roles (all when none is named) outside quotations."""
        return [
            m for m in self.mentions if m.sort == "who" and (not roles or m.role in roles) and not self.quoted(m.start)
        ]

    def subject(self, hit: Hit) -> Mention | None:
        """Return whom a hit is said of: who stands before it, or behind it, or was spoken of in the sentence before."""
        aside = {"owner", "beside"} if self.whos("subject") else {"owner"}
        touching = [m for m in self.whos() if m.end == hit.start and m.role not in aside]
        if touching:
            return touching[0]
        named = next((m for m in self.whos() if m.start == hit.end), None)
        if named and hit.start and self.said.words[hit.start - 1] in self.lexicon.lists["determiner"]:
            return named
        if (thing := self.thing_before(hit)) and not self._acted_on(hit):
            return self._whose(thing, hit)
        clause = self.said.tokens[hit.start].clause
        part = self.said.tokens[hit.start].part
        ahead = [m for m in self.whos() if m.start < hit.end and self.said.tokens[m.start].part == part]
        ahead = [m for m in ahead if not hit.start <= m.start or m.role == "subject"]
        near = [m for m in ahead if self.said.tokens[m.start].clause == clause]
        for pool in (near, ahead):
            for role in ("subject", "owner"):
                for mention in reversed(pool):
                    if mention.role == role and (role == "subject" or self.embodied(mention)):
                        return mention
        behind = [
            m
            for m in self.whos()
            if m.start >= hit.end and m.start - hit.end <= 4 and self.said.tokens[m.start].part == part
        ]
        if behind:
            return behind[0]
        return self.dropped(hit)

    def _whose(self, thing: str, hit: Hit) -> Mention | None:
        """Return whose deed a thing is, such as somebody's jump."""
        if thing not in self.lexicon.lists["deed_noun"]:
            return None
        owners = [m for m in self.whos("owner") if 0 <= hit.start - m.end <= 4]
        return owners[-1] if owners else None

    def _acted_on(self, hit: Hit) -> bool:
        """Whether the thing before a hit is what somebody before it acts on."""
        tokens = self.said.tokens
        clause = tokens[hit.start].clause
        ahead = [m for m in self.whos("subject") if m.start < hit.start and tokens[m.start].clause == clause]
        if not ahead:
            return False
        between = self.said.words[ahead[-1].end : hit.start]
        return len(between) > 2 and not self.lexicon.lists["while"] & set(between)

    def embodied(self, owner: Mention) -> bool:
        """Tell whether it is a part of somebody, or a deed, that is spoken of, not a thing that they have."""
        words, named = self.said.words, self.lexicon.lists["body"] | self.lexicon.lists["deed_noun"]
        around = words[max(0, owner.start - 3) : owner.start] if self.cast.language == "pt-BR" else ()
        return not any(m.sort == "item" and abs(m.start - owner.end) <= 4 for m in self.mentions) or bool(
            named & {*around, *words[owner.end : owner.end + 4]}
        )

    def dropped(self, hit: Hit) -> Mention | None:
        """Return whom the sentence before was about, where a verb that begins a sentence has no subject of its own."""
        if self.cast.language != "pt-BR" or not self.before or self.whos():
            return None
        after = self.said.tokens[hit.end : hit.end + 4]
        if any(a.raw in _COPULAS and b.word in self.lexicon.lists["determiner"] for a, b in pairwise(after)):
            return None
        if all(word in self.lexicon.lists["auxiliary"] for word in self.said.words[: hit.start]):
            return Mention("who", self.before, hit.start, hit.start, form="pronoun")
        return None

    def object(self, hit: Hit) -> Mention | None:
        """Return whom a hit is done to: the next one mentioned behind it, near by."""
        for mention in self.whos():
            if mention.start >= hit.end and mention.start - hit.end <= 6:
                return mention
        return None

    def thing_before(self, hit: Hit) -> str:
        """Return the thing that is the subject, not somebody: a determiner and a noun that stand right before."""
        words, lists = self.said.words, self.lexicon.lists
        at = hit.start - 1
        while at >= 0 and words[at] in lists["auxiliary"]:
            at -= 1
        if at < 1 or any(m.start <= at < m.end for m in self.mentions):
            return ""
        noun, before = words[at], words[at - 1]
        of = words[at - 2] if at >= 2 else ""
        if noun in lists["person_noun"] | lists["body"] | lists["determiner"] or not noun.isalpha():
            return ""
        return noun if before in lists["determiner"] and of not in lists["prepositions"] else ""

    def _unreal(self) -> Iterator[int]:
        for hit in self.hits:
            if hit.name in {"mood.if", "mood.unreal", "mood.doubt"} and not self.quoted(hit.start):
                token = self.said.tokens[hit.start]
                if hit.name != "mood.if" or token.first or self.said.words[hit.start - 1] in {",", ";", ":"}:
                    yield token.part
        if self.cast.language == "pt-BR":
            for token in self.said.tokens:
                if not token.quoted and _UNREAL_PT.search(token.word) and token.word not in self.lexicon.lists["real"]:
                    yield token.part

    def _hearsay(self) -> bool:
        """Whether all is what somebody of the story says, without quotation marks."""
        if self.said.quotes:
            return False
        for hit in self.hits:
            if hit.name == "hearsay.says":
                inside = [p for m in self.mentions if hit.start <= m.start < hit.end for p in self.people(m)]
                if not any(person.hero for person in inside):
                    return True
        return False


def judged(  # noqa: PLR0917 - what every claim is made of
    grasp: Grasp,
    family: Family,
    mention: Mention,
    value: str,
    holds: Iterable[bool],
    hit: Hit,
    kind: Kind = "contradiction",
) -> Finding:
    """Return a claim of somebody and its fault: it must hold of all mentioned, or of one where it is not said which."""
    found = list(holds)
    tokens = grasp.said.tokens
    span = (tokens[hit.start].start, tokens[hit.end - 1].end)
    claim = Claim(family, ",".join(mention.ids), value, span)
    fine = (any(found) if mention.any_of else all(found)) if found else True
    return Finding(claim, None if fine else Fault(family, f"{claim.subject} {value}", span, kind))
