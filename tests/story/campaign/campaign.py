"""The written campaign on which memory is measured: 200 turns, 60 planted facts, two languages."""

import re
import tomllib
import unicodedata
from pathlib import Path

import msgspec

LANGUAGES = ("pt-BR", "en-US")
_HERE = Path(__file__).parent
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"]?\s+")


class Deed(msgspec.Struct, frozen=True):
    who: str
    text: str


class Turn(msgspec.Struct, frozen=True):
    """One turn of the table: `n` counts from 1, `plants` names the facts first told here."""

    n: int
    act: int
    scene: str
    deed: Deed
    tell: str
    plants: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.deed.text} {self.tell}"

    def sentences(self) -> list[str]:
        return [s for t in (self.deed.text, self.tell) for s in _SENTENCE_END.split(t)]


class Fact(msgspec.Struct, frozen=True):
    """A planted fact: told once in `turn`, asked for before turn `ask_turn` is played.

    It counts as recalled when `recalled_in` holds for the text given to the storyteller.
    `near` are turns that speak of a similar thing and do not hold the fact.
    """

    id: str
    kind: str
    turn: int
    needle: tuple[str, ...]
    form: str
    ask: str
    ask_turn: int
    near: tuple[int, ...]

    def recalled_in(self, text: str) -> bool:
        """Whether `text` holds every needle, case and accents folded."""
        folded = fold(text)
        return all(fold(part) in folded for part in self.needle)


class Campaign(msgspec.Struct, frozen=True):
    turn: tuple[Turn, ...]
    fact: tuple[Fact, ...]

    def planted_sentence(self, fact: Fact) -> str:
        """The sentence that holds the whole fact; LookupError if none or several do."""
        held = [s for s in self.turn[fact.turn - 1].sentences() if fact.recalled_in(s)]
        if len(held) != 1:
            raise LookupError(fact.id, len(held))
        return held[0]


def load(language: str) -> Campaign:
    """Read the campaign in one of LANGUAGES."""
    raw = tomllib.loads((_HERE / f"{language}.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, Campaign)


def fold(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
