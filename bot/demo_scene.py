"""The written scenes of `yourtale demo`: three people and a game master, in each language."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Line:
    """One command; `told` says that a narration follows it."""

    who: str
    command: str
    options: dict[str, str | int] = field(default_factory=dict)
    told: bool = False


@dataclass(frozen=True)
class Scene:
    """A scene: who plays whom, and what they do in order."""

    language: str
    heading: str
    title: str
    channel: str
    gm: str
    heroes: dict[str, tuple[str, str, str]]
    join: str
    begin: str
    first: str
    last: str
    names: dict[str, str]
    lines: tuple[Line, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who has to be there."""
        return (self.gm, *self.heroes)

    def named(self, command: str) -> str:
        """Return the command's name as this language shows it."""
        return " ".join(self.names.get(word, word) for word in command.split())


_PT_NAMES: Final = {
    "session": "mesa", "start": "abrir", "status": "status", "end": "encerrar", "act": "agir", "say": "falar",
    "ask": "perguntar", "roll": "rolar", "map": "mapa", "new": "novo", "move": "mover", "show": "ver",
    "gm": "mestre", "narrate": "narrar",
}  # fmt: skip

SCENES: Final[dict[str, Scene]] = {
    "pt-BR": Scene(
        language="pt-BR",
        heading="— Foz do Sal, em português —",
        title="O sino sob a lama",
        channel="mesa-1",
        gm="Ana",
        heroes={
            "Lia": ("Lia", "she", "thief"),
            "Caio": ("Bento", "he", "fighter"),
            "Bia": ("Kim", "they", "sage"),
        },
        join="Entrar",
        begin="Começar",
        first="primeiras palavras",
        last="última palavra",
        names=_PT_NAMES,
        lines=(
            Line("Lia", "act", {"text": "Olho em volta do cais."}, told=True),
            Line("Bia", "say", {"text": "Nilo, o que há no barco do seu pai?"}, told=True),
            Line("Caio", "roll", {"dice": "1d20+5", "label": "arpão"}),
            Line("Caio", "act", {"text": "Pego a lanterna."}, told=True),
            Line("Lia", "act", {"text": "Vou ao armazém."}, told=True),
            Line("Lia", "act", {"text": "Abro o cadeado com uma gazua."}, told=True),
            Line("Ana", "map new", {"kind": "blank"}),
            Line("Bia", "session status"),
            Line("Ana", "session end"),
        ),
    ),
    "en-US": Scene(
        language="en-US",
        heading="— Saltmouth, in English —",
        title="The bell under the mud",
        channel="tavern",
        gm="Ana",
        heroes={
            "Lia": ("Lia", "she", "thief"),
            "Caio": ("Bento", "he", "fighter"),
            "Bia": ("Kim", "they", "sage"),
        },
        join="Join",
        begin="Begin",
        first="first words",
        last="last word",
        names={},
        lines=(
            Line("Lia", "act", {"text": "I look around the harbor."}, told=True),
            Line("Bia", "say", {"text": "Nilo, what is aboard your father's boat?"}, told=True),
            Line("Caio", "roll", {"dice": "1d20+5", "label": "gaff"}),
            Line("Caio", "act", {"text": "I take the lantern."}, told=True),
            Line("Lia", "act", {"text": "I go to the warehouse."}, told=True),
            Line("Lia", "act", {"text": "I pick the lock."}, told=True),
            Line("Ana", "map new", {"kind": "blank"}),
            Line("Bia", "session status"),
            Line("Ana", "session end"),
        ),
    ),
}
