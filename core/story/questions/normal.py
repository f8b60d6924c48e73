"""A rules question in the form that all its paraphrases share.

Words become the game's concepts; what says nothing (articles, "does", "please") goes. Order stays wherever it may
carry meaning: who acts on whom, before and after, two numbers. Negation and numbers cling to what follows them.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from core.story.questions.lexicon import Meaning, lexicon
from core.story.sentences import folded

QUESTION_MOST: Final = 200
WORDS_MOST: Final = 30
_TOKEN: Final = re.compile(r"\d{0,3}d\d{1,3}(?:[+-]\d{1,3})?|[+-]?\d{1,3}(?:[.,]\d)?(?!\d)|\d+|[a-z]+")
_MARK: Final = re.compile(r"[?!…;:\"“”«»]|[.,](?!\d)")
_NUMBER: Final = re.compile(r"[+-]?\d{1,3}(?:[.,]\d)?$")
_DICE: Final = re.compile(r"\d{0,3}d\d{1,3}(?:[+-]\d{1,3})?$")
_QUANTITIES: Final = frozenset({"count", "amount", "long", "far", "high", "often", "define"})
_EFFORT: Final = frozenset({"cost", "need"})
_FILLERS: Final = {
    "conditions": {"condition"},
    "moves": {"action"},
    "properties": {"property", "weapon"},
    "defenses": {"damage"},
    "dice": {"roll"},
}
"""Beside a meaning of the kind, in a question what it is, these say nothing: "the prone condition" is "prone"."""


@dataclass(frozen=True)
class Normal:
    """What a question asks for. `key` is equal for paraphrases.

    `known`: every word is the game's, so that the key holds nothing of a person. `rule`: it asks for a rule, not for
    how things stand at the table.
    """

    key: str
    known: bool
    rule: bool


def normal(question: str, locale: str) -> Normal:
    """Return the normal form of a question in `locale` ("pt-BR" or "en-US"); one too long is never a rule."""
    words = lexicon(locale)
    text = " ".join(_MARK.sub(" ", folded(question[: QUESTION_MOST + 1])).split())
    rewritten = words.rewritten(text)
    found = [token for token in words.read(_TOKEN.findall(rewritten), number) if token.kind != "drop"]
    aspects, found = _aspect(_without_light(found))
    found = _without_self(found)
    found = [token for n, token in enumerate(found) if token.kind != "weak" or _relates(found, n)]
    content = _fused(_without_filler(found, aspects), aspects)
    short = len(question) <= QUESTION_MOST and len(text.split()) <= WORDS_MOST
    known = short and all(token.kind != "unknown" for token in content)
    aspect = "+".join(aspects) or ("define" if len(content) == 1 else "whether")
    key = f"{aspect}|{' '.join(_arranged(content))}"
    return Normal(key, known, known and _asks_a_rule(content) and not words.about_the_table(text, rewritten))


def number(word: str) -> str | None:
    """Return the meaning of a number or of dice; None for a word."""
    if _DICE.match(word):
        return f"dice:{word.removeprefix('1') if word.startswith('1d') else word}"
    return word.replace(",", ".") if _NUMBER.match(word) else None


def _asks_a_rule(content: list[Meaning]) -> bool:
    return any(
        token.kind in {"topics", "acts", "conditions", "moves", "properties", "defenses", "dice"} for token in content
    )


def _aspect(found: list[Meaning]) -> tuple[list[str], list[Meaning]]:
    """Split off what the question wants to know of its subject: what, how many, when, whether one may."""
    asked, may = "", False
    rest: list[Meaning] = []
    for token in found:
        if token.kind == "may":
            may = True
        elif token.kind == "aspects" and not asked and not any(t.kind != "negations" for t in rest):
            asked = token.name
        elif token.kind == "aspects" and token.name in {"when", "define"}:
            continue
        else:
            rest.append(token)
    return [*([asked] if asked else []), *(["may"] if may and asked not in _QUANTITIES else [])], rest


def _without_light(found: list[Meaning]) -> list[Meaning]:
    """Drop "have", "give", "use" and their like where nobody but the asker could have, give or use."""
    others = any(token.kind == "actors" and token.name != "self" for token in found)
    return found if others else [token for token in found if token.kind != "light"]


def _without_self(found: list[Meaning]) -> list[Meaning]:
    """Drop the asker where nobody else acts, and as the first to act: "can I attack an enemy" is "attack an enemy"."""
    others = any(token.kind == "actors" and token.name != "self" for token in found)
    related = any(token.kind == "strong" for token in found)
    related |= any(one.kind == "weak" and next_.name == "self" for one, next_ in pairwise(found))
    if not others and not related:
        return [token for token in found if token.name != "self"]
    at = next((n for n, token in enumerate(found) if token.kind != "negations"), 0)
    first_is_self = bool(found) and found[at].name == "self"
    kept = found[:at] + found[at + 1 :] if first_is_self else found
    someone = kept[-2:]
    if len(someone) == 2 and someone[0].kind == "acts" and someone[1].name == "creature" and not someone[0].passive:
        return kept[:-1]
    return kept


def _without_filler(found: list[Meaning], aspects: list[str]) -> list[Meaning]:
    if aspects != ["define"]:
        return found
    dropped = set()
    for n, token in enumerate(found):
        fillers = _FILLERS.get(token.kind, set())
        for beside in (n - 1, n + 1):
            if 0 <= beside < len(found) and found[beside].name in fillers:
                dropped.add(beside)
    return [token for n, token in enumerate(found) if n not in dropped]


def _fused(found: list[Meaning], aspects: list[str]) -> list[Meaning]:
    """Drop the verbs of effort where what they cost is named: to need, to take, to cost an action."""
    names = {token.name for token in found}
    if names & {"action", "movement"} and aspects in ([], ["amount"]):
        return [token for token in found if token.name not in _EFFORT]
    return found


def _arranged(found: list[Meaning]) -> list[str]:
    """Bind negations and numbers to what follows, and sort where order says nothing."""
    bound: list[str] = []
    before = ""
    for token in found:
        if token.kind == "negations":
            before += "!"
        elif token.kind == "number":
            before += f"{token.name}:"
        else:
            bound.append(f"{before}{token.name}{'.ed' if token.passive else ''}")
            before = ""
    if before:
        bound.append(before)
    return bound if _ordered(found) else sorted(bound)


def _relates(found: list[Meaning], at: int) -> bool:
    """Say whether a small word says something: before somebody, and where something is done to something."""
    if at + 1 == len(found):
        return False
    acts = sum(token.kind in {"acts", "actors"} and token.name != "self" for token in found[:at])
    return found[at + 1].kind == "actors" or acts > 0


def _ordered(found: list[Meaning]) -> bool:
    kinds = [token.kind for token in found]
    actors = kinds.count("actors")
    return (
        "strong" in kinds
        or "unknown" in kinds
        or actors > 1
        or kinds.count("number") + kinds.count("dice") > 1
        or ("acts" in kinds and len(found) > 1)
    )
