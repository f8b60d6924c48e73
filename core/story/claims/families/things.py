"""Claims of items: who has, gets, gives or loses them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit

if TYPE_CHECKING:
    from core.story.claims.claim import Family

LISTED = 2
_KEEPS = ("own.get", "own.have")
_ARTICLES = frozenset({"o", "a", "os", "as", "um", "uma", "the", "an"})


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield what is claimed of items."""
    for item in (m for m in grasp.mentions if m.sort == "item" and grasp.real(m.start)):
        if item.ids[0] in grasp.evidence.items:
            yield from _item(grasp, item)
    yield from _loot(grasp)


def _item(grasp: Grasp, item: Mention) -> Iterator[Finding]:
    part = grasp.said.tokens[item.start].part
    hits = [h for h in grasp.of("own") if grasp.said.tokens[h.start].part == part and _nearest(grasp, item, h)]
    if grasp.said.words[max(0, item.start - 2)] in {"for", "troca"}:
        return
    if not hits or (grasp.lexicon.lists["but"] & set(grasp.said.words)):
        return
    if _borne_out(grasp, item, hits):
        return
    given = next((h for h in hits if h.name == "own.give"), None)
    if given and (found := list(_given(grasp, item, given, denied=grasp.denied(given)))):
        yield from found
        return
    lost = [h for h in hits if h.name in {"own.lose", "own.without"}]
    kept = [h for h in hits if h.name in _KEEPS]
    tokens, words = grasp.said.tokens, grasp.said.words
    if words[0] in grasp.lexicon.lists["not"] or words[:2] == ("it", "is"):
        return
    lost = [h for h in lost if not (h.start >= item.end and words[h.end : h.end + 1] and words[h.end] in _ARTICLES)]
    near = [h for h in kept if tokens[h.start].clause == tokens[item.start].clause and h.end <= item.start]
    pool = [h for h in lost if tokens[h.start].clause == tokens[item.start].clause] or near or lost or kept or hits
    hit = min(pool, key=lambda h: (min(abs(h.start - item.end), abs(item.start - h.end)), h.start))
    if (hit.name in _KEEPS) != grasp.denied(hit):
        yield from _kept(grasp, item, hit)
    elif hit.name != "own.give":
        yield from _lost(grasp, item, hit)


def _nearest(grasp: Grasp, item: Mention, hit: Hit) -> bool:
    """Whether no other item stands in a hit's clause while this one does not."""
    tokens = grasp.said.tokens
    items = [m for m in grasp.mentions if m.sort == "item" and m.ids != item.ids]
    between = [m for m in items if hit.end <= m.start < item.start]
    if between and item.start - between[-1].end > LISTED:
        return False
    clause = tokens[hit.start].clause
    mine = tokens[item.start].clause == clause
    return mine or not any(tokens[m.start].clause == clause for m in items)


def _borne_out(grasp: Grasp, item: Mention, hits: Sequence[Hit]) -> bool:
    """Whether the sentence can be read as what the engine knows: gone and lost, or with its holder and kept."""
    holder = grasp.evidence.items[item.ids[0]]
    names = {hit.name for hit in hits}
    if holder == "gone":
        return bool(names & {"own.lose", "own.without"})
    if any(
        hit.name in _KEEPS and hit.start < m.start < hit.end and holder in m.ids
        for hit in hits
        for m in grasp.whos()
        if m.form != "pronoun"
    ):
        return not grasp.denied(hits[0])
    if names & {"own.lose", "own.without"} or grasp.denied(hits[0]):
        return False
    after = min((hit.start for hit in hits if hit.name == "own.give"), default=0)
    return any(
        holder in m.ids
        and m.start >= after
        and not _source(grasp, m)
        and not (m.role == "owner" and abs(m.start - item.start) <= 3)
        for m in grasp.whos()
    )


def _holder(grasp: Grasp, hit: Hit) -> Mention | None:
    """Return who is said to hold it, or to have held it: not whom it comes from."""
    whos = [m for m in grasp.whos() if not _source(grasp, m)]
    inside = [m for m in grasp.whos() if hit.start <= m.start < hit.end and (m in whos or m.form != "pronoun")]
    if inside:
        return inside[-1]
    owner = next((m for m in grasp.whos("owner") if 0 <= m.start - hit.end <= 1), None)
    if owner is not None and grasp.said.words[hit.end - 1] in grasp.lexicon.lists["body"]:
        return owner
    subject = grasp.subject(hit)
    if subject is not None and not _source(grasp, subject):
        return subject
    return whos[0] if whos else None


def _source(grasp: Grasp, mention: Mention) -> bool:
    at = mention.start - 1
    words, lists = grasp.said.words, grasp.lexicon.lists
    if mention.form == "pronoun" and words[max(0, at - 1) : at + 1] in {("fica", "com"), ("ficou", "com")}:
        return True
    while at >= 0 and words[at] in lists["determiner"] and words[at] not in lists["source"]:
        at -= 1
    if at >= 1 and grasp.cast.language == "pt-BR" and words[at - 1] in lists["body"]:
        return at >= 2 and words[at - 2] in {"da", "das", "do", "dos", "de"}
    if any(hit.name == "own.have" and hit.end - 1 == at for hit in grasp.hits):
        return False
    return at >= 0 and words[at] in lists["source"]


def _kept(grasp: Grasp, item: Mention, hit: Hit) -> Iterator[Finding]:
    name = item.ids[0]
    holder = grasp.evidence.items[name]
    family: Family = "lost" if holder == "gone" else "gained"
    mention = _holder(grasp, hit)
    if mention is None or not grasp.people(mention):
        if holder == "gone" and hit.name == "own.have":
            yield judged(grasp, "lost", item, "held", [False], hit)
        return
    others = [m for m in grasp.whos() if m is not mention and not _source(grasp, m) and m.role != "owner"]
    named = any(holder in m.ids for m in others) and hit.name != "own.get"
    fine = named or holder in mention.ids or (hit.name == "own.have" and holder == mention.ids[0])
    yield judged(grasp, family, mention, f"has {name}", [fine], hit, "no_evidence")


def _lost(grasp: Grasp, item: Mention, hit: Hit) -> Iterator[Finding]:
    """Whoever is said to have lost it has it still: a contradiction."""
    name = item.ids[0]
    holder = grasp.evidence.items[name]
    if holder == "gone":
        return
    loser = _loser(grasp, item, hit)
    if loser is None or not _hero(grasp, loser):
        loser = next((m for m in grasp.whos("subject") if holder in m.ids), loser)
    if loser is None and holder not in grasp.evidence.people:
        return
    got = [h for h in grasp.of("own.get") if h.start > hit.end or h.start < item.start]
    others = [m for m in grasp.whos() if m is not loser]
    passed = bool(got) and any(holder in m.ids for m in others)
    fine = passed or (loser is not None and holder not in loser.ids)
    yield judged(grasp, "lost", loser or item, f"lost {name}", [fine], hit, "no_evidence")


def _loser(grasp: Grasp, item: Mention, hit: Hit) -> Mention | None:
    """Return who is said to have lost an item: its owner, whom it comes from, or the subject."""
    whos = grasp.whos()
    for mention in whos:
        if mention.role == "owner" and (0 <= item.start - mention.end <= 2 or 0 <= mention.start - item.end <= 2):
            return mention
    for mention in whos:
        if _source(grasp, mention) and mention.start >= hit.end:
            return mention
    subject = grasp.subject(hit)
    if subject is not None:
        return subject
    ahead = [m for m in whos if m.start < hit.start]
    return ahead[-1] if ahead else (whos[0] if whos else None)


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
    words, few = grasp.said.words, grasp.lexicon.lists["indefinite"]
    for hit in grasp.of("own.get", "own.give"):
        if grasp.denied(hit) or not any(_hero(grasp, m) for m in (*grasp.whos(), *_before(grasp))):
            continue
        for thing in grasp.of("loot.thing"):
            at = thing.start - 1
            while at >= hit.end and words[at] not in few and thing.start - at < 3:
                at -= 1
            if not (at >= 0 and 0 <= thing.start - hit.start <= 8):
                continue
            if (words[at] in few and words[at - 1] not in grasp.lexicon.lists["prepositions"]) or at == hit.end - 1:
                yield judged(grasp, "gained", Mention("item", ("loot",), 0, 0), "gets", [False], hit, "no_evidence")
                return


def _before(grasp: Grasp) -> list[Mention]:
    return [Mention("who", grasp.before, 0, 0)] if grasp.before else []


def _hero(grasp: Grasp, mention: Mention) -> bool:
    return any(person.hero for person in grasp.people(mention))
