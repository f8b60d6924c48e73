"""One telling in the making: what was asked, and the beats to be put into sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

from core.game.state import Ask as Asked
from core.game.state import Hero, State
from core.game.world import world
from core.story.oracle.desk import Desk
from core.story.oracle.moment import Moment
from core.story.oracle.names import NAMED, local_name
from core.story.oracle.nouns import Noun, figure_noun, hero_noun, thing
from core.story.oracle.places import Ways, figures_at, ways
from core.story.oracle.weather import contradicts, spell, weather
from core.story.safety import crosses, unveils
from core.story.turn import Deed, Turn

FAILED = ("failure", "crit_fail")
_NOTHING_DONE = ("fight.nobody", "take.nothing", "give.nothing", "ring.far", "ring.empty")


class Awaited(Exception):  # noqa: N818 - it is told, not reported
    """A deed's check waits for its player's roll: its outcome is told after that."""


class Unsettled(Exception):  # noqa: N818 - it is told, not reported
    """The engine settles no more in this telling: a deed's outcome stays open."""


@dataclass(frozen=True)
class Beat:
    """Something to tell: the table of its lines, and whom it is about. Not `must`: it may be left out.

    `variants`, when given, stand in for the table.
    """

    line: str
    nouns: Mapping[str, Noun] = field(default_factory=dict)
    must: bool = True
    place: str = ""
    variants: tuple[str, ...] = ()


@dataclass
class Scene:
    """A turn, the desk where it asks, and what there is to tell so far.

    `place` is where the eye rests, `actor` the hero who acts, `outcome` how the last check went.
    """

    turn: Turn
    desk: Desk
    rng: Random
    place: str
    beats: list[Beat] = field(default_factory=list)
    actor: str = ""
    outcome: str = ""

    @property
    def state(self) -> State:
        """The state as of now."""
        return self.desk.state

    @property
    def ways(self) -> Ways:
        """The world's bonds."""
        return ways(self.state.world)

    @property
    def language(self) -> str:
        """The session's language."""
        return self.state.language

    @property
    def weather(self) -> str:
        """The weather of this telling."""
        return weather(self.turn.seed, spell(self.turn.state.tellings))

    def hero(self, deed: Deed) -> Hero:
        """The hero of a deed, as of now."""
        return self.state.heroes[deed.hero]

    def moment(self, hero: str) -> Moment:
        """What is true here and now, with a hero acting."""
        done = frozenset(one.line.partition(".")[0] for one in self.beats if one.must and one.line not in _NOTHING_DONE)
        return Moment(self.state, self.place, hero, self.weather, self.outcome, done)

    def noun(self, key: str) -> Noun:
        """The noun of a hero, a figure, an item, a place or anything in the table of nouns. Raises KeyError."""
        if key in self.state.heroes:
            return hero_noun(self.state, self.turn.names, key)
        if key in self.state.figures:
            return figure_noun(self.state, key)
        return thing(self.language, key)

    def resolve(self, key: str) -> Noun | None:
        """The noun `key` if it may be spoken of here: a person only when present, a thing only when known."""
        key = key.lower()
        if key.startswith(NAMED):
            return local_name(self.turn.seed, self.language, key, self.turn.names)
        if key in self.state.figures and key not in figures_at(self.state, self.place):
            return None
        if key in self.state.items and not self.ways.named(self.state, key):
            return None
        try:
            return self.noun(key)
        except KeyError:
            return None

    def true(self, guard: str) -> bool:
        """Tell whether what a variant needs holds: an item is where the adventure began with it, or a need."""
        if guard in self.state.items:
            return self.state.items[guard] == world(self.state.world).items.get(guard)
        return self.moment(self.actor).holds(guard)

    def contradicted(self, text: str) -> bool:
        """Tell whether a text speaks of another weather or time of day than it is."""
        return contradicts(text, self.language, self.weather, self.state.time)

    def forbidden(self, text: str) -> bool:
        """Tell whether a text crosses a line of the table, or shows what is to be veiled."""
        lines, veils = self.turn.lines, self.turn.veils
        return bool((lines and crosses(text, lines, self.language)) or (veils and unveils(text, veils, self.language)))

    def told(self, group: str) -> bool:
        """Tell whether something of a group of lines is told already."""
        return any(beat.line.startswith(f"{group}.") for beat in self.beats)

    def say(self, line: str, **who: str) -> None:
        """Have something told; `who` maps roles of the line to ids."""
        self.beats.append(self.beat(line, **who))

    def maybe(self, line: str, **who: str) -> None:
        """Have something told if there is room for it."""
        self.beats.append(replace(self.beat(line, **who), must=False))

    def beat(self, line: str, **who: str) -> Beat:
        """Return something to tell of these ids, here. After the end a place looks as the end left it."""
        if self.state.ending and line in {f"look.{place}" for place in world(self.state.world).places}:
            line = f"after.{self.state.ending}"
        return Beat(line, {role: self.noun(key) for role, key in who.items()}, place=self.place)

    async def ask(self, tool: str, **arguments: str) -> Asked:
        """Ask the engine. Raises Refusal `stale_telling`."""
        return await self.desk.put(tool, **arguments)

    async def roll(self, hero: str, skill: str, level: str = "even") -> Asked:
        """Ask for a check. Raises Unsettled when the engine will not have it, Awaited when its player rolls it."""
        asked = await self.ask("check", who=hero, skill=skill, level=level)
        if asked.ok and asked.result.get("pending"):
            raise Awaited
        if not asked.ok:
            raise Unsettled
        return asked

    async def check(self, hero: str, skill: str, level: str = "even") -> str:
        """Ask for a check and return its outcome. Raises Unsettled."""
        self.outcome = str((await self.roll(hero, skill, level)).result["outcome"])
        return self.outcome
