"""What is judged: the same scene told twice, read from exported lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from core.story.marked import escaped

LINE_BYTES = 32_000
LINES_MOST = 5_000


class Telling(msgspec.Struct, frozen=True):
    """A line of an export: scene `scene` of the evening that `seed` plays in `language`, and how `by` told it.

    `facts` are what the engine settled, a line each; an empty `seed` is a scene of no evening.
    """

    language: str
    facts: str
    telling: str
    seed: str = ""
    scene: int = 0
    by: str = ""

    @property
    def place(self) -> tuple[str, str, int, str]:
        """What two tellings of one scene have in common."""
        return self.language, self.seed, self.scene, self.facts


@dataclass(frozen=True)
class Contest:
    """Two tellings of one scene, the `one` whose rate is measured and the `other`."""

    one: Telling
    other: Telling


def read(lines: Iterable[bytes]) -> list[Telling]:
    """Read JSON lines. Raises ValueError with the number of a line that is none, is too long, or is one too many."""
    found: list[Telling] = []
    for number, line in enumerate(lines, start=1):
        if number > LINES_MOST or len(line) > LINE_BYTES:
            raise ValueError(number)
        try:
            found.append(msgspec.json.decode(line, type=Telling))
        except msgspec.DecodeError as error:
            raise ValueError(number) from error
        if found[-1].language not in {"pt-BR", "en-US"}:
            raise ValueError(number)
    return found


def contests(ones: Sequence[Telling], others: Sequence[Telling]) -> list[Contest]:
    """Pair the tellings of the same scenes; those that only one side told are left out."""
    by_place = {other.place: other for other in others}
    return [Contest(one, by_place[one.place]) for one in ones if one.place in by_place]


def lines(text: str, most: int) -> str:
    """Return foreign words as data for a prompt, a line each as they came, at most `most` characters before marks."""
    return "\n".join(escaped(line, most) for line in text[:most].splitlines())
