"""What the engine knows as of a moment of a telling, in the terms that claims are compared in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Self

from core.game.state import Ask, Figure, Hero, State
from core.game.world import world
from core.game.wounds import Wound, wound
from core.i18n import text
from core.story.sentences import folded
from core.story.turn import Turn

Gender = Literal["she", "he", "they", "unknown"]
_FIGURE_GENDERS: Final[Mapping[str, Gender]] = {
    "jandira": "she",
    "tobias": "he",
    "celeste": "she",
    "nilo": "he",
    "sabia": "they",
    "guard": "he",
}
_COUNTED: Final = re.compile(r"(\d{1,4}) ([^\W\d_]+(?: [^\W\d_]+)?)")


@dataclass(frozen=True)
class Person:
    """Somebody of the scene. `name` is what the table calls them; `kind` is empty for a hero."""

    id: str
    name: str
    kind: str
    gender: Gender
    place: str
    wound: Wound
    conditions: tuple[str, ...] = ()
    archetype: str = ""

    @property
    def hero(self) -> bool:
        """Whether a player plays them."""
        return not self.kind


@dataclass(frozen=True)
class Strike:
    """A figure's blow at a hero."""

    figure: str
    hero: str
    hit: bool


@dataclass(frozen=True)
class Transfer:
    """What became of an item in this telling: `deed` is give, take, use, drop or lose; `to` its holder after it."""

    deed: str
    who: str
    item: str
    to: str


@dataclass(frozen=True)
class Evidence:
    """All that a sentence may lean on. `wounds_by` are (wounded, cause), `checks` (hero, skill, outcome) in order.

    `counts` are counted things by noun, `promises` (hero, `advantage` or `disadvantage`), `said` the heroes' own words.
    """

    people: Mapping[str, Person]
    items: Mapping[str, str]
    places: tuple[str, ...]
    time: str
    checks: tuple[tuple[str, str, str], ...] = ()
    strikes: tuple[Strike, ...] = ()
    wounds_by: tuple[tuple[str, str], ...] = ()
    transfers: tuple[Transfer, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    promises: tuple[tuple[str, str], ...] = ()
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, turn: Turn, state: State, asks: Sequence[Ask]) -> Self:
        """Gather what is known: `state` is as of now, `asks` what this telling asked and what came of it."""
        settled = [ask for ask in asks if ask.ok]
        people = {h.id: _hero(h, turn.names.get(h.id)) for h in state.heroes.values() if not h.away}
        people |= {f.id: _figure(state, f) for f in state.figures.values()}
        said: dict[str, tuple[str, ...]] = {}
        for deed in turn.deeds:
            said[deed.hero] = (*said.get(deed.hero, ()), deed.text)
        return cls(
            people=people,
            items=state.items,
            places=tuple(world(state.world).places),
            time=state.time,
            checks=tuple(_check(ask) for ask in settled if ask.tool == "check"),
            strikes=tuple(_strike(ask) for ask in settled if ask.tool == "attack"),
            wounds_by=tuple(_pair(ask, "who", "source") for ask in settled if ask.tool == "hurt"),
            transfers=tuple(_transfer(ask) for ask in settled if ask.tool == "item"),
            counts=_counts(state, turn.summary),
            promises=tuple(_pair(ask, "who", "what") for ask in settled if ask.tool == "promise"),
            said=said,
        )

    def heroes(self) -> list[Person]:
        """Return the heroes of the scene."""
        return [person for person in self.people.values() if person.hero]

    def here(self, person: Person) -> bool:
        """Tell whether somebody is in the same place as any hero."""
        return any(hero.place == person.place for hero in self.heroes())


def _hero(hero: Hero, name: str | None) -> Person:
    return Person(
        id=hero.id,
        name=name or "",
        kind="",
        gender=hero.pronoun,
        place=hero.place,
        wound=wound(hero.hp, hero.hp_max),
        conditions=hero.conditions,
        archetype=hero.archetype,
    )


def _figure(state: State, figure: Figure) -> Person:
    most = world(state.world).kinds[figure.kind].hp
    named = figure.kind in world(state.world).figures
    return Person(
        id=figure.id,
        name=text(state.language, f"world.figure.{figure.kind}") if named else "",
        kind=figure.kind,
        gender=_FIGURE_GENDERS.get(figure.kind, "unknown"),
        place=figure.place,
        wound=wound(figure.hp, most),
        conditions=figure.conditions,
    )


def _check(ask: Ask) -> tuple[str, str, str]:
    return str(ask.result.get("who", "")), str(ask.result.get("skill", "")), str(ask.result.get("outcome", ""))


def _strike(ask: Ask) -> Strike:
    return Strike(str(ask.result["npc"]), str(ask.result["target"]), ask.result["outcome"] == "hit")


def _pair(ask: Ask, one: str, other: str) -> tuple[str, str]:
    return ask.arguments.get(one, ""), ask.arguments.get(other, "")


def _transfer(ask: Ask) -> Transfer:
    item, to = str(ask.result.get("item", "")), str(ask.result.get("holder", ""))
    return Transfer(ask.arguments.get("deed", ""), ask.arguments.get("who", ""), item, to)


def _counts(state: State, summary: str) -> dict[str, int]:
    """Counted things: those written in figures in the summary, the steps of clocks, how many of a kind stand about."""
    found = {folded(noun): int(number) for number, noun in _COUNTED.findall(summary)}
    return found | {clock: steps for clock, steps in state.clocks.items() if clock not in found}
