"""Scenes of the oracle for a judge: what the engine settled, and how it was told.

An evening is played in memory by heroes who type in turn what `evening.toml` has; the same seed plays the same one.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from random import Random
from typing import Final

from core.game import rules
from core.game.registry import Command, apply, decide
from core.game.rules.asks import EngineAsk
from core.game.rules.table import Begin, Join, Start, Started, opened, start
from core.game.rules.talk import Act
from core.game.rules.telling import Tell
from core.game.state import Hero, Language, State
from core.game.world import world
from core.game.wounds import wound
from core.story.claims import Evidence
from core.story.oracle.oracle import Oracle
from core.story.oracle.places import figures_at, ways
from core.story.oracle.tables import table
from core.story.turn import Deed, Settled, Turn

RECENT: Final = 60
_ = rules


@dataclass(frozen=True)
class Pair:
    """One scene: the facts, a line `name: value` each in the engine's ids and words, and the telling of them.

    `turn` is what it was told from, with what the engine settled, and `evidence` what a claim of any telling of this
    scene may lean on.
    """

    language: str
    facts: str
    telling: str
    turn: Turn | None = None
    evidence: Evidence | None = None


def pairs(seed: bytes, language: str, turns: int) -> list[Pair]:
    """Return the opening scene and `turns` more of one evening in a language; fewer where it ends before."""
    evening = _Evening(seed, language)
    found = [evening.opening()]
    for text in islice(cycle(table(language, "evening")["deeds"]), turns):
        hero = evening.next_hero()
        if not hero or evening.state.ending:
            break
        found.append(evening.scene(hero, text))
    return found


@dataclass
class _Evening:
    """A session in memory, with the engine's own rules."""

    seed: bytes
    language: str
    told: list[str] = field(default_factory=list)
    names: dict[str, str | None] = field(default_factory=dict)
    keys: int = 0
    acted: int = 0

    def __post_init__(self) -> None:
        language: Language = "pt-BR" if self.language == "pt-BR" else "en-US"
        events = start(Start(key="start", by=1, title="T", language=language, lead="ai")).events
        begun = next(event for event in events if isinstance(event, Started))
        self.state: State = apply(opened(begun, 1), events, 1)
        for number, (name, pronoun, archetype) in enumerate(table(self.language, "evening")["heroes"]):
            person = 10 + number
            hero = self._do(Join, person, name=name, pronoun=pronoun, archetype=archetype)["hero"]
            self.names[str(hero)] = name

    def draw(self, index: int, *, hidden: bool = False) -> Callable[[int], int]:
        rng = Random(self.seed + b"|%d|%d" % (index, hidden))  # noqa: S311 - nobody plays this evening
        return lambda sides: rng.randint(1, sides)

    def next_hero(self) -> str:
        standing = [hero.id for hero in self.state.present() if hero.hp > 0]
        self.acted += 1
        return standing[self.acted % len(standing)] if standing else ""

    def opening(self) -> Pair:
        self._do(Begin, 10)
        return self._told(Deed(self.state.pending[0], "open"), "action: the first scene is called for")

    def scene(self, hero: str, text: str) -> Pair:
        self._do(Act, self.state.heroes[hero].person, text=text)
        deed = Deed(self.state.pending[0], "act", hero, text)
        return self._told(deed, f"action: {self.names[hero]} ({hero}) declares: {text}")

    def _told(self, deed: Deed, action: str) -> Pair:
        before, open_at = self.state, self.state.stand
        turn = Turn(
            state=before,
            names=self.names,
            deeds=(deed,),
            start=open_at,
            through=before.seq,
            seed=self.seed,
            recent=tuple(self.told[-RECENT:]),
        )
        text = _finished(self._telling(turn))
        settled = replace(turn, state=self.state, asks=self.state.asks)
        facts = "\n".join([f"lang: {self.language}", action, *_settled(self.state), *_standing(self.state, self.names)])
        self.told.append(text)
        self._do(Tell, 0, start=open_at, through=turn.through, teller="oracle")
        return Pair(self.language, facts, text, settled, Evidence.of(turn, self.state, settled.asks))

    async def _telling(self, turn: Turn) -> str:
        return "".join([piece.text async for piece in Oracle().tell(turn, self._ask)])

    async def _ask(self, tool: str, arguments: Mapping[str, str]) -> Settled:
        step = len(self.state.asks)
        answer = self._do(EngineAsk, 0, start=self.state.stand, step=step, tool=tool, arguments=dict(arguments))
        result = {name: value for name, value in answer.items() if name != "ok"}
        return Settled(bool(answer["ok"]), result, self.state)

    def _do(self, command: type[Command], by: int, **fields: object) -> Mapping[str, str | int]:
        self.keys += 1
        decision = decide(self.state, command(key=str(self.keys), by=by, **fields), self)
        self.state = apply(self.state, decision.events, self.state.seq + 1)
        return decision.answer


def _finished(telling: Coroutine[object, None, str]) -> str:
    """Return what a coroutine gives that never waits: this engine answers at once."""
    try:
        telling.send(None)
    except StopIteration as stopped:
        return str(stopped.value)
    raise RuntimeError("the telling waited")


def _settled(state: State) -> list[str]:
    """Return what the engine was asked in this telling and what it settled."""
    return [
        f"{ask.tool}: " + ", ".join(f"{name} {value}" for name, value in {**ask.arguments, **ask.result}.items())
        for ask in state.asks
        if ask.ok
    ]


def _standing(state: State, names: Mapping[str, str | None]) -> list[str]:
    """Return who is where and how hurt, what lies and is held where, and how full the clocks are."""
    known, data = ways(state.world), world(state.world)
    heroes = [_hero(hero, names.get(hero.id) or hero.id) for hero in state.present()]
    figures = [f"{f} at {place}" for place in data.places for f in figures_at(state, place)]
    items = [f"{item} with {holder}" for item, holder in state.items.items() if known.named(state, item)]
    clocks = [f"{clock} {value} of {data.clocks[clock].most}" for clock, value in state.clocks.items()]
    ending = [f"ending: {state.ending}"] if state.ending else []
    return [
        f"heroes: {'; '.join(heroes)}",
        f"figures: {', '.join(figures)}",
        f"items: {', '.join(items)}",
        f"clocks: {', '.join(clocks)}",
        f"revealed: {', '.join(state.revealed) or 'nothing'}",
        *ending,
    ]


def _hero(hero: Hero, name: str) -> str:
    return " ".join((f"{name} ({hero.pronoun}) at {hero.place},", wound(hero.hp, hero.hp_max), *hero.conditions))
