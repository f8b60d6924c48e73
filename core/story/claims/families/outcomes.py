"""Claims of success and failure, of blows that land or miss."""

from collections.abc import Iterator

from core.story.claims.evidence import Person
from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit

_OPPOSITE = {"success": "failure", "failure": "success"}


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield what is claimed of deeds and blows."""
    for hit in grasp.of("outcome.success", "outcome.failure", "outcome.resisted", "outcome.yields"):
        value = "success" if hit.name in {"outcome.success", "outcome.yields"} else "failure"
        if hit.name == "outcome.resisted" and _tags(grasp, hit):
            continue
        if not _drops(grasp, hit):
            yield from _told(grasp, hit, value, _doer(grasp, hit))
    yield from _noticed(grasp)
    for hit in grasp.of("outcome.strike", "outcome.miss", "outcome.dodge"):
        yield from _blow(grasp, hit)


def _noticed(grasp: Grasp) -> Iterator[Finding]:
    """Whoever sees a hero that went by stealth: only checks of stealth tell."""
    for hit in grasp.of("outcome.noticed"):
        for mention in (m for m in grasp.whos() if hit.start <= m.start < hit.end):
            hidden = [
                o
                for p in grasp.people(mention)
                for who, skill, o in grasp.evidence.checks
                if who == p.id and skill == "stealth"
            ]
            if hidden:
                seen = not grasp.denied(hit)
                fine = any(("success" in outcome) != seen for outcome in hidden)
                yield judged(grasp, "outcome", mention, "failure" if seen else "success", [fine], hit)


def _drops(grasp: Grasp, hit: Hit) -> bool:
    """Whether it is an item that falls, not somebody."""
    tokens = grasp.said.tokens
    items = [m for m in grasp.mentions if m.sort == "item" and tokens[m.start].clause == tokens[hit.start].clause]
    return tokens[hit.start].word in {"cai", "caiu", "fica", "ficou"} and bool(items)


def _tags(grasp: Grasp, hit: Hit) -> bool:
    """Whether a verb only says how a quotation is spoken."""
    return grasp.said.quotes and any(
        h.start == hit.start and h.name in {"mind.says", "speech.says"} for h in grasp.hits
    )


def _told(grasp: Grasp, hit: Hit, value: str, mention: Mention | None) -> Iterator[Finding]:
    if mention is None:
        return
    if grasp.denied(hit):
        value = _OPPOSITE[value]
    people = grasp.people(mention)
    if all(person.hero for person in people):
        yield judged(grasp, "outcome", mention, value, (_bears(grasp, p, value) for p in people), hit)
    elif hit.name in {"outcome.success", "outcome.failure"}:
        targets = _targets(grasp, mention)
        yield judged(grasp, "outcome", mention, value, (_struck(grasp, p, targets, value) for p in people), hit)


def _bears(grasp: Grasp, person: Person, value: str) -> bool:
    """Whether a hero's checks bear out a success or failure: only when all of them say otherwise, they do not."""
    checks = [(skill, outcome) for who, skill, outcome in grasp.evidence.checks if who == person.id]
    meant = _skills(grasp)
    checks = [(skill, outcome) for skill, outcome in checks if skill in meant] or checks
    results = ["success" if "success" in outcome else "failure" for _, outcome in checks]
    results += ["success" for _, cause in grasp.evidence.wounds_by if cause == person.id and not results]
    return not results or value in results


def _skills(grasp: Grasp) -> set[str]:
    """Return the skills whose deeds a sentence has words for."""
    return {hit.name.partition(".")[2] for hit in grasp.of("skill")}


def _struck(grasp: Grasp, person: Person, targets: set[str], value: str) -> bool:
    blows = [s for s in grasp.evidence.strikes if s.figure == person.id and (not targets or s.hero in targets)]
    return not blows or any(blow.hit == (value == "success") for blow in blows)


def _targets(grasp: Grasp, but: Mention) -> set[str]:
    return {p.id for m in grasp.whos() if m is not but for p in grasp.people(m) if p.hero}


def _doer(grasp: Grasp, hit: Hit) -> Mention | None:
    """Return whose deed it is: the one that a thing or figure resists or yields to, else the subject."""
    heroes = [m for m in grasp.whos() if any(p.hero for p in grasp.people(m))]
    caught = [m for m in heroes if hit.start < m.start < hit.end]
    if caught and hit.name == "outcome.failure":
        return caught[0]
    if hit.name in {"outcome.resisted", "outcome.yields"}:
        actor = grasp.subject(hit)
        if actor is not None and actor.form != "group" and any(p.hero for p in grasp.people(actor)):
            return actor if actor.role == "owner" else None
        return heroes[0] if len(heroes) == 1 else next((m for m in heroes if m.start >= hit.end), None) or _only(grasp)
    subject = grasp.subject(hit)
    return _unsaid(grasp, hit, heroes) if subject is None else subject


def _unsaid(grasp: Grasp, hit: Hit, heroes: list[Mention]) -> Mention | None:
    """Return whose deed it is where only a thing is told of: the one hero named, its holder, or the only doer."""
    if len({m.ids for m in heroes}) == 1:
        return heroes[0]
    if wielder := _wielder(grasp, hit):
        return wielder
    return _only(grasp) if grasp.thing_before(hit) in grasp.lexicon.lists["deed_noun"] else None


def _wielder(grasp: Grasp, hit: Hit) -> Mention | None:
    """Return the hero who holds the item that a deed is told of: `the gaff goes in`."""
    heroes = {person.id for person in grasp.evidence.heroes()}
    for mention in grasp.mentions:
        if mention.sort == "item" and mention.start < hit.start and grasp.evidence.items.get(mention.ids[0]) in heroes:
            return Mention("who", (grasp.evidence.items[mention.ids[0]],), mention.start, mention.end)
    return None


def _only(grasp: Grasp) -> Mention | None:
    skills = _skills(grasp)
    doers = {who for who, skill, _ in grasp.evidence.checks if not skills or skill in skills}
    doers = doers or {who for who, _, _ in grasp.evidence.checks}
    return Mention("who", tuple(doers), 0, 0) if len(doers) == 1 else None


def _blow(grasp: Grasp, hit: Hit) -> Iterator[Finding]:
    """A blow of somebody at somebody: who strikes stands before a `strike` or `miss`, behind a `dodge`."""
    inside = [m for m in grasp.whos() if m.start < hit.end]
    behind = [m for m in grasp.whos() if m.start >= hit.start and m not in inside[:1]]
    if not inside:
        return
    one = next((m for m in inside if m.role in {"subject", "owner"}), inside[0])
    other = next((m for m in behind if m is not one), None)
    lands = (hit.name == "outcome.strike") != grasp.denied(hit)
    striker, target = (other, one) if hit.name == "outcome.dodge" else (one, other)
    if hit.name == "outcome.dodge" and striker is None:
        heroes = [p for p in grasp.people(one) if p.hero]
        strikes = [s for s in grasp.evidence.strikes if s.hero in {p.id for p in heroes}]
        if heroes and strikes:
            yield judged(grasp, "outcome", one, "missed", [any(s.hit == lands for s in strikes)], hit)
        elif not heroes:
            yield from _told(grasp, hit, "failure", _only(grasp))
        return
    if striker is None:
        return
    value = "success" if lands else "failure"
    people = grasp.people(striker)
    if all(p.hero for p in people):
        if target is not None and any(not p.hero for p in grasp.people(target)):
            yield judged(grasp, "outcome", striker, value, (_bears(grasp, p, value) for p in people), hit)
        return
    targets = {p.id for p in grasp.people(target) if p.hero} if target else set()
    if striker.any_of:
        struck = {s.figure for s in grasp.evidence.strikes if not targets or s.hero in targets}
        people = [p for p in people if p.id in struck] or people
    if target is None or targets:
        yield judged(grasp, "outcome", striker, value, (_hits(grasp, p, targets, lands) for p in people), hit)


def _hits(grasp: Grasp, figure: Person, targets: set[str], lands: bool) -> bool:
    """Whether a figure's blow did land: fails closed, for a blow that nothing bears out is a wound out of the air."""
    blows = [s for s in grasp.evidence.strikes if s.figure == figure.id and (not targets or s.hero in targets)]
    if not blows:
        hurt = {who for who, by in grasp.evidence.wounds_by if by == figure.id}
        worse = any(grasp.evidence.people[t].wound != "unhurt" for t in targets)
        if not lands:
            return not hurt & targets
        return bool(hurt & targets) or not targets or worse
    return any(blow.hit == lands for blow in blows)
