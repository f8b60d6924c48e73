"""What the local providers say: scripted turns first, else a small narrator of their own."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from playground.ai.bill import count

if TYPE_CHECKING:
    from playground.ai.wire import Ask

PIECE = re.compile(r"\s*\S+(?:\s+\S+)?")

OPENINGS = {
    "pt": (
        "A maré recua mais um palmo e deixa o lodo à mostra.",
        "O vento muda e traz cheiro de alcatrão das docas.",
        "Uma lanterna balança no cais, e a sombra dela vai e volta.",
        "As gaivotas se calam todas de uma vez.",
        "A neblina sobe do canal e para na altura dos joelhos.",
    ),
    "en": (
        "The tide draws back another hand and leaves the mud bare.",
        "The wind turns and brings the smell of tar from the docks.",
        "A lantern sways on the quay, and its shadow comes and goes.",
        "The gulls fall quiet all at once.",
        "Mist climbs from the canal and stops at the knee.",
    ),
}
MIDDLES = {
    "pt": (
        "Ninguém no porto levanta a voz.",
        "Sob as tábuas, a água bate num ritmo lento.",
        "Uma corda range, estica e volta a ceder.",
        "Na ladeira, uma janela se fecha com cuidado.",
        "O sal seco estala debaixo das solas.",
    ),
    "en": (
        "Nobody in the harbour raises a voice.",
        "Under the planks the water knocks in a slow beat.",
        "A rope creaks, tightens and gives again.",
        "Up the slope a window is closed with care.",
        "Dry salt cracks under the soles.",
    ),
}
CLOSINGS = {
    "pt": (
        "Da ponta do molhe, alguém acena com um pano branco.",
        "Atrás da última casa, um sino bate uma vez e cala.",
        "A porta do armazém fica entreaberta, e a luz lá dentro se move.",
    ),
    "en": (
        "From the end of the pier someone waves a white cloth.",
        "Behind the last house a bell strikes once and stops.",
        "The warehouse door stands ajar, and the light inside is moving.",
    ),
}
TAILS = {"pt": "e depois mais nada. ", "en": "and then nothing more. "}
PORTUGUESE = re.compile(
    r"\b(?:não|que|uma?|para|com|você|está|eu|português|abro|olho|vou|ao?s?|d[ao]s?)\b", re.IGNORECASE
)
ENGLISH = re.compile(r"\b(?:the|and|is|to|of|you|with|english|open|look|go|at|an?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToolAsk:
    """A call of a tool by the model."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """A scripted answer. `text` None lets the narrator speak; `pieces` overrides how it is cut up."""

    text: str | None = None
    pieces: tuple[str, ...] = ()
    calls: tuple[ToolAsk, ...] = ()
    thinking: int | None = None
    repeat: bool = False

    @classmethod
    def read(cls, document: dict[str, Any]) -> Turn:
        """Read JSON. Raises TypeError or KeyError for what does not belong."""
        calls = tuple(ToolAsk(call["name"], call.get("arguments", {})) for call in document.get("calls", ()))
        plain = {key: value for key, value in document.items() if key not in {"calls", "pieces"}}
        return cls(**plain, calls=calls, pieces=tuple(document.get("pieces", ())))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent: text in `pieces`, then `calls`; `finish` is stop, length or tool_calls."""

    pieces: tuple[str, ...]
    calls: tuple[ToolAsk, ...]
    thinking: int
    finish: str

    @property
    def text(self) -> str:
        """All words."""
        return "".join(self.pieces)

    @property
    def output(self) -> int:
        """Visible tokens, calls included."""
        return count(self.text) + sum(count(call.name + repr(call.arguments)) for call in self.calls)


class Script:
    """Turns waiting to be said, per provider ("" for whichever is asked)."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Turn]] = {}

    def add(self, turn: Turn, provider: str = "") -> None:
        """Put a turn at the end of a queue."""
        self._queues.setdefault(provider, deque()).append(turn)

    def clear(self) -> None:
        """Forget all."""
        self._queues.clear()

    def answer(self, ask: Ask, model_thinking: int) -> Answer:
        """Return the answer to a question, cut at its limit."""
        turn = self._next(ask.provider)
        thinking = turn.thinking if turn.thinking is not None else model_thinking
        text = "".join(turn.pieces) if turn.pieces else turn.text
        if text is None:
            text = "" if turn.calls else narrate(ask)
        pieces = turn.pieces or tuple(PIECE.findall(text))
        if ask.echoes and ask.prefix:
            # As a model would go on: with a space before a new word.
            space = " " if not ask.prefix[-1].isspace() and text[:1].isalnum() else ""
            pieces = (ask.prefix + space, *pieces)
        finish = "tool_calls" if turn.calls else "stop"
        return cut(Answer(pieces, turn.calls, thinking, finish), ask.max_output)

    def _next(self, provider: str) -> Turn:
        queue = self._queues.get(provider) or self._queues.get("")
        if not queue:
            return Turn()
        turn = queue.popleft()
        if turn.repeat:
            queue.append(turn)
        return turn


def cut(answer: Answer, limit: int) -> Answer:
    """Shorten an answer to `limit` tokens; thoughts come first and can eat it all."""
    if answer.thinking + answer.output <= limit:
        return answer
    thinking = min(answer.thinking, limit)
    pieces: list[str] = []
    for piece in answer.pieces:
        if thinking + count("".join([*pieces, piece])) > limit:
            break
        pieces.append(piece)
    return replace(answer, pieces=tuple(pieces), calls=(), thinking=thinking, finish="length")


def narrate(ask: Ask) -> str:
    """Return a short piece of story in the language of the question, the same for the same question."""
    language = spoken(ask)
    seed = hashlib.sha256(f"{ask.provider}\n{ask.turns}\n{ask.user}".encode()).digest()
    opening = OPENINGS[language][seed[0] % 5]
    first = seed[1] % 5
    middles = (MIDDLES[language][first], MIDDLES[language][(first + 1 + seed[2] % 4) % 5])
    closing = CLOSINGS[language][seed[3] % 3]
    if ask.prefix:
        space = "" if ask.prefix[-1:].isspace() else " "
        whole = ask.prefix.rstrip().endswith((".", "!", "?", "”"))
        return f"{space}{'' if whole else TAILS[language]}{middles[0]} {closing}"
    return " ".join((opening, *middles, closing))


def spoken(ask: Ask) -> str:
    """Return pt or en: by the language rule of the prompt if there is one, else by its commonest words."""
    text = "\n".join(ask.texts)
    for rule, language in (("Responda só em português", "pt"), ("Answer only in American English", "en")):
        if rule in text:
            return language
    return "pt" if len(PORTUGUESE.findall(text[-4000:])) > len(ENGLISH.findall(text[-4000:])) else "en"
