"""Which keys of a book are heard in texts: one Aho–Corasick pass for all words, one RE2 set for all patterns.

RE2 takes time linear in the text for any pattern; what it cannot do (look-around, back-references) is `unusable`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import re2
from ahocorasick_rs import AhoCorasick

from core.game.card import KEY_MOST, Card

SCAN_MOST: Final = 16_000
"""Characters that are looked through at most, the newest first."""
PATTERNS_MOST: Final = 200
NESTED_MOST: Final = 16
"""Words of a book that may end at one place, as `star` and `lone star` do."""
_PATTERN_MEMORY: Final = 1 << 17
_SET_MEMORY: Final = 1 << 24
_PATTERN: Final = re.compile(r"/((?:[^/\\]|\\.)+)/([dgimsuy]*)", re.DOTALL)
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True)
class Keys:
    """A card's keys as numbers of the matcher, with how they were written."""

    primary: tuple[tuple[int, str], ...]
    secondary: tuple[int, ...]


@dataclass(frozen=True)
class _Spelling:
    """How a text is compared: with its case, with its accents."""

    case: bool
    accents: bool

    def of(self, text: str) -> str:
        cased = text if self.case else text.casefold()
        if cased.isascii():
            return cased
        if self.accents:
            return unicodedata.normalize("NFC", cased)
        return _ACCENTS.sub("", unicodedata.normalize("NFD", cased))


class _Words:
    """The words of one spelling: each with the numbers that want it whole and those that take it anywhere."""

    def __init__(self, spelling: _Spelling) -> None:
        self._spelling = spelling
        self._wanted: dict[str, tuple[list[int], list[int]]] = {}
        self._automaton: AhoCorasick | None = None
        self._by_index: list[tuple[list[int], list[int]]] = []

    def add(self, word: str, number: int, *, whole: bool) -> None:
        self._wanted.setdefault(self._spelling.of(word), ([], []))[0 if whole else 1].append(number)

    def build(self) -> None:
        """Make the automaton. Words that more than so many others end are left out: they would multiply the matches."""
        kept: set[str] = set()
        for word in sorted(self._wanted, key=len):
            if sum(word[start:] in kept for start in range(1, len(word))) < NESTED_MOST:
                kept.add(word)
        self._by_index = [numbers for word, numbers in self._wanted.items() if word in kept]
        self._automaton = AhoCorasick([word for word in self._wanted if word in kept], store_patterns=False)

    def heard_in(self, text: str) -> Iterable[int]:
        spelled = self._spelling.of(text)
        found = set[int]()
        if self._automaton is None:
            return found
        for index, start, end in self._automaton.find_matches_as_indexes(spelled, overlapping=True):
            whole, anywhere = self._by_index[index]
            if whole and not _inside_a_word(spelled, start, end):
                found.update(whole)
            if anywhere:
                found.update(anywhere)
        return found


class Matcher:
    """The keys of a book's cards, made ready once. `unusable` are patterns that cannot be heard, as (card, key)."""

    def __init__(self, cards: Mapping[str, Card]) -> None:
        self.unusable: list[tuple[str, str]] = []
        self._numbers: dict[object, int] = {}
        self._words: dict[_Spelling, _Words] = {}
        self._patterns: list[int] = []
        self._set = re2.Set.SearchSet(_options(_SET_MEMORY))
        self.keys = {id_: self._keys_of(id_, card) for id_, card in cards.items()}
        self._cards: dict[int, list[str]] = {}
        for id_, keys in self.keys.items():
            for number, _ in keys.primary:
                self._cards.setdefault(number, []).append(id_)
        for words in self._words.values():
            words.build()
        if self._patterns:
            self._set.Compile()

    def hear(self, texts: Sequence[str]) -> dict[int, int]:
        """Return the keys heard in texts, the newest first, each with the index of the newest text it is in."""
        heard: dict[int, int] = {}
        room = SCAN_MOST
        for index, text in enumerate(texts):
            seen = text[:room]
            room -= len(seen)
            for words in self._words.values():
                for number in words.heard_in(seen):
                    heard.setdefault(number, index)
            if self._patterns and seen:
                for place in self._set.Match(seen.encode("utf-8", "replace")) or ():
                    heard.setdefault(self._patterns[place], index)
            if room <= 0:
                break
        return heard

    def cards_with(self, numbers: Iterable[int]) -> set[str]:
        """Return the cards that have one of these as a primary key."""
        return {id_ for number in numbers for id_ in self._cards.get(number, ())}

    def _keys_of(self, id_: str, card: Card) -> Keys:
        primary = ((self._number(id_, card, key), key) for key in card.keys)
        secondary = (self._number(id_, card, key) for key in card.secondary)
        return Keys(
            tuple((number, key) for number, key in primary if number is not None),
            tuple(-1 if number is None else number for number in secondary),
        )

    def _number(self, id_: str, card: Card, key: str) -> int | None:
        """Return the number of a key, the same for the same; None for one that can never be heard."""
        word = key.strip()
        if not word or len(word) > KEY_MOST:
            return None
        pattern = _pattern(word, card)
        if pattern is not None:
            return self._pattern_number(id_, key, pattern)
        # As people know it from SillyTavern: a phrase is heard wherever it stands, a single word as a whole
        whole = card.whole_words is not False and len(word.split()) == 1
        spelling = _Spelling(bool(card.case), card.accents)
        known = (spelling, spelling.of(word), whole)
        if not known[1]:
            return None
        if known not in self._numbers:
            self._numbers[known] = len(self._numbers)
            self._words.setdefault(spelling, _Words(spelling)).add(word, self._numbers[known], whole=whole)
        return self._numbers[known]

    def _pattern_number(self, id_: str, key: str, pattern: str) -> int | None:
        if pattern not in self._numbers:
            if len(self._patterns) >= PATTERNS_MOST or not _usable(pattern):
                self.unusable.append((id_, key))
                return None
            self._numbers[pattern] = len(self._numbers)
            self._set.Add(pattern)
            self._patterns.append(self._numbers[pattern])
        return self._numbers[pattern]


def _pattern(word: str, card: Card) -> str | None:
    """Return a key as RE2 writes it, or None when it is a word."""
    found = _PATTERN.fullmatch(word)
    if found:
        flags = "".join(flag for flag in "ims" if flag in found[2])
        body = found[1].replace("\\/", "/")
    elif card.patterns:
        flags, body = ("" if card.case else "i"), word
    else:
        return None
    return f"(?{flags}){body}" if flags else body


def _usable(pattern: str) -> bool:
    try:
        re2.compile(pattern, _options(_PATTERN_MEMORY))
    except (re2.error, UnicodeError):
        return False
    return True


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    options.never_capture = True
    return options


def _inside_a_word(text: str, start: int, end: int) -> bool:
    """Tell whether letters go on from one to the other side of an edge."""
    before = start > 0 and _letter(text[start - 1]) and _letter(text[start])
    return before or (end < len(text) and _letter(text[end]) and _letter(text[end - 1]))


def _letter(character: str) -> bool:
    return character.isalnum() or character == "_"
