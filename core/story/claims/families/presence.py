"""Claims of who is there: a figure that acts must be where a hero is."""

from collections.abc import Iterator

from core.story.claims.evidence import Person
from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield who is said to be there, and who not."""
    away = list(grasp.of("presence.away"))
    for mention in grasp.whos("subject"):
        if mention.form in {"group", "pronoun"} and len(mention.ids) > 1:
            continue
        hit = Hit("presence", mention.start, mention.end)
        people = [person for person in grasp.people(mention) if not person.hero]
        unknown = [i for i in mention.ids if i not in grasp.evidence.people]
        if (not people and not unknown) or not grasp.real(mention.start):
            continue
        here = not unknown and any(_here(grasp, p, mention) for p in people)
        if here and _gone(grasp, mention, people, away):
            yield judged(grasp, "presence", mention, "away", [False], hit)
        elif not here and not away and not _denied(grasp, mention) and not _elsewhere(grasp, people):
            yield judged(grasp, "presence", mention, "there", [False], hit, "no_evidence")


def _here(grasp: Grasp, person: Person, mention: Mention) -> bool:
    """Whether somebody is with a hero; where heroes are named beside them, with one of those."""
    near = [
        p
        for m in grasp.whos("object", "beside", "owner")
        if m is not mention and m.form != "pronoun" and not _spoken_of(grasp, m)
        for p in grasp.people(m)
    ]
    near = [p for p in near if p.id != person.id]
    if near and not any(p.place == person.place for p in near) and len({p.place for p in near}) == 1:
        return False
    return grasp.evidence.here(person)


def _spoken_of(grasp: Grasp, mention: Mention) -> bool:
    """Whether somebody is only spoken of: `says of Rook`, `no word about Kim`."""
    return grasp.said.words[max(0, mention.start - 1)] in grasp.lexicon.lists.get("about", frozenset())


def _denied(grasp: Grasp, mention: Mention) -> bool:
    """Whether a negation stands before or right behind: `no Celeste`, `Celeste is not`."""
    lists, words = grasp.lexicon.lists, grasp.said.words
    if lists["concession"] & set(words[max(0, mention.start - 4) : mention.start]):
        return True
    around = (*words[max(0, mention.start - 3) : mention.start], *words[mention.end : mention.end + 3])
    return any(word in lists["negation"] for word in around)


def _elsewhere(grasp: Grasp, people: list[Person]) -> bool:
    """Whether the sentence says where they really are."""
    named = {place for m in grasp.mentions if m.sort == "place" for place in m.ids}
    return any(person.place in named for person in people)


def _gone(grasp: Grasp, mention: Mention, people: list[Person], away: list[Hit]) -> bool:
    part = grasp.said.tokens[mention.start].part
    named = {place for m in grasp.mentions if m.sort == "place" for place in m.ids}
    if named and not any(person.place in named for person in people):
        return False
    starts = {m.start for m in grasp.whos()}
    for hit in away:
        if hit.name == "presence.away" and hit.end not in starts and grasp.said.tokens[hit.start].part == part:
            subject = grasp.subject(hit)
            return subject is not None and subject.ids == mention.ids and not grasp.denied(hit)
    return False
