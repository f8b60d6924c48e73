"""The labelled narrations as engine values: each scene becomes a turn, a state and the asks that were settled in it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.game.state import Ask, Figure, Hero, State
from core.game.world import world
from core.story.claims import Evidence
from core.story.turn import Deed, Turn

HERE = Path(__file__).parent / "claims"
NOUNS = tomllib.loads((HERE / "nouns.toml").read_text("utf-8"))
PARTS = {"unhurt": 1.0, "scratched": 0.8, "hurt": 0.5, "barely_standing": 0.2, "down": 0.0}
HP = 30
Part = Literal["dev", "held", "more"]


@dataclass(frozen=True)
class Line:
    """One labelled sentence."""

    family: str
    true: bool
    hard: bool
    text: str


@dataclass(frozen=True)
class Narration:
    """One narration of a scene with what the engine knows."""

    scene: str
    turn: Turn
    state: State
    asks: tuple[Ask, ...]
    lines: tuple[Line, ...]

    def evidence(self) -> Evidence:
        return Evidence.of(self.turn, self.state, self.asks)


def narrations(language: str, part: Part) -> Iterator[Narration]:
    """Yield the narrations of one part of the corpus of a language."""
    for path in sorted((HERE / language).glob(f"{part}_*.toml")):
        for scene in tomllib.loads(path.read_text("utf-8"))["scene"]:
            state, asks = _state(scene, language), tuple(_asks(scene["did"]))
            turn = _turn(scene, state)
            for told in scene["narrations"]:
                yield Narration(scene["id"], turn, state, asks, tuple(_lines(told)))


def _lines(told: str) -> Iterator[Line]:
    for line in told.strip().splitlines():
        label, _, sentence = line.strip().partition(" ")
        yield Line(label.strip("+-!.") or ".", label[0] != "-", label.endswith("!"), sentence)


def _state(scene: dict[str, Any], language: str) -> State:
    heroes = {h.id: h for n, raw in enumerate(scene["heroes"]) if (h := _hero(n, raw.split()))}
    return State(
        session_id=1,
        seq=9,
        language=language,  # type: ignore[arg-type]
        lead="ai",
        gm=1,
        world="saltmouth",
        scene=next(iter(heroes.values())).place,
        time=scene["time"],
        heroes=heroes,
        figures={f.id: f for raw in scene["figures"] if (f := _figure(raw.split()))},
        items=dict(raw.split() for raw in scene["items"]),
    )


def _hero(number: int, raw: list[str]) -> Hero:
    name, pronoun, place, wound, *conditions = raw
    return Hero(
        id=name,
        person=number + 1,
        words=number + 1,
        archetype="ranger",
        pronoun=pronoun,  # type: ignore[arg-type]
        hp=int(HP * PARTS[wound]),
        hp_max=HP,
        ac=12,
        place=place,
        conditions=tuple(conditions),
    )


def _figure(raw: list[str]) -> Figure:
    name, place, wound, *conditions = raw
    kind = name.rstrip("0123456789")
    most = world("saltmouth").kinds[kind].hp
    scratched = most - 1 if wound == "scratched" else most * PARTS[wound]
    hp = max(1, int(scratched)) if wound != "down" else 0
    return Figure(name, kind, place, hp, 0, tuple(conditions))


def _turn(scene: dict[str, Any], state: State) -> Turn:
    facts = [raw.rsplit(" ", 1) for raw in scene["facts"]]
    return Turn(
        state=state,
        names={hero: hero for hero in state.heroes},
        deeds=tuple(
            Deed(n, "say", hero.strip(), said.strip())
            for n, (hero, _, said) in enumerate(raw.partition(":") for raw in scene["said"])
        ),
        start=1,
        through=9,
        seed=b"",
        summary=" ".join(f"{number} {NOUNS[state.language].get(noun, noun)}." for noun, number in facts),
    )


def _asks(did: list[str]) -> Iterator[Ask]:
    for step, raw in enumerate(did):
        match raw.split():
            case ["check", who, skill, outcome]:
                yield _ask(step, "check", {"who": who, "skill": skill}, who=who, skill=skill, outcome=outcome)
            case ["attack", npc, target, outcome]:
                yield _ask(step, "attack", {"npc": npc, "target": target}, npc=npc, target=target, outcome=outcome)
            case ["hurt", who, source]:
                yield _ask(step, "hurt", {"who": who, "source": source}, who=who)
            case ["give", who, item, to]:
                yield _ask(step, "item", {"deed": "give", "who": who, "item": item, "to": to}, item=item, holder=to)
            case [("take" | "use" | "drop" | "lose") as deed, who, item]:
                yield _ask(step, "item", {"deed": deed, "who": who, "item": item}, item=item, holder="")
            case [tool, *rest]:
                yield _ask(step, tool, dict(zip(("who", "what", "on"), rest, strict=False)))


def _ask(step: int, tool: str, arguments: dict[str, str], **result: str | int) -> Ask:
    return Ask(step, tool, arguments, ok=True, result=result)
