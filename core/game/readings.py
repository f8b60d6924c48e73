"""The log read as somebody (law 12): as a person, as the game master, or as the table, which is everyone together.

Every reading of a session (prompt, status, recap, statistics) goes through here. A view is for reading: nothing is
decided on it and nothing applied to it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from msgspec.structs import replace

from core.game.registry import Event
from core.game.rows import Row, standing
from core.game.rules.effects import Checked, Fated, Hurt
from core.game.rules.gm import Narrated
from core.game.rules.rolls import Cast, Rolled
from core.game.rules.table import Joined
from core.game.rules.talk import Acted, Questioned, Spoke, Withdrawn
from core.game.rules.telling import Answered, Told
from core.game.rules.whispers import Whispered
from core.game.state import Audience, Figure, State
from core.game.world import world
from core.game.wounds import wound

Texts = Mapping[tuple[int, str], tuple[str | None, Audience]]
"""Words by (seq, kind) with their audience, as `Log.words` returns them; None: erased."""

_NO_LORE: Final[Mapping[str, object]] = {
    "lore": {},
    "lore_pages": {},
    "lore_off": (),
    "lore_since": {},
    "lore_book": 0,
    "note": 0,
}

Kind = Literal["act", "say", "whisper", "question", "answer", "narration", "telling", "roll"]


@dataclass(frozen=True)
class Viewer:
    """Who reads: a person (0: nobody in particular, the table), and whether they lead it."""

    person: int = 0
    gm: bool = False

    @classmethod
    def of(cls, person: int, state: State) -> Self:
        """Return a person as a reader of this session."""
        return cls(person, gm=person == state.gm)


TABLE: Final = Viewer()
"""Sees what everyone at the table sees; the storyteller reads so."""


def may_see(audience: Audience, viewer: Viewer) -> bool:
    """Tell whether what has this audience may be shown. Named people are those alone, without the game master."""
    if audience == "all":
        return True
    return viewer.gm if audience == "gm" else viewer.person in audience


def visible(rows: Iterable[Row], viewer: Viewer) -> list[Row]:
    """Return the rows that stand, in order, each with only the events that the viewer may see.

    `rows` are those from the session's first on. A row of which nothing may be seen is left out, and the answer of one
    of which something may not (it tells the same in numbers) is blank.
    """
    return [seen for row in standing(rows) if (seen := _seen_row(row, viewer)) is not None]


def view(state: State, viewer: Viewer) -> State:
    """Return the state as the viewer may know it.

    For all but the game master a figure's hit points say no more than how hurt it looks (see `_looks`), hidden
    rolls are not counted and there are no lore cards; private questions are seen by those who asked. The rest is public
    because public rows alone move it and the storyteller tells it: the heroes (a table plays with open sheets;
    `/session status` shows them), places, items, conditions, attitudes, clocks, the map, what was asked of the engine,
    and the secrets that are revealed (those that are not are in no state).
    """
    questions = {row: person for row, person in state.questions.items() if may_see((person,), viewer)}
    if viewer.gm:
        return state.with_(questions=questions)
    figures = {figure.id: _looks(state, figure) for figure in state.figures.values()}
    version = None if state.version and state.version.how == "edit" else state.version
    return state.with_(questions=questions, figures=figures, hidden_rolls=0, version=version, **_NO_LORE)


@dataclass(frozen=True)
class Thrown:
    """Dice of one size that a person threw (0: the table): how many, and the sum of their faces."""

    person: int
    sides: int
    dice: int
    sum: int


@dataclass(frozen=True)
class Statistics:
    """Numbers of a session: tellings that stand; rolls, whether they stand or not, since a roll cast stays cast."""

    tellings: int
    rolls: int
    hidden_rolls: int
    thrown: tuple[Thrown, ...]


def statistics(rows: Iterable[Row], viewer: Viewer) -> Statistics:
    """Return the numbers of the rows from the session's first on; hidden rolls count for the game master alone."""
    rows = list(rows)
    people: dict[str, int] = {}
    open_rolls = hidden_rolls = 0
    dice, sums = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for event in _seen_events(rows, viewer):
        if isinstance(event, Joined):
            people[event.hero] = event.person
        if (found := _cast(event)) is None:
            continue
        who, cast = found
        hidden = isinstance(event, Rolled) and event.hidden
        open_rolls, hidden_rolls = open_rolls + (not hidden), hidden_rolls + hidden
        person = event.by if isinstance(event, Rolled) else people.get(who, 0)
        for die in cast.fell:
            dice[person, die.sides] += 1
            sums[person, die.sides] += die.face
    tellings = sum(isinstance(event, Told) for row in visible(rows, viewer) for event in row.events)
    thrown = tuple(Thrown(person, sides, n, sums[person, sides]) for (person, sides), n in sorted(dice.items()))
    return Statistics(tellings, open_rolls, hidden_rolls, thrown)


@dataclass(frozen=True)
class Line:
    """One thing that was said, done or rolled. `text` is None when it was erased; a roll's is its dice and total.

    `person` did it (0: the storyteller), `who` is the hero (of a blow also the figure or hazard) it was done with, if
    any; `label` is a roll's.
    """

    seq: int
    kind: Kind
    person: int
    who: str
    text: str | None
    label: str = ""


def spotlight(state: State) -> dict[str, int]:
    """Return how many of the last ten tellings told an action of each hero at the table, least seen first."""
    seen = Counter(hero for heroes in state.spotlight for hero in heroes)
    return dict(sorted(((hero.id, seen[hero.id]) for hero in state.present()), key=lambda one: one[1]))


def recap(rows: Iterable[Row], words: Texts, told: Mapping[int, str], viewer: Viewer) -> list[Line]:
    """Return what stands of the story, in order, without what was taken back.

    `rows` are those from the session's first on, `words` their texts, `told` the texts of tellings and private answers
    by the row they start from.
    """
    seen = visible(rows, viewer)
    withdrawn = {event.row for row in seen for event in row.events if isinstance(event, Withdrawn)}
    return [line for row in seen if row.seq not in withdrawn for line in _lines(row, words, told, viewer)]


def _seen_row(row: Row, viewer: Viewer) -> Row | None:
    events = tuple(_seen_events([row], viewer))
    if not events:
        return None
    return row if len(events) == len(row.events) else replace(row, events=events, answer={})


def _seen_events(rows: Iterable[Row], viewer: Viewer) -> Iterator[Event]:
    return (event for row in rows for event in row.events if may_see(event.to, viewer))


def _looks(state: State, figure: Figure) -> Figure:
    """Return the figure with the most hit points that look like those it has."""
    most = world(state.world).kinds[figure.kind].hp
    shown = {"unhurt": most, "scratched": most - 1, "hurt": 2 * most // 3, "barely_standing": most // 3, "down": 0}
    return replace(figure, hp=shown[wound(figure.hp, most)])


def _cast(event: Event) -> tuple[str, Cast] | None:
    """Return the roll that an event holds, and who it was made for."""
    match event:
        case Rolled(hero=who, cast=cast) | Checked(who=who, cast=cast) | Fated(who=who, cast=cast):
            return who, cast
        case Hurt(source=who, cast=Cast() as cast):
            return who, cast
    return None


def _lines(row: Row, words: Texts, told: Mapping[int, str], viewer: Viewer) -> Iterator[Line]:
    for event in row.events:
        match event:
            case Acted(hero=hero):
                yield from _said(row, "act", hero, words, viewer)
            case Spoke(hero=hero):
                yield from _said(row, "say", hero, words, viewer)
            case Whispered(hero=hero):
                yield from _said(row, "whisper", hero, words, viewer)
            case Questioned():
                yield from _said(row, "question", "", words, viewer)
            case Narrated():
                yield from _said(row, "narration", "", words, viewer)
            case Told(start=start):
                yield Line(row.seq, "telling", 0, "", told.get(start))
            case Answered(question=question):
                yield Line(row.seq, "answer", 0, "", told.get(question))
        if (found := _cast(event)) is not None:
            who, cast = found
            label, audience = words.get((row.seq, "label"), (None, "all"))
            shown = label if label and may_see(audience, viewer) else ""
            yield Line(row.seq, "roll", row.actor, who, cast.line, shown)


def _said(row: Row, kind: Kind, hero: str, words: Texts, viewer: Viewer) -> Iterator[Line]:
    text, audience = words.get((row.seq, kind), (None, "all"))
    if may_see(audience, viewer):
        yield Line(row.seq, kind, row.actor, hero, text)
