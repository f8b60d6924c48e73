"""Claims of how many there are."""

from collections.abc import Iterator
from typing import Final

from core.story.claims.claim import Claim, Fault
from core.story.claims.grasp import Finding, Grasp
from core.story.claims.phrases import Hit
from core.story.sentences import folded

REACH: Final = 5
KINDS: Final = {"eel", "crab", "guard"}


def read(grasp: Grasp) -> Iterator[Finding]:
    """Yield the numbers of counted things and of creatures."""
    tokens, words = grasp.said.tokens, grasp.said.words
    counts = _known(grasp)
    yield from _strokes(grasp)
    yield from _ordinals(grasp)
    for hit in grasp.of("number"):
        number = int(hit.name.partition(".n")[2])
        noun, known = _noun(grasp, hit, counts)
        if noun is None or _partial(grasp, hit):
            continue
        span = (tokens[hit.start].start, tokens[hit.end - 1].end)
        claim = Claim("count", noun, str(number), span)
        fine = number in known or words[hit.start - 1 if hit.start else 0] in grasp.lexicon.lists["not"]
        yield Finding(claim, None if fine else Fault("count", f"{noun}: {sorted(known)}", span))


def _ordinals(grasp: Grasp) -> Iterator[Finding]:
    """A third guard where there are two."""
    for hit in grasp.of("ordinal"):
        number = int(hit.name.partition(".n")[2])
        for mention in grasp.whos():
            people = grasp.people(mention)
            if mention.start == hit.end and mention.form == "noun" and people and people[0].kind in KINDS:
                most = sum(p.kind == people[0].kind for p in grasp.evidence.people.values())
                tokens = grasp.said.tokens
                span = (tokens[hit.start].start, tokens[hit.end - 1].end)
                fault = Fault("count", f"{people[0].kind}: {most}", span) if number > most else None
                yield Finding(Claim("count", people[0].kind, str(number), span), fault)


def _strokes(grasp: Grasp) -> Iterator[Finding]:
    """How many times the bell is said to have sounded."""
    strokes = grasp.lexicon.lists["strokes"]
    known = next((n for noun, n in grasp.evidence.counts.items() if folded(noun) in strokes), None)
    bell = any(m.sort == "place" and m.ids == ("bell",) for m in grasp.mentions) or strokes & set(grasp.said.words)
    if known is None or not bell:
        return
    for hit in grasp.of("strokes"):
        number = int(hit.name.partition(".n")[2])
        tokens = grasp.said.tokens
        span = (tokens[hit.start].start, tokens[hit.end - 1].end)
        fault = None if number == known or grasp.denied(hit) else Fault("count", f"strokes: {known}", span)
        yield Finding(Claim("count", "strokes", str(number), span), fault)


def _known(grasp: Grasp) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {folded(noun): {number} for noun, number in grasp.evidence.counts.items()}
    return found


def _noun(grasp: Grasp, hit: Hit, counts: dict[str, set[int]]) -> tuple[str | None, set[int]]:
    """Return the noun that a number counts, near behind it, and the numbers that are known of it."""
    words = grasp.said.words
    reach = 1 if hit.name == "number.n0" else REACH
    for at in range(hit.end, min(hit.end + reach, len(words))):
        if words[at] in grasp.lexicon.lists["stop"] or not words[at].isalnum():
            break
        for noun, known in counts.items():
            strokes = grasp.lexicon.lists["strokes"]
            if _same(words[at], noun) or (words[at] in strokes and noun in strokes):
                return noun, known
        for mention in grasp.mentions:
            if mention.sort == "who" and mention.start <= at < mention.end and mention.form == "noun":
                people = grasp.people(mention)
                if people and people[0].kind in KINDS:
                    here = [p.wound == "down" for p in people if grasp.evidence.here(p)]
                    return words[at], _numbers([p.wound == "down" for p in people]) | _numbers(here)
    return None, set()


def _numbers(down: list[bool]) -> set[int]:
    """All of them, those alive, those dead; one where it is a part."""
    return {len(down), down.count(False), down.count(True)} - {0}


def _partial(grasp: Grasp, hit: Hit) -> bool:
    after = grasp.said.words[hit.end : hit.end + 3]
    if grasp.lexicon.lists["measured"] & set(after):
        return True
    return any(h.group == "idiom" and h.start <= hit.start < h.end for h in grasp.hits) or (
        hit.end < len(grasp.said.words)
        and grasp.said.words[hit.end] in grasp.lexicon.lists["of"] | grasp.lexicon.lists["of_many"]
    )


def _same(word: str, noun: str) -> bool:
    """Whether they are the same noun, in either number."""
    if word == noun:
        return True
    one, other = _singular(word), _singular(noun.rsplit(maxsplit=1)[-1])
    return one == other or (len(one) > 3 and one[:-1] == other[:-1] and one[-1] in "oa" and other[-1] in "oa")


def _singular(word: str) -> str:
    for ending, one in (
        ("oes", "ao"),
        ("ais", "al"),
        ("eis", "el"),
        ("ies", "y"),
        ("ches", "ch"),
        ("res", "r"),
        ("zes", "z"),
        ("nses", "ns"),
    ):
        if word.endswith(ending):
            return word[: -len(ending)] + one
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and word != "lens" else word
