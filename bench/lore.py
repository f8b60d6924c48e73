"""Lore cards: 1,000 cards of three keys each against 4,000 characters of our own narration, in both languages.

The peer looks for each key by itself in the small letters of the text, the least that SillyTavern does. Cards are
written in made-up words, but for those that are meant to be heard, whose keys are words of the text.
"""

import re
import statistics
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from random import Random

import core.story.oracle
from bench.report import Row, against, bounded, write
from core.game.card import BookSettings, Card
from core.story.lore.book import Book
from core.story.lore.choice import choose

CARDS, KEYS, TEXTS, CHARACTERS = 1_000, 3, 4, 1_000
HEARD, MANY = 40, 400
MOST_MS = 2.0
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "ro",
    "tu",
    "va",
    "xi",
    "pão",
    "ção",
    "lha",
    "nho",
    "que",
    "são",
)


def main(*, short: bool) -> None:
    """Measure and write the table."""
    rounds = 60 if short else 400
    rows = [row for language in ("pt-BR", "en-US") for row in _measure(language, rounds)]
    write("lore", rows, "python -m bench lore" + (" --short" if short else ""))


def _measure(language: str, rounds: int) -> list[Row]:
    texts = _texts(language)
    few, many = _cards(texts, HEARD), _cards(texts, MANY)
    book, full = Book(few, BookSettings(recursive=True)), Book(many, BookSettings(recursive=True))
    built = _timed(lambda: Book(few).matcher, rounds // 20)
    keys = [key.lower() for card in few.values() for key in card.keys]
    joined = "\n".join(texts)

    def one_by_one() -> list[str]:
        lowered = joined.lower()
        return [key for key in keys if key in lowered]

    hearing = _timed(lambda: book.matcher.hear(texts), rounds)
    alone = _timed(one_by_one, rounds)
    choice = _timed(lambda: choose(book, texts, 7, {}, seed=b"s" * 32, budget_tokens=800), rounds)
    crowded = _timed(lambda: choose(full, texts, 7, {}, seed=b"s" * 32, budget_tokens=800), rounds)
    return [
        bounded(f"{language}: keys heard", hearing, "ms", MOST_MS),
        against(f"{language}: keys heard, peer: each key by itself", hearing, alone, "ms", most=1),
        bounded(f"{language}: the whole choice, {HEARD} cards heard, in rounds", choice, "ms", MOST_MS),
        bounded(f"{language}: the whole choice, {MANY} cards heard, in rounds", crowded, "ms", MOST_MS),
        Row(f"{language}: a book made ready, once", built, "ms"),
    ]


def _timed(work: Callable[[], object], rounds: int) -> float:
    """Return the median of so many runs, in milliseconds."""
    work()
    times = []
    for _ in range(max(3, rounds)):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e3


def _texts(language: str) -> list[str]:
    """Return recent tellings: sentences of the oracle, in turn."""
    lines = Path(core.story.oracle.__path__[0]) / "data" / language / "lines"
    said: list[str] = []
    for file in sorted(lines.glob("*.toml")):
        _collect(tomllib.loads(file.read_text("utf-8")), said)
    sentences = [re.sub(r"[{\[][^}\]]*[}\]]", "", one) for one in said]
    Random(1).shuffle(sentences)
    text = " ".join(sentences)[: TEXTS * CHARACTERS]
    return [text[at : at + CHARACTERS] for at in range(0, TEXTS * CHARACTERS, CHARACTERS)]


def _collect(value: object, said: list[str]) -> None:
    if isinstance(value, str):
        said.append(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _collect(inner, said)


def _cards(texts: list[str], heard: int) -> dict[str, Card]:
    chance = Random(2)
    known = sorted({word for word in re.findall(r"\w{4,}", " ".join(texts[:-1])) if not word.isdigit()})

    def invented() -> str:
        return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(3, 5)))

    return {
        f"1-{n}": Card(
            name=f"{n}",
            keys=(chance.choice(known) if n < heard else invented(), *(invented() for _ in range(KEYS - 1))),
            text=" ".join(invented() for _ in range(30)),
        )
        for n in range(CARDS)
    }
