"""A table without a database: the engine's real decisions folded in memory, for a storyteller to tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.dice import SeededDraw
from core.game import rules
from core.game.refusal import Refusal
from core.game.registry import Command, Event, apply, decide
from core.game.rules.asks import Asked, EngineAsk
from core.game.rules.table import Begin, Join, Start, opened, start
from core.game.rules.talk import Act, Say
from core.game.rules.telling import Tell
from core.game.state import State
from core.story.turn import Deed, Piece, Settled, Teller, Turn

_ = rules
GM = 1


@dataclass
class Dice:
    """The session's draws: seeded, or a list of faces for the first die of each roll (then seeded)."""

    seed: bytes
    faces: list[int] = field(default_factory=list)

    def draw(self, index: int, *, hidden: bool = False) -> Callable[[int], int]:
        seeded = SeededDraw(self.seed, index)

        def cast(sides: int) -> int:
            face = seeded(sides)
            return self.faces.pop(0) if self.faces and sides == 20 else face

        return cast


class Table:
    """One session in memory; `dice.faces` orders the next d20s."""

    def __init__(self, language: str = "pt-BR", seed: bytes = b"a seed of sixteen bytes") -> None:
        decision = start(Start(key="s", by=GM, title="T", language=language, lead="ai"))  # type: ignore[arg-type]
        self.state: State = apply(opened(decision.events[0], 7), decision.events, 1)  # type: ignore[arg-type]
        self.dice, self.seed = Dice(seed), seed
        self.names: dict[str, str | None] = {}
        self.words: dict[int, str] = {}
        self.told: list[str] = []
        self.events: list[Event] = []
        self.key = 0

    def do(self, command_type: type[Command], by: int, **fields: object) -> dict[str, str | int]:
        self.key += 1
        decision = decide(self.state, command_type(key=str(self.key), by=by, **fields), self.dice)
        self.state = apply(self.state, decision.events, self.state.seq + 1)
        self.events += decision.events
        for word in decision.words:
            self.words[self.state.seq] = word.text
        return decision.answer

    def join(self, name: str, pronoun: str = "she", archetype: str = "thief") -> str:
        by = 10 + len(self.state.heroes)
        hero = str(self.do(Join, by, name=name, pronoun=pronoun, archetype=archetype)["hero"])
        self.names[hero] = name
        return hero

    def act(self, hero: str, text: str) -> None:
        self.do(Act, self.state.heroes[hero].person, text=text)

    def say(self, hero: str, to: str, text: str) -> None:
        self.do(Say, self.state.heroes[hero].person, text=text, to=to)

    def begin(self) -> None:
        self.do(Begin, next(iter(self.state.heroes.values())).person)

    def turn(self, deeds: tuple[Deed, ...] | None = None, shown: str = "") -> Turn:
        return Turn(
            state=self.state,
            names=self.names,
            deeds=self._deeds() if deeds is None else deeds,
            start=self.state.stand,
            through=self.state.seq,
            seed=self.seed,
            recent=tuple(self.told[-60:]),
            shown=shown,
        )

    def _deeds(self) -> tuple[Deed, ...]:
        found = []
        for step in self.state.trail:
            if step.before in self.state.pending:
                kind = "say" if step.kind == "say" else "act"
                figure = self.addressed.get(step.before, "") if kind == "say" else ""
                found.append(Deed(step.before, kind, step.hero, self.words[step.before], figure))  # type: ignore[arg-type]
        if self.state.pending and not found:
            return (Deed(self.state.pending[0], "open"),)
        return tuple(found)

    @property
    def asked(self) -> list[Asked]:
        return [event for event in self.events if isinstance(event, Asked)]

    @property
    def addressed(self) -> dict[int, str]:
        return {seq: self._figure(text) for seq, text in self.words.items()}

    def _figure(self, text: str) -> str:
        return next((f for f in self.state.figures if f in text.lower()), "jandira")

    async def ask(self, tool: str, arguments: Mapping[str, str]) -> Settled:
        answer = self.do(
            EngineAsk, 0, start=self.state.stand, step=len(self.state.asks), tool=tool, arguments=dict(arguments)
        )
        result = {k: v for k, v in answer.items() if k != "ok"}
        return Settled(bool(answer["ok"]), result, self.state)

    async def tell(self, teller: Teller, turn: Turn | None = None) -> str:
        """Tell what is pending, keep the text, and note it as told."""
        turn = turn or self.turn()
        pieces = [piece async for piece in teller.tell(turn, self.ask)]
        text = "".join(piece.text for piece in pieces)
        assert pieces[-1].final
        assert sum(piece.final for piece in pieces) == 1
        self.told.append(text)
        self.do(Tell, 0, start=self.state.stand, through=turn.through, teller=pieces[-1].teller)
        return text


async def pieces_of(teller: Teller, turn: Turn, table: Table) -> list[Piece]:
    return [piece async for piece in teller.tell(turn, table.ask)]


__all__ = ["GM", "Dice", "Refusal", "Table", "pieces_of"]
