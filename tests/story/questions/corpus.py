"""The labelled questions, and how a normaliser does on them."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.story.questions import Normal

PAIRS = ("negation", "numbers", "names", "roles", "near")
Normaliser = Callable[[str, str], Normal]


@dataclass(frozen=True)
class Score:
    """How many paraphrases hit, and every question that was taken for another or for a rule."""

    hits: int
    paraphrases: int
    false_hits: tuple[tuple[str, str], ...]
    false_rules: tuple[str, ...]
    misses: tuple[tuple[str, ...], ...]


def labelled(locale: str, half: str) -> dict[str, Any]:
    """Return one half ("dev" or "held") of a language's questions."""
    data = tomllib.loads((Path(__file__).parent / f"{locale}.toml").read_text("utf-8"))
    part: dict[str, Any] = data[half]
    return part


def score(locale: str, half: str, normaliser: Normaliser) -> Score:
    """Judge one half: a later question of a group hits when an earlier one was kept; groups and pairs must differ."""
    data = labelled(locale, half)
    kept: dict[str, tuple[int, str]] = {}
    false: list[tuple[str, str]] = []
    hits = asked = 0
    misses = []
    for number, group in enumerate(data["groups"]):
        seen: set[str] = set()
        missed = []
        for question in group:
            form = normaliser(question, locale)
            storable = form.known and form.rule
            if seen or question is not group[0]:
                asked += 1
                hits += storable and form.key in seen
                if not (storable and form.key in seen):
                    missed.append(
                        f"{question} -> {form.key} {'' if form.known else 'UNKNOWN'} {'' if form.rule else 'STATE'}"
                    )
            if storable:
                seen.add(form.key)
                other = kept.setdefault(form.key, (number, question))
                if other[0] != number:
                    false.append((other[1], question))
        if missed:
            misses.append((f"{group[0]} -> {normaliser(group[0], locale).key}", *missed))
    for one, two in (pair for kind in PAIRS for pair in data[kind]):
        first, second = normaliser(one, locale), normaliser(two, locale)
        if first.key == second.key:
            false.append((one, two))
    rules = tuple(question for question in data["state"] if normaliser(question, locale).rule)
    return Score(hits, asked, tuple(false), rules, tuple(misses))


def all_questions(locale: str) -> list[tuple[str, str]]:
    """Return every question with its group: those of pairs and state are groups of their own."""
    found = []
    for half in ("dev", "held"):
        data = labelled(locale, half)
        found += [(q, f"{half}{n}") for n, group in enumerate(data["groups"]) for q in group]
        found += [
            (q, f"{half}{kind}{n}{side}")
            for kind in PAIRS
            for n, pair in enumerate(data[kind])
            for side, q in enumerate(pair)
        ]
    return found
