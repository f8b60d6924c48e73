"""Slots in sentences, with agreement: `{de o x}`, `{x:pronto/pronta/pronte}`, `{x#cai/caem}`, `{x.ele}`, `[one|other]`.

`{?rope}` at the beginning says that the variant is true only while the rope is where the adventure began with it;
`{?unrest>2}` and the like, while that need holds (see `moment.py`).
`x=crowd` names the noun `crowd` as `x` from there on. A variant that lacks a form or a referent is Unfit and skipped.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import islice, product
from typing import Final

from core.story.oracle.nouns import Noun
from core.story.sentences import capitalized

_GUARD: Final = re.compile(r"\{\?([^}]+)\}")
_CHOICE: Final = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT: Final = re.compile(
    r"\{(?P<before>(?:\w+ )*)(?P<name>\w+)(?:=(?P<key>\w+))?(?:\.(?P<form>\w+)|(?P<how>[:#~])(?P<forms>[^}]*))?\}"
)
CHOICES_MOST: Final = 240
_CONTRACTED: Final = {
    ("de", "o"): "do",
    ("de", "a"): "da",
    ("em", "o"): "no",
    ("em", "a"): "na",
    ("por", "o"): "pelo",
    ("por", "a"): "pela",
    ("a", "o"): "ao",
    ("a", "a"): "à",
}
_PT_PRONOUN: Final = {"f": "ela", "m": "ele", "e": "elu"}
_PT_JOINED: Final = {"de": "d", "em": "n"}
_EN_PRONOUNS: Final = {
    "they": {"f": "she", "m": "he", "e": "they", "n": "it"},
    "them": {"f": "her", "m": "him", "e": "them", "n": "it"},
    "their": {"f": "her", "m": "his", "e": "their", "n": "its"},
}
Resolve = Callable[[str], Noun | None]


class Unfit(Exception):  # noqa: N818 - the next variant is tried
    """A variant cannot be said of these nouns."""


@cache
def choices(template: str) -> tuple[str, ...]:
    """Return a template once for every way of choosing at its `[one|other]`, at most CHOICES_MOST."""
    parts = _CHOICE.split(template)
    options = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    return tuple("".join(chosen) for chosen in islice(product(*options), CHOICES_MOST))


def guards(template: str) -> list[str]:
    """Return what must hold for a template to be true: items where the adventure began with them, needs."""
    return _GUARD.findall(template)


def expand(template: str, nouns: Mapping[str, Noun], resolve: Resolve, language: str) -> str:
    """Return one sentence (or more) made of a template without choices. Raises Unfit."""
    known = dict(nouns)

    def slot(match: re.Match[str]) -> str:
        name, key = match["name"], match["key"]
        noun = resolve(key) if key else known.get(name) or resolve(name)
        if noun is None:
            raise Unfit(template)
        known[name] = noun
        words = match["before"].split()
        if match["form"]:
            return _form(noun, words, match["form"], language)
        if match["how"]:
            return _agreeing(noun, match["how"], match["forms"].split("/"))
        return _portuguese(noun, words) if language == "pt-BR" else _english(noun, words)

    return capitalized(" ".join(_SLOT.sub(slot, _GUARD.sub("", template)).split()))


def with_article(noun: Noun, language: str) -> str:
    """Return a noun as it stands in a list: `o gancho`, `the hook`, `Nilo`."""
    return _portuguese(noun, ["o"]) if language == "pt-BR" else _english(noun, ["the"])


def _agreeing(noun: Noun, how: str, forms: list[str]) -> str:
    if how == "#":
        return forms[1 if noun.plural else 0]
    if how == "~":
        return forms[1 if noun.plural or noun.gender == "e" else 0]
    place = {"m": 0, "f": 1, "e": 2}.get(noun.gender, 3)
    if place >= len(forms):
        raise Unfit(noun.word)
    return forms[place] + ("s" if noun.plural else "")


def _form(noun: Noun, before: list[str], form: str, language: str) -> str:
    if language == "en-US":
        return _english_pronoun(noun, form)
    if form == "dele":
        before = ["de"]
    if noun.gender not in _PT_PRONOUN:
        return " ".join((*before, noun.word))
    word = _PT_PRONOUN[noun.gender] + ("s" if noun.plural else "")
    if before and before[0] in _PT_JOINED:
        return _PT_JOINED[before[0]] + word
    return " ".join((*before, word))


def _english_pronoun(noun: Noun, form: str) -> str:
    if noun.gender == "u":
        return f"{noun.word}’s" if form == "their" else noun.word
    return _EN_PRONOUNS[form]["e" if noun.plural else noun.gender]


def _portuguese(noun: Noun, words: list[str]) -> str:
    article = words[-1] if words and words[-1] in {"o", "um"} else ""
    preposition = words[0] if (words and words[0] != article) or len(words) > 1 else ""
    if noun.proper or not article:
        return f"{preposition} {noun.word}".strip()
    feminine, many = noun.gender == "f", "s" if noun.plural else ""
    if article == "um":
        form = ("uma" if feminine else "um") if not noun.plural else ("umas" if feminine else "uns")
        return f"{preposition} {form} {noun.word}".strip()
    form = "a" if feminine else "o"
    joined = _CONTRACTED.get((preposition, form))
    if joined:
        return f"{joined}{many} {noun.word}"
    return f"{preposition} {form}{many} {noun.word}".strip()


def _english(noun: Noun, words: list[str]) -> str:
    article = words[-1] if words and words[-1] in {"the", "a"} else ""
    if noun.proper or not article or (article == "a" and noun.plural):
        return noun.word
    if article == "a":
        return f"{'an' if noun.an else 'a'} {noun.word}"
    return f"the {noun.word}"
