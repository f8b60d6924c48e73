"""Phrases of a lexicon: written as `does _ not stir*`, found in a sentence's words.

`*` ends a stem, `_` is up to three words, `/` or between two words; WHO, HERO, ITEM, PLACE and NUM are mentions,
START and END where a clause begins and ends.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from core.story.claims.tokens import bare

SLOTS: Final = frozenset({"WHO", "HERO", "ITEM", "PLACE", "NUM", "START", "END"})
GAP: Final = "_"
GAP_MOST: Final = 3
_STOPS: Final = frozenset(',;:.!?—–("')
_ARTICLES: Final = frozenset({"o", "a", "os", "as", "um", "uma", "the", "an"})
_FOLDER: Final = Path(__file__).parent / "lexicon"


@dataclass(frozen=True)
class Hit:
    """A phrase of class `name` over the words from `start` to before `end`."""

    name: str
    start: int
    end: int

    @property
    def group(self) -> str:
        """What the class belongs to: `death` of `death.alive`."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class _Word:
    exact: frozenset[str]
    stems: tuple[str, ...]
    slot: str = ""

    def fits(self, word: str) -> bool:
        return word in self.exact or bool(self.stems and word.startswith(self.stems))


@dataclass(frozen=True)
class _Phrase:
    name: str
    parts: tuple[_Word | None, ...]


@dataclass
class Lexicon:
    """The phrases of one language by what they begin with, and its plain word lists."""

    lists: Mapping[str, frozenset[str]]
    exact: dict[str, list[_Phrase]] = field(default_factory=dict)
    stems: dict[str, list[_Phrase]] = field(default_factory=dict)
    slots: dict[str, list[_Phrase]] = field(default_factory=dict)
    begun: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)

    def hits(self, words: Sequence[str], slots: Mapping[int, Mapping[str, int]]) -> list[Hit]:
        """Return what is found, without what lies inside a longer phrase of the same group or inside an idiom.

        `slots` says which mentions begin at a word, and where each ends.
        """
        found: set[Hit] = set()
        for start, word in enumerate(words):
            for phrase in self._begun(word):
                if (end := _end(phrase.parts, 0, start, words, slots)) is not None:
                    found.add(Hit(phrase.name, start, end))
            for slot in slots.get(start, ()):
                for phrase in self.slots.get(slot, ()):
                    if (end := _end(phrase.parts, 0, start, words, slots)) is not None:
                        found.add(Hit(phrase.name, start, end))
        return sorted((hit for hit in found if not _covered(hit, found)), key=lambda hit: (hit.start, hit.end))

    def _begun(self, word: str) -> tuple[_Phrase, ...]:
        if (known := self.begun.get(word)) is None:
            known = (*self.exact.get(word, ()), *self._stemmed(word))
            if len(self.begun) < 20_000:
                self.begun[word] = known
        return known

    def _stemmed(self, word: str) -> Iterator[_Phrase]:
        for length in range(1, len(word) + 1):
            yield from self.stems.get(word[:length], ())


def _covered(hit: Hit, found: set[Hit]) -> bool:
    return any(
        (other.name == "idiom.y" and other.start < hit.end <= other.end and hit.group not in {"idiom", "mood"})
        or (
            other.start <= hit.start
            and hit.end <= other.end
            and (other.end - other.start > hit.end - hit.start)
            and (
                other.group in {"idiom", hit.group}
                or (other.group == "death" and hit.group in {"faint", "hp"})
                or (other.group == "faint" and hit.group == "death")
            )
        )
        for other in found
    )


def _end(
    parts: Sequence[_Word | None],
    at: int,
    word: int,
    words: Sequence[str],
    slots: Mapping[int, Mapping[str, int]],
) -> int | None:
    """Return the end of the words that the parts from `at` fit, or None."""
    while at < len(parts):
        part = parts[at]
        if part is None:
            for skipped in range(GAP_MOST + 1):
                here = word + skipped
                if (end := _end(parts, at + 1, here, words, slots)) is not None:
                    return end
                if here >= len(words) or words[here] in _STOPS:
                    return None
            return None
        if part.slot:
            if at and word < len(words) and words[word] in _ARTICLES and part.slot in slots.get(word + 1, {}):
                word += 1
            end = slots.get(word, {}).get(part.slot)
            if end is None:
                return None
            word = end
        elif word < len(words) and part.fits(words[word]):
            word += 1
        else:
            return None
        at += 1
    return word


@cache
def lexicon(language: str, part: str) -> Lexicon:
    """Load the phrases and word lists of a language: those of the file `mentions`, or all others (`claims`)."""
    lists: dict[str, frozenset[str]] = {}
    made = Lexicon(lists)
    for path in sorted((_FOLDER / language).glob("*.toml")):
        if (path.stem == "mentions") != (part == "mentions"):
            continue
        for group, classes in tomllib.loads(path.read_text("utf-8")).items():
            for name, written in classes.items():
                entries = [entry for raw in written.replace("\n", ",").split(",") if (entry := raw.strip())]
                if group == "list":
                    lists[name] = frozenset(bare(entry) for entry in entries)
                else:
                    for entry in entries:
                        _add(made, _phrase(f"{group}.{name}", entry))
    return made


def _add(made: Lexicon, phrase: _Phrase) -> None:
    first = phrase.parts[0]
    if first is None:
        raise ValueError(phrase.name)
    if first.slot:
        made.slots.setdefault(first.slot, []).append(phrase)
    for word in first.exact:
        made.exact.setdefault(word, []).append(phrase)
    for stem in first.stems:
        made.stems.setdefault(stem, []).append(phrase)


@cache
def _phrase(name: str, entry: str) -> _Phrase:
    return _Phrase(name, tuple(None if raw == GAP else _word(raw) for raw in entry.split()))


def _word(raw: str) -> _Word:
    if raw in SLOTS:
        return _Word(frozenset(), (), raw)
    choices = [bare(one) for one in raw.split("/")]
    exact = frozenset(one for one in choices if not one.endswith("*"))
    return _Word(exact, tuple(one[:-1] for one in choices if one.endswith("*")))
