"""The state of one session: what `apply` folds out of its log. Immutable, without a word written by a person.

Names and texts of people are referred to by the `seq` of the row whose words hold them (law 13).
Person and channel ids are Discord snowflakes.
"""

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from core.maps.board import Board

Language = Literal["pt-BR", "en-US"]
Lead = Literal["gm", "ai"]
Status = Literal["open", "paused", "ended"]
Audience = Literal["all", "gm"] | tuple[int, ...]
RollsBy = Literal["engine", "players"]
Pronoun = Literal["she", "he", "they", "unknown"]
Rating = Literal["everyone", "teen", "adult"]
Absence = Literal["near", "skip", "gm"]

STATE_SCHEMA = 2
TRAIL_MOST = 50
TOLD_MOST = 60
SPOTLIGHT_MOST = 10
IDLE_AFTER = 3


class Hero(Struct, frozen=True, omit_defaults=True):
    """A player character at this table. `words` is the seq of the row that holds the name.

    `missed` counts the rounds in a row that were told without an action of theirs.
    """

    id: str
    person: int
    words: int
    archetype: str
    pronoun: Pronoun
    hp: int
    hp_max: int
    ac: int
    place: str
    conditions: tuple[str, ...] = ()
    away: bool = False
    missed: int = 0

    @property
    def idle(self) -> bool:
        """Whether no round waits for them any more, until they act again."""
        return self.missed >= IDLE_AFTER


class Figure(Struct, frozen=True, omit_defaults=True):
    """A non-player character or creature. `kind` names an entry of the world's data."""

    id: str
    kind: str
    place: str
    hp: int
    attitude: int = 0
    conditions: tuple[str, ...] = ()


class Step(Struct, frozen=True, omit_defaults=True):
    """One thing that can be undone: its kind, whose it was, and the row the story goes back before."""

    before: int
    kind: str
    hero: str = ""


class Told(Struct, frozen=True, array_like=True):
    """Where a standing narration's text lies: a telling's start row, or the row of the game master's words."""

    by: Literal["telling", "gm"]
    row: int


class Scene(Struct, frozen=True, array_like=True):
    """The last scene: the first row that its telling made, and the rows of the actions it tells."""

    before: int
    deeds: tuple[int, ...]


class Ask(Struct, frozen=True, omit_defaults=True):
    """What a storyteller asked of the engine in the telling that stands open, and what came of it."""

    step: int
    tool: str
    arguments: dict[str, str]
    ok: bool
    result: dict[str, str | int]


class Version(Struct, frozen=True, array_like=True):
    """Another version of a telling: called for at row `row`, of the telling from row `of` that was told at row `at`.

    `was` is the row under which its message stands until now. `how`: `again` in its place, `other` to choose from,
    `edit` by hand. `phase`: `called`, then `told`, and of one to choose from `taken` or `left`.
    """

    row: int
    of: int
    at: int
    was: int
    how: Literal["again", "other", "edit"]
    phase: Literal["called", "told", "taken", "left"] = "called"

    def waits(self) -> bool:
        """Tell whether it waits for a worker, not for somebody's choice."""
        return not (self.how == "other" and self.phase == "told")


class Called(Struct, frozen=True, array_like=True):
    """A check that waits for its player's roll: called at row `row`, for the deed of row `deed` (0: for none)."""

    row: int
    deed: int
    skill: str
    level: str


class State(Struct, frozen=True, omit_defaults=True):
    """One session as of row `seq`.

    `stand` is where the telling stands: the seq of the last row that moved it (start, a telling, a rewind).
    `pending` are the rows told next, `closed` the last of them the round was closed at, `questions` the private
    ones that wait, by row, with who asked. `trail` is what can be undone, `asked_at` the first row the open telling
    asked for, `told` the newest narrations that stand, `ending` how the adventure ended, `scenes` how many have
    closed. `items` maps an item to its
    holder: a hero, a figure, a place, or `gone`.

    `lore` maps each lore card to the row whose words hold it, `lore_pages` those rows to how many characters they hold,
    `lore_off` are cards switched off, `lore_since` maps cards to the telling in which they came up, `lore_book` is the
    row that holds the book's settings (0: none).

    `gather` is how many seconds a round waits for everybody (0: each is told at once), `until` when the open round is
    told at the latest (Unix seconds, 0: no deadline), `votes` the heroes who want it told now, `missed` those whom the
    round being told went without, `absence` what becomes of them. `scene_told` is what a cut takes away, `cut` the row
    of the last cut, `taken_back` the actions withdrawn since the open telling asked.

    Where `rolls_by` is `players`, `called` are the checks that wait for a hero's player, by hero, and
    `rolled` those rolled since, by their row, until they are told. `spotlight` are the heroes with an action in each of
    the last tellings.

    `pinned` and `threads` are the rows whose words hold a pinned fact or an open thread, `summary` the row of the last
    summary written by hand, `note` that of the game master's note to whoever tells (0: none).

    `version` is another version of the newest telling that is under way or to choose, `shown` the row under which the
    newest telling's message stands where that is not the row it began at, `heard` the row that last accepted one.
    `budget` is the table's own limit of what it spends, in millionths of a dollar (0: none).
    """

    session_id: int
    seq: int
    language: Language
    lead: Lead
    gm: int
    world: str
    scene: str
    time: str
    status: Status = "open"
    stand: int = 0
    pending: tuple[int, ...] = ()
    closed: int = 0
    questions: dict[int, int] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    tellings: int = 0
    told: tuple[Told, ...] = ()
    ending: str = ""
    scenes: int = 0
    heroes: dict[str, Hero] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, int] = field(default_factory=dict)
    revealed: tuple[str, ...] = ()
    board: Board | None = None
    trail: tuple[Step, ...] = ()
    asked_at: int = 0
    lore: dict[str, int] = field(default_factory=dict)
    lore_pages: dict[int, int] = field(default_factory=dict)
    lore_off: tuple[str, ...] = ()
    lore_since: dict[str, int] = field(default_factory=dict)
    lore_book: int = 0
    rolls: int = 0
    hidden_rolls: int = 0
    rating: Rating = "teen"
    gather: int = 0
    absence: Absence = "near"
    until: int = 0
    votes: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    scene_told: Scene | None = None
    cut: int = 0
    taken_back: tuple[int, ...] = ()
    spotlight: tuple[tuple[str, ...], ...] = ()
    rolls_by: RollsBy = "engine"
    called: dict[str, Called] = field(default_factory=dict)
    rolled: dict[int, Ask] = field(default_factory=dict)
    pinned: tuple[int, ...] = ()
    threads: tuple[int, ...] = ()
    summary: int = 0
    note: int = 0
    version: Version | None = None
    shown: int = 0
    heard: int = 0
    budget: int = 0

    def with_(self, **changes: object) -> "State":
        """Return this state with some fields changed."""
        return replace(self, **changes)

    def hero(self, hero: str, **changes: object) -> "State":
        """Return this state with one hero changed."""
        return self.with_(heroes={**self.heroes, hero: replace(self.heroes[hero], **changes)})

    def figure(self, figure: str, **changes: object) -> "State":
        """Return this state with one figure changed."""
        return self.with_(figures={**self.figures, figure: replace(self.figures[figure], **changes)})

    def step(self, before: int, kind: str, hero: str = "") -> "State":
        """Return this state with one more thing that can be undone; the trail keeps the last fifty."""
        return self.with_(trail=(*self.trail[1 - TRAIL_MOST :], Step(before, kind, hero)))

    def tells(self, by: Literal["telling", "gm"], row: int) -> "State":
        """Return this state with one more narration among the recent ones."""
        return self.with_(told=(*self.told[1 - TOLD_MOST :], Told(by, row)))

    def newest_telling(self, stand: int) -> int:
        """Return the row that the newest narration began at, where the storyteller told it at row `stand`.

        0 where something came after it, also an action that waits, or where a person told it.
        """
        newest = self.told[-1] if self.told else None
        if newest is None or newest.by != "telling" or self.pending or not stand == self.stand == self.heard:
            return 0
        return newest.row

    def hero_of(self, person: int) -> Hero | None:
        """Return the hero this person plays now."""
        return next((h for h in self.heroes.values() if h.person == person and not h.away), None)

    def present(self) -> list[Hero]:
        """Return the heroes whose players are at the table, in the order they joined."""
        return [h for h in self.heroes.values() if not h.away]

    def awaited(self) -> list[Hero]:
        """Return the heroes whom a round waits for: present, on their feet, and not long silent."""
        return [hero for hero in self.present() if hero.hp > 0 and not hero.idle]

    def gathers(self) -> bool:
        """Tell whether rounds close by themselves: the storyteller leads, and the table waits for each other."""
        return self.lead == "ai" and self.gather > 0

    def settled(self) -> tuple[Ask, ...]:
        """Return what the open telling asked for, behind the called checks that were rolled for it."""
        return (*(ask for row, ask in self.rolled.items() if row in self.pending), *self.asks)

    def closed_rows(self) -> tuple[int, ...]:
        """Return the pending rows of a closed round, also of a table at rest."""
        at_once = self.lead == "ai" and not self.gather
        return self.pending if at_once else tuple(seq for seq in self.pending if seq <= self.closed)

    def due(self) -> tuple[int, ...]:
        """Return the rows that the storyteller should tell now."""
        return self.closed_rows() if self.status == "open" else ()

    def has_work(self) -> bool:
        """Tell whether a worker has something to do here."""
        versions = self.version is not None and self.version.waits() and self.status != "ended"
        return bool(self.due() or self.questions or versions)
