"""Words, thoughts, decisions and feelings of player characters: only what their players declared."""

from collections.abc import Iterator, Sequence
from typing import Final

from core.story.claims.evidence import Person
from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit
from core.story.sentences import words

STEM: Final = 4
SHORT: Final = 3
SHARE: Final = 0.3


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield what is put into a hero's mouth or head."""
    tokens = grasp.said.tokens
    spoken = [token.word for token in tokens if token.quoted and token.word.isalpha()]
    if spoken:
        yield from _quoted(grasp, spoken)
    for hit in grasp.hits:
        if hit.name not in {"mind.feels", "mind.says"} or not _real(grasp, hit):
            continue
        who = grasp.subject(hit)
        people = [p for p in grasp.people(who) if p.hero] if who and who.role != "owner" else []
        if hit.name == "mind.says" and (spoken or not _reported(grasp, hit)):
            continue
        if who is None or not people or grasp.denied(hit) or not _before(grasp, who, hit):
            continue
        rest = [t.word for at, t in enumerate(tokens) if not t.quoted and not hit.start <= at < hit.end]
        yield judged(grasp, "speech", who, hit.name, (_declared(grasp, p, rest) for p in people), hit)


def _real(grasp: Grasp, hit: Hit) -> bool:
    token = grasp.said.tokens[hit.start]
    if token.quoted or token.part in grasp.said.asked or grasp.hearsay:
        return False
    return grasp.said.words[0] not in grasp.lexicon.lists["if"] and not grasp.has("mood.doubt")


def _reported(grasp: Grasp, hit: Hit) -> bool:
    """Whether it is told what somebody says, in indirect speech."""
    return bool(grasp.lexicon.lists["that"] & set(grasp.said.words[hit.end : hit.end + 4]))


def _before(grasp: Grasp, who: Mention, hit: Hit) -> bool:
    return who.start <= hit.start or grasp.cast.language == "pt-BR"


def _quoted(grasp: Grasp, spoken: Sequence[str]) -> Iterator[Finding]:
    """A quotation and whoever is named as its speaker."""
    says = [hit for hit in grasp.hits if hit.name in {"mind.says", "speech.says"} and not grasp.quoted(hit.start)]
    for hit in says:
        if grasp.denied(hit):
            continue
        who = _speaker(grasp, hit)
        people = [p for p in grasp.people(who) if p.hero] if who else []
        if who is not None and people and who.role not in {"owner", "beside"}:
            yield judged(grasp, "speech", who, "says", (_declared(grasp, p, spoken) for p in people), hit)
        return


def _speaker(grasp: Grasp, hit: Hit) -> Mention | None:
    whos = [m for m in grasp.whos() if m.role in {"subject", "object"}]
    for mention in whos:
        if mention.end == hit.start:
            return mention
    near = sorted(whos, key=lambda m: (m.start - hit.end) if m.start >= hit.end else (hit.start - m.end) + 0.5)
    if near and min(abs(near[0].start - hit.end), abs(hit.start - near[0].end)) <= 3:
        return near[0]
    if not grasp.whos() and grasp.before and not _thing_speaks(grasp, hit):
        return Mention("who", grasp.before, hit.start, hit.start, form="pronoun")
    return None


def _thing_speaks(grasp: Grasp, hit: Hit) -> bool:
    """Whether a thing, named behind the verb, is what speaks: `sings the wind`."""
    return bool(grasp.lexicon.lists["determiner"] & set(grasp.said.words[hit.end : hit.end + 1]))


def _declared(grasp: Grasp, person: Person, told: Sequence[str]) -> bool:
    """Whether enough of what is told stands in what the player declared."""
    said = {w[:STEM] for text in grasp.evidence.said.get(person.id, ()) for w in words(text) if len(w) >= SHORT}
    names = {w[:STEM] for p in grasp.evidence.people.values() for w in words(p.name)}
    small = grasp.lexicon.lists["small"]
    mine = {w[:STEM] for w in told if len(w) > SHORT and w not in small} - names
    mine = mine or {w[:STEM] for w in told}
    return bool(said) and len(mine & said) >= max(1, round(SHARE * len(mine)))
