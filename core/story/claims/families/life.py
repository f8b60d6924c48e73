"""Claims of wounds, death and consciousness."""

from collections.abc import Callable, Iterator
from typing import Final

from core.story.claims.claim import Family, Kind
from core.story.claims.evidence import Person
from core.story.claims.grasp import Finding, Grasp, judged
from core.story.claims.mentions import Mention
from core.story.claims.phrases import Hit

Test = Callable[[Person], bool]


def dead(person: Person) -> bool:
    """Tell whether somebody is dead: a figure that is down; heroes who are down live."""
    return not person.hero and person.wound == "down"


def awake(person: Person) -> bool:
    """Tell whether somebody is conscious."""
    return person.wound != "down"


def _unhurt(person: Person) -> bool:
    return person.wound == "unhurt"


def _not(test: Test) -> Test:
    return lambda person: not test(person)


def _wounded(person: Person) -> bool:
    return person.wound != "unhurt"


def _badly(person: Person) -> bool:
    return person.wound in {"hurt", "barely_standing", "down"}


def _barely(person: Person) -> bool:
    return person.wound in {"barely_standing", "down"}


def _anything(_: Person) -> bool:
    return True


_ANY: Final = frozenset({"algum", "alguma", "sequer"})
_CLAIMS: Final[dict[str, tuple[Family, str, Test, Test, Kind]]] = {
    "death.dead": ("death", "dead", dead, _not(dead), "no_evidence"),
    "death.kills": ("death", "dead", dead, _not(dead), "no_evidence"),
    "death.alive": ("death", "alive", _not(dead), dead, "contradiction"),
    "faint.out": ("unconscious", "out", _not(awake), awake, "contradiction"),
    "faint.awake": ("unconscious", "awake", awake, _not(awake), "contradiction"),
    "hp.none": ("hp", "unhurt", _unhurt, _wounded, "contradiction"),
    "hp.light": ("hp", "scratched", _wounded, _unhurt, "no_evidence"),
    "hp.wound": ("hp", "hurt", _wounded, _anything, "no_evidence"),
    "hp.harms": ("hp", "hurt", _wounded, _anything, "no_evidence"),
    "hp.severe": ("hp", "badly hurt", _badly, _anything, "no_evidence"),
    "hp.barely": ("hp", "barely standing", _barely, _anything, "no_evidence"),
}


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield what is claimed of somebody's life and limb."""
    for hit in grasp.of(*_CLAIMS):
        family, value, test, otherwise, kind = _CLAIMS[hit.name]
        mention = _patient(grasp, hit)
        if mention is None:
            continue
        if hit.group == "hp" and hit.name != "hp.none" and grasp.has("other.blood"):
            continue
        denied = grasp.denied(hit) and (hit.name != "hp.none" or not _negative(grasp, hit))
        if denied and hit.name == "death.alive" and any(p.hero and not awake(p) for p in grasp.people(mention)):
            continue
        waking = grasp.lexicon.lists["waking"] & set(grasp.said.words[hit.start : hit.end])
        if denied and hit.name == "faint.awake" and not waking:
            continue
        people = _meant(grasp, mention)
        if hit.group in {"hp", "faint"} and not (mention.any_of and hit.group == "hp" and hit.name != "hp.none"):
            people = [person for person in people if not dead(person)] if hit.name != "faint.awake" else people
        tests = otherwise if denied else test
        yield judged(grasp, family, mention, f"not {value}" if denied else value, map(tests, people), hit, kind)
    yield from _deeds(grasp)


def _meant(grasp: Grasp, mention: Mention) -> list[Person]:
    """Return whom a mention means: where it may be one of several, those that are left or at a place that is named."""
    people = grasp.people(mention)
    if not mention.any_of:
        return people
    around = grasp.said.words[max(0, mention.start - 3) : mention.end + 4]
    if grasp.lexicon.lists["remaining"] & set(around) and any(awake(p) for p in people):
        people = [person for person in people if awake(person)]
    named = {place for m in grasp.mentions if m.sort == "place" for place in m.ids}
    return [p for p in people if p.place in named] or people


def _patient(grasp: Grasp, hit: Hit) -> Mention | None:  # noqa: PLR0911 - one a case
    if hit.name in {"death.kills", "hp.harms"}:
        inside = [m for m in grasp.whos() if hit.start <= m.start < hit.end]
        return inside[-1] if inside else grasp.object(hit)
    if inside := [m for m in grasp.whos() if hit.start <= m.start < hit.end]:
        return inside[-1]
    if touching := [m for m in grasp.whos("owner") if m.end == hit.start and _told_of(grasp, hit)]:
        return touching[0]
    if hit.group == "hp" and hit.name != "hp.none" and (bearer := _bearer(grasp, hit)):
        return bearer
    if _of_thing(grasp, hit):
        return None
    subject = grasp.subject(hit)
    if subject is not None and subject.role == "owner" and not _bodily(grasp, subject):
        return subject if _topic(grasp, subject) else None
    return subject


def _of_thing(grasp: Grasp, hit: Hit) -> bool:
    """Whether it is an item that sleeps, dies or lies open: the subject of the hit's clause."""
    clause = grasp.said.tokens[hit.start].clause
    ahead = [m for m in grasp.mentions if m.start < hit.start and grasp.said.tokens[m.start].clause == clause]
    who = [m for m in ahead if m.sort == "who" and m.role == "subject"]
    return not who and any(m.sort in {"item", "place"} and m.role == "subject" for m in ahead)


def _negative(grasp: Grasp, hit: Hit) -> bool:
    """Whether a phrase has its negation in it: `not a scratch`."""
    return bool((grasp.lexicon.lists["negation"] | _ANY) & set(grasp.said.words[hit.start : hit.end]))


def _told_of(grasp: Grasp, hit: Hit) -> bool:
    """Whether a participle stands right behind a noun: `of the wounded eel`."""
    return grasp.cast.language == "pt-BR" and grasp.said.words[hit.start].endswith(
        ("ido", "ida", "ado", "ada", "rto", "rta")
    )


def _topic(grasp: Grasp, owner: Mention) -> bool:
    """Whether an owner is put first: `of the eel only a carcass is left`."""
    before = [t for t in grasp.said.tokens[: owner.start] if t.word not in grasp.lexicon.lists["determiner"]]
    return grasp.cast.language == "pt-BR" and len(before) == 1


def _bearer(grasp: Grasp, hit: Hit) -> Mention | None:
    """Return whose body it is that a wound is told of, or to whom somebody gives one."""
    tokens = grasp.said.tokens
    for mention in grasp.whos("owner"):
        if hit.start - 4 <= mention.start <= hit.end + 6 and _bodily(grasp, mention):
            return mention
    clause = tokens[hit.start].clause
    return next(
        (m for m in grasp.whos("object") if m.end <= hit.start and tokens[m.start].clause == clause and m.start > 0),
        None,
    )


def _bodily(grasp: Grasp, owner: Mention) -> bool:
    words, body = grasp.said.words, grasp.lexicon.lists["body"]
    if grasp.cast.language == "pt-BR" and body & set(words[max(0, owner.start - 3) : owner.start]):
        return True
    return bool(body & set(words[owner.end : owner.end + 3]))


def _deeds(grasp: Grasp) -> Iterator[Finding]:
    """What somebody who is down or dead does."""
    words = grasp.said.words
    for mention in grasp.whos("subject"):
        down = [person for person in grasp.people(mention) if not awake(person)]
        if not down or len(down) < len(mention.ids) or mention.form == "group" or not grasp.real(mention.start):
            continue
        at = mention.end
        while at < len(words) and words[at] in grasp.lexicon.lists["adverb"]:
            at += 1
        hit = Hit("deed", mention.start, min(at + 1, len(words)))
        if at < len(words) and _acts(grasp, words[at]) and not grasp.denied(hit):
            family: Family = "unconscious" if down[0].hero else "death"
            yield judged(grasp, family, mention, "acts", [False], hit)


def _acts(grasp: Grasp, word: str) -> bool:
    lists = grasp.lexicon.lists
    return word in lists["deed"] or (
        len(word) > 2 and word not in lists["rest"] and word.endswith(tuple(lists["deed_ending"]))
    )
