"""What a player's free text asks for: a verb the oracle knows, a target the state knows, negation respected."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from core.game.state import State
from core.story.oracle.tables import table
from core.story.sentences import words

NEGATION_REACH: Final = 3
TEXT_MOST: Final = 500
_CLAUSE_END: Final = re.compile(r"[,;.:!?…—\n]|\b(?:mas|but)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Intent:
    """A verb (`unknown`: none was found; `hold`: all were negated) and what was named, as the state's ids."""

    verb: str
    places: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    heroes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    together: bool = False


def understood(text: str, state: State, names: Mapping[str, str | None]) -> Intent:
    """Return what a text asks for. Only names of what the state has are targets."""
    clauses = [words(clause) for clause in _CLAUSE_END.split(text[:TEXT_MOST])]
    said, language = [word for clause in clauses for word in clause], state.language
    verbs, targets = table(language, "verbs"), table(language, "targets")
    kinds = [kind for kind, stems in targets["kind"].items() if _any(said, stems)]
    figures = [f for f, stems in targets["figure"].items() if f in state.figures and _any(said, stems)]
    figures += [f.id for f in state.figures.values() if f.kind in kinds and f.hp > 0]
    return Intent(
        verb=_verb(clauses, verbs),
        places=_named(said, targets["place"]),
        items=_named(said, targets["item"]),
        figures=tuple(figures),
        heroes=tuple(h for h, name in names.items() if name and set(words(name)) & set(said)),
        topics=_named(said, targets["topic"]),
        together=_any(said, verbs["everybody"]),
    )


def _verb(clauses: list[list[str]], verbs: Mapping[str, Any]) -> str:
    """Return the first verb that no negation before it in its clause takes back; weak ones only for want of others."""
    weak, negated = "", False
    for clause in clauses:
        for at, word in enumerate(clause):
            verb, how = _known_verb(word, verbs["verbs"])
            if not verb:
                continue
            if _any(clause[max(0, at - NEGATION_REACH) : at], verbs["negators"]):
                negated = True
            elif how == "=":
                return verb
            else:
                weak = weak or verb
    return weak or ("hold" if negated else "unknown")


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
