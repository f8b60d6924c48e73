"""The words of rules questions in a language, as concepts of the game."""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import snowballstemmer

PHRASE_MOST: Final = 6
_STEMMERS: Final = {"pt-BR": "portuguese", "en-US": "english"}
_KINDS: Final = (
    *("aspects", "may", "negations", "strong", "weak", "light"),
    *("actors", "acts", "conditions", "moves", "properties", "defenses", "topics"),
)


@dataclass(frozen=True)
class Meaning:
    """A concept of a question; `passive` when an act is suffered, not done ("attacked")."""

    kind: str
    name: str
    passive: bool = False


@dataclass
class Lexicon:
    """Look-ups of one language: by the word as written first, then by its stem."""

    stem: Callable[[str], str]
    rewrites: list[tuple[re.Pattern[str], str]]
    state: re.Pattern[str]
    numbers: dict[str, str]
    articles: frozenset[str]
    participle: re.Pattern[str]
    exact: dict[tuple[str, ...], Meaning] = field(default_factory=dict)
    stemmed: dict[tuple[str, ...], Meaning] = field(default_factory=dict)
    longest: int = PHRASE_MOST

    def rewritten(self, text: str) -> str:
        """Return the folded question after the language's own equations."""
        for pattern, into in self.rewrites:
            text = pattern.sub(into, text).strip()
        return text

    def about_the_table(self, text: str, rewritten: str) -> bool:
        """Say whether a question asks how things stand, not what the rules are."""
        return bool(self.state.search(text) or self.state.search(rewritten))

    def read(self, words: list[str], number: Callable[[str], str | None]) -> Iterable[Meaning]:
        """Yield the meanings of the words, the longest phrase first; a word that nobody knows is kept as `unknown`."""
        words = self._counted(words)
        stems = [self.stem(word) for word in words]
        at = 0
        while at < len(words):
            size, meaning = self._longest(words, stems, at)
            if meaning is None:
                value = number(words[at])
                kind = "unknown" if value is None else "dice" if value.startswith("dice:") else "number"
                meaning, size = Meaning(kind, value or f"?{stems[at]}"), 1
            yield self._voiced(meaning, words[at])
            at += size

    def _counted(self, words: list[str]) -> list[str]:
        """Put digits for number words; a word that is an article too counts only beside another number."""
        counting = any(word not in self.articles and (word in self.numbers or word.isdigit()) for word in words)
        kept = words if counting else [word for word in words if word not in self.articles]
        return [self.numbers.get(word, word) for word in kept]

    def _longest(self, words: list[str], stems: list[str], at: int) -> tuple[int, Meaning | None]:
        for size in range(min(self.longest, len(words) - at), 0, -1):
            here = slice(at, at + size)
            found = self.exact.get(tuple(words[here])) or self.stemmed.get(tuple(stems[here]))
            if found is not None:
                return size, found
        return 1, None

    def _voiced(self, meaning: Meaning, word: str) -> Meaning:
        if meaning.kind == "acts" and self.participle.search(word):
            return Meaning(meaning.kind, meaning.name, passive=True)
        return meaning

    def add(self, phrase: str, meaning: Meaning) -> None:
        """Teach a phrase. A stem that two meanings share is nobody's, unless one of them is an act."""
        words = tuple(phrase.replace("-", " ").split())
        self.exact[words] = meaning
        stems = tuple(map(self.stem, words))
        other = self.stemmed.get(stems, meaning)
        if other != meaning and other.kind != "acts":
            self.stemmed[stems] = meaning if meaning.kind == "acts" else Meaning("unknown", f"?{' '.join(stems)}")
        else:
            self.stemmed[stems] = other

    def inflect(self, forms: Callable[[str], Iterable[str]]) -> None:
        """Teach the regular forms of single words, where they are not taken."""
        for (word, *more), meaning in list(self.exact.items()):
            if not more:
                for form in forms(word):
                    self.exact.setdefault((form,), meaning)


def _portuguese(word: str) -> Iterable[str]:
    ending = word[-2:]
    if ending in _ENDINGS:
        return (word[:-2] + form for form in _ENDINGS[ending].split())
    return (f"{word}s",) if word[-1] in "aeo" else ()


_ENDINGS: Final = {
    "ar": "o a am amos ando ado ada ados adas",
    "er": "o e em emos endo ido ida idos idas",
    "ir": "o e em imos indo ido ida idos idas",
}
_FORMS: Final[dict[str, Callable[[str], Iterable[str]]]] = {"pt-BR": _portuguese, "en-US": lambda _: ()}


@cache
def lexicon(locale: str) -> Lexicon:
    """Return the lexicon of "pt-BR" or "en-US"."""
    data = tomllib.loads((Path(__file__).parent / "data" / f"{locale}.toml").read_text("utf-8"))
    stemmer = snowballstemmer.stemmer(_STEMMERS[locale])
    made = Lexicon(
        stem=stemmer.stemWord,
        rewrites=[(re.compile(pattern), into) for pattern, into in data["rewrites"]],
        state=re.compile("|".join(data["state"])),
        numbers=_numbers(data),
        articles=frozenset(data["articles"]),
        participle=re.compile(f"{data['participle']}|^(?:{'|'.join(data['participles'])})$"),
    )
    for kind in _KINDS:
        for name, phrases in data[kind].items():
            for phrase in phrases:
                made.add(phrase, Meaning(kind, name))
    made.inflect(_FORMS[locale])
    for word in data["drop"].split():
        made.exact[(word,)] = Meaning("drop", word)
    return made


def _numbers(data: dict[str, Any]) -> dict[str, str]:
    return dict(pair.split("=") for pair in data["number_words"].split())
