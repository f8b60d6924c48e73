"""What was lived at a table, as sentences: deeds in their players' words, and what was told of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.story.budget import tokens
from core.story.sentences import split
from core.story.turn import Deed

SENTENCES_MOST: Final = 40
"""Most sentences that are kept of one telling with its deeds."""


@dataclass(frozen=True)
class Episode:
    """One telling that stands, by the row it is known by, with the deeds it tells."""

    row: int
    deeds: tuple[Deed, ...]
    told: str


@dataclass(frozen=True)
class Passage:
    """One sentence. `episode` is the row of its telling, `hero` who said or did it, `figure` to whom it was said."""

    episode: int
    row: int
    text: str
    hero: str = ""
    figure: str = ""

    def shown(self, names: Mapping[str, str | None]) -> str:
        """Return the sentence with who said or did it in front; the table's heroes speak in the first person."""
        return f"{names.get(self.hero) or self.hero}: {self.text}" if self.hero else self.text

    def tokens(self, names: Mapping[str, str | None]) -> int:
        """Return about how many tokens it takes in a list."""
        return tokens(self.shown(names) + "\n")


def passages(episode: Episode) -> list[Passage]:
    """Return an episode's sentences in order, deeds first."""
    found = [
        Passage(episode.row, deed.seq, sentence, deed.hero, deed.figure)
        for deed in episode.deeds
        for sentence in split(deed.text)
    ]
    found += [Passage(episode.row, episode.row, sentence) for sentence in split(episode.told)]
    return found[:SENTENCES_MOST]
