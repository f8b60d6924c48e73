"""Claims of items: who has, gets, gives or loses them."""

from collections.abc import Iterator

from core.story.claims.claim import Family
from core.story.claims.evidence import Person
from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit

_KEEPS = ("own.get", "own.have")


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield what is claimed of items."""
    for item in (m for m in grasp.mentions if m.sort == "item" and grasp.real(m.start)):
        if item.ids[0] in grasp.evidence.items:
            yield from _item(grasp, item)
    yield from _loot(grasp)


def _item(grasp: Grasp, item: Mention) -> Iterator[Finding]:
    part = grasp.said.tokens[item.start].part
    hits = [h for h in grasp.of("own") if grasp.said.tokens[h.start].part == part]
    if not hits:
        return
    lost = [h for h in hits if h.name in {"own.lose", "own.without"}]
    kept = [h for h in hits if h.name in _KEEPS]
    hit = min(lost or kept or hits, key=lambda h: min(abs(h.start - item.end), abs(item.start - h.end)))
    denied = grasp.denied(hit)
    if hit.name == "own.give":
        yield from _given(grasp, item, hit, denied=denied)
    elif (hit.name in _KEEPS) != denied:
        yield from _kept(grasp, item, hit)
    else:
        yield from _lost(grasp, item, hit)


def _holder(grasp: Grasp, item: Mention, hit: Hit) -> Mention | None:
    """Return who is said to hold it, or to have held it: not whom it comes from."""
    whos = [m for m in grasp.whos() if not _source(grasp, m)]
    inside = [m for m in whos if hit.start <= m.start < hit.end]
    if inside:
        return inside[-1]
    subject = grasp.subject(hit)
    if subject is not None and not _source(grasp, subject):
        return subject
    return whos[0] if whos else None


def _source(grasp: Grasp, mention: Mention) -> bool:
    at = mention.start - 1
    words, lists = grasp.said.words, grasp.lexicon.lists
    while at >= 0 and words[at] in lists["determiner"] and words[at] not in lists["source"]:
        at -= 1
    return at >= 0 and words[at] in lists["source"]


def _kept(grasp: Grasp, item: Mention, hit: Hit) -> Iterator[Finding]:
    name = item.ids[0]
    holder = grasp.evidence.items[name]
    family: Family = "lost" if holder == "gone" else "gained"
    mention = _holder(grasp, item, hit)
    if mention is None or not grasp.people(mention):
        if holder == "gone" and hit.name == "own.have":
            yield judged(grasp, "lost", item, "held", [False], hit)
        return
    others = [m for m in grasp.whos() if m is not mention and not _source(grasp, m) and m.role != "owner"]
    named = any(holder in m.ids for m in others) and hit.name != "own.get"
    fine = named or holder in mention.ids or (hit.name == "own.have" and holder == mention.ids[0])
    yield judged(grasp, family, mention, f"has {name}", [fine], hit, "no_evidence")


def _lost(grasp: Grasp, item: Mention, hit: Hit) -> Iterator[Finding]:
    name = item.ids[0]
    holder = grasp.evidence.items[name]
    if holder == "gone":
        return
    inside = [m for m in grasp.whos() if m.start != item.start]
    if not inside and holder not in grasp.evidence.people:
        return
    losers = {i for m in inside for i in m.ids} or {holder}
    mention = next((m for m in inside if holder in m.ids), item)
    subject = _holder(grasp, item, hit)
    moved = any(t.item == name and t.deed in {"give", "take"} for t in grasp.evidence.transfers)
    holding = holder in losers and not (moved and subject is not None and holder not in subject.ids)
    yield judged(grasp, "lost", mention, f"lost {name}", [not holding], hit, "no_evidence")


def _given(grasp: Grasp, item: Mention, hit: Hit, *, denied: bool) -> Iterator[Finding]:
    """The giver has it no more, the taker has it: whoever is the holder must be the taker."""
    name = item.ids[0]
    holder = grasp.evidence.items[name]
    giver = grasp.subject(hit)
    takers = [m for m in grasp.whos() if m is not giver and m.start >= hit.start and not _source(grasp, m)]
    if giver is None or denied or not takers:
        return
    taker = takers[0]
    family: Family = "lost" if holder == "gone" else "gained"
    yield judged(grasp, family, taker, f"has {name}", [holder in taker.ids], hit, "no_evidence")


def _loot(grasp: Grasp) -> Iterator[Finding]:
    """Things that the engine does not know, taken or given."""
    for hit in grasp.of("own.get", "own.give"):
        if grasp.denied(hit):
            continue
        for thing in grasp.of("loot.thing"):
            if 0 <= thing.start - hit.start <= 8 and any(_hero(grasp, m) for m in (*grasp.whos(), *_before(grasp))):
                yield judged(grasp, "gained", Mention("item", ("loot",), 0, 0), "gets", [False], hit, "no_evidence")
                return


def _before(grasp: Grasp) -> list[Mention]:
    return [Mention("who", grasp.before, 0, 0)] if grasp.before else []


def _hero(grasp: Grasp, mention: Mention) -> bool:
    people: list[Person] = grasp.people(mention)
    return any(person.hero for person in people)
