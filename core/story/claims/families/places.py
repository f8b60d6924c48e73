"""Claims of where the heroes are."""

from collections.abc import Iterator

from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield where heroes are said to be, to arrive, or to have left."""
    yield from _together(grasp)
    places = [m for m in grasp.mentions if m.sort == "place" and grasp.real(m.start)]
    if not places:
        return
    for place in places:
        hit = Hit("place", place.start, place.end)
        way = _way(grasp, place)
        who = _who(grasp, place)
        if way is None or who is None or _only_seen(grasp, place):
            continue
        people = grasp.people(who)
        if not people or any(p.place in m.ids for p in people for m in places if not _far(grasp, m)):
            continue
        if any(leave.start < place.start for leave in grasp.of("place.leave")):
            continue
        if not grasp.denied(hit) and not _absent(grasp, who):
            yield judged(grasp, "position", who, f"at {place.ids[0]}", [False], hit, "contradiction")
    yield from _left(grasp, places)


def _far(grasp: Grasp, place: Mention) -> bool:
    """Whether a place is named as far off."""
    before = set(grasp.said.words[max(0, place.start - 3) : place.start])
    return bool(grasp.lexicon.lists["far"] & before) or grasp.denied(Hit("place", place.start, place.end))


def _together(grasp: Grasp) -> Iterator[Finding]:
    """Yield heroes who are said to be beside somebody who is elsewhere."""
    for hit in grasp.of("place.beside"):
        one = next((m for m in reversed(grasp.whos("subject")) if m.end <= hit.start), None)
        other = next((m for m in grasp.whos() if m.start == hit.end), None)
        if one is None or other is None or grasp.denied(hit) or "pronoun" in {one.form, other.form}:
            continue
        heroes = [person for person in grasp.people(one) if person.hero]
        places = {person.place for person in grasp.people(other)}
        if heroes and places:
            yield judged(grasp, "position", one, "beside", (person.place in places for person in heroes), hit)


def _only_seen(grasp: Grasp, place: Mention) -> bool:
    """Whether a place is looked at or likened, not stood in."""
    clause = grasp.said.tokens[place.start].clause
    for hit in grasp.hits:
        near = hit.end <= place.start + 1 or 0 <= hit.start - place.end <= 4
        if near and hit.name in {"place.gaze", "place.seems"} and grasp.said.tokens[hit.start].clause == clause:
            return True
    return False


def _absent(grasp: Grasp, who: Mention) -> bool:
    """Whether a figure is told of that is nowhere near: who is there is another family's claim."""
    return not any(p.hero or grasp.evidence.here(p) for p in grasp.people(who)) or (
        grasp.has("presence.away") and not all(p.hero for p in grasp.people(who))
    )


def _way(grasp: Grasp, place: Mention) -> str | None:
    """Return the preposition or verb that puts somebody at a place; None when it is only spoken of."""
    words, lists = grasp.said.words, grasp.lexicon.lists
    at = place.start - 1
    while at >= 0 and (words[at] in lists["determiner"] and words[at] not in lists["into"]):
        at -= 1
    if words[place.start] in lists["into"]:
        return words[place.start]
    if at < 0:
        return None
    if words[at] in lists["into"]:
        return words[at]
    if words[at] in lists["of"] and at >= 1 and any(h.name == "place.spot" and h.end == at for h in grasp.hits):
        return words[at]
    if any(h.name == "place.reach" and at - 3 <= h.end - 1 <= at for h in grasp.hits):
        return words[at]
    return None


def _who(grasp: Grasp, place: Mention) -> Mention | None:
    part = grasp.said.tokens[place.start].part
    whos = [m for m in grasp.whos("subject") if grasp.said.tokens[m.start].part == part]
    clause = grasp.said.tokens[place.start].clause
    near = [m for m in whos if m.start < place.start and grasp.said.tokens[m.start].clause == clause]
    for pool in (near, [m for m in whos if m.start < place.start], whos):
        if pool:
            return pool[-1] if pool is not whos else pool[0]
    return grasp.dropped(Hit("place", 1, 2))


def _left(grasp: Grasp, places: list[Mention]) -> Iterator[Finding]:
    for hit in grasp.of("place.leave"):
        place = next((m for m in places if hit.end <= m.start <= hit.end + 3), None)
        who = grasp.subject(hit)
        if place is None or who is None:
            continue
        if {"in", "on", "at"} & set(grasp.said.words[hit.end : place.start]):
            continue
        people = [person for person in grasp.people(who) if person.hero]
        stays = grasp.denied(hit)
        yield judged(
            grasp, "position", who, f"left {place.ids[0]}", ((p.place in place.ids) == stays for p in people), hit
        )
