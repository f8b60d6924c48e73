"""What a player's free text asks for: the verbs the oracle knows, the targets the state knows, negation respected."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from core.game.state import State
from core.story.oracle.tables import table
from core.story.sentences import words

NEGATION_REACH: Final = 3
TEXT_MOST: Final = 500
LIGHT: Final = ("sing", "dance", "gesture", "feast", "pray", "wait")
"""What needs no check and gives way to any other verb of the text."""
SPOKEN: Final = ("talk", "sway")
FOLLOWING: Final[Mapping[str, tuple[str, ...]]] = {"take": ("use", "give", "read", "drop", "ring")}
_CLAUSE_END: Final = re.compile(r"[,;.:!?…—\n]|\b(?:mas|but)\b", re.IGNORECASE)

Going = Literal["", "first", "last", "instead"]


@dataclass(frozen=True)
class Intent:
    """A verb (`unknown`: none was found; `hold`: all were negated) and what was named, as ids.

    `then` is what follows on the verb: one takes a thing and uses it. `going` says whether the text also goes
    somewhere: before the verb, after it, or (with a goal) in its stead. `toward` are the places named behind the word
    of going, up to the next verb. `marks` are the lists of small words that the text hits: `together`, `oneself`,
    `request`, `likely`, `unlikely`; `creature` when it names one. `objects` are things that the engine does not have.
    """

    verb: str
    then: str = ""
    going: Going = ""
    toward: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    heroes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    @property
    def together(self) -> bool:
        """Tell whether all who stand together are meant."""
        return "together" in self.marks


@dataclass(frozen=True)
class _Verb:
    """A verb that no negation takes back, where it stands, and whether its word goes somewhere."""

    at: int
    name: str
    weak: bool
    moving: bool


def understood(text: str, state: State, names: Mapping[str, str | None]) -> Intent:
    """Return what a text asks for. Only names of what the state has are targets."""
    clauses = [words(clause) for clause in _CLAUSE_END.split(text[:TEXT_MOST])]
    said, language = [word for clause in clauses for word in clause], state.language
    verbs, targets = table(language, "verbs"), table(language, "targets")
    found, negated = _verbs(clauses, verbs)
    main = _main(found)
    after = [v.name for v in found if main and v.at > main.at and v.name in FOLLOWING.get(main.name, ())]
    going = next((verb for verb in found if verb.moving), None)
    kinds = [kind for kind, stems in targets["kind"].items() if _any(said, stems)]
    figures = [f for f in _named(said, targets["figure"]) if f in state.figures]
    figures += [f.id for f in state.figures.values() if f.kind in kinds and f.hp > 0]
    return Intent(
        verb=main.name if main else "hold" if negated and not going else "unknown",
        then=next(iter(after), ""),
        going=_going(main, going),
        toward=_toward(said, found, going, targets["place"], verbs["from"]),
        places=_named(said, targets["place"]),
        items=_named(said, targets["item"]),
        features=_named(said, targets["feature"]),
        objects=_named(said, targets["object"]),
        figures=tuple(figures),
        heroes=tuple(h for h, name in names.items() if name and set(words(name)) & set(said)),
        topics=_topics(said, main, targets["topic"]),
        marks=frozenset([*_named(said, verbs["marks"]), *(["creature"] if kinds else [])]),
    )


def _verbs(clauses: list[list[str]], verbs: Mapping[str, Any]) -> tuple[list[_Verb], bool]:
    """Return the verbs in the order of the text, and whether one was taken back by a negation before it."""
    found, negated, start = [], False, 0
    for clause in clauses:
        for at, word in enumerate(clause):
            name, how = _known_verb(word, verbs["verbs"])
            if not name:
                continue
            if _any(clause[max(0, at - NEGATION_REACH) : at], verbs["negators"]):
                negated = True
            else:
                moving = name == "go" or _any([word], verbs["motion"])
                found.append(_Verb(start + at, name, how == "~", moving))
        start += len(clause)
    return found, negated


def _main(found: Sequence[_Verb]) -> _Verb | None:
    """Return what is done: rather something else than going, going than a pastime, winning over than talk."""
    sure = [verb for verb in found if not verb.weak]
    ranked = (
        [v for v in sure if not v.moving and v.name not in LIGHT],
        [v for v in sure if v.name != "go" and v.name not in LIGHT],
        [v for v in sure if v.name in LIGHT],
        sure,
    )
    chosen = next((verbs for verbs in ranked if verbs), [])
    swaying = [verb for verb in chosen if verb.name == "sway"]
    if swaying and chosen[0].name == "talk":
        return swaying[0]
    return chosen[0] if chosen else None


def _going(main: _Verb | None, going: _Verb | None) -> Going:
    if going is None:
        return ""
    if main is None or (main.at == going.at and main.name in {"go", "leap"}):
        return "instead"
    if main.at < going.at:
        return "" if main.name in SPOKEN else "last"
    return "first"


def _toward(
    said: list[str], found: list[_Verb], going: _Verb | None, places: Mapping[str, list[str]], away: list[str]
) -> tuple[str, ...]:
    """Return the places named behind the word of going, last first; those one comes from stand behind the others."""
    if going is None:
        return ()
    end = next((v.at for v in found if v.at > going.at and not v.moving), len(said))
    to: list[str] = []
    from_: list[str] = []
    for at in range(end - 1, going.at, -1):
        into = from_ if _any(said[at - 1 : at], away) or _any(said[max(0, at - 2) : at - 1], ["=from"]) else to
        into += _named([said[at]], places)
    return tuple(dict.fromkeys([*to, *from_]))


def _topics(said: list[str], main: _Verb | None, topics: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the topics named behind the verb, or anywhere when there is none."""
    return _named(said[main.at :] if main else said, topics) or _named(said, topics)


def _known_verb(word: str, verbs: Mapping[str, list[str]]) -> tuple[str, str]:
    found = [(verb, how) for verb, stems in verbs.items() if (how := _hit(word, stems))]
    return found[0] if found else ("", "")


def _named(said: list[str], targets: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the targets named, in the order in which the text names them."""
    found: dict[str, None] = {}
    for word in said:
        for target, stems in targets.items():
            if _hit(word, stems):
                found[target] = None
    return tuple(found)


def hits(said: Iterable[str], stems: list[str]) -> int:
    """Return how many of the words are known by the stems."""
    return sum(bool(_hit(word, stems)) for word in said)


def _any(said: Iterable[str], stems: list[str]) -> bool:
    return any(_hit(word, stems) for word in said)


def _hit(word: str, stems: list[str]) -> str:
    """Return "=" for a hit, "~" for one that counts only where nothing better is, "" for none."""
    exact, weak, prefixes = _sorted(tuple(stems))
    if word in exact or word.startswith(prefixes):
        return "="
    return "~" if word in weak else ""


@cache
def _sorted(stems: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    exact = frozenset(s[1:] for s in stems if s[0] == "=")
    weak = frozenset(s[1:] for s in stems if s[0] == "~")
    return exact, weak, tuple(s for s in stems if s[0] not in "=~" and " " not in s)
