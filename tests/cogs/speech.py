"""What the tests expect to read, in each language, and how they look at messages."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
EPHEMERAL = 64


@dataclass(frozen=True)
class Speech:
    locale: str
    gm: str
    opened: str
    join: str
    begin: str
    joined: str
    mine: str
    begun: str
    waits: str
    ready: str
    now: str
    tell: str
    cancel: str
    again: str
    odds: str
    more: str
    stepped: str
    undo: str
    listed: str
    undone: str
    redo: str
    ended: str
    stale: str
    act: str


PT = Speech(
    locale="pt-BR",
    gm="Ana",
    opened="📖 **Estrada de Brasas** · mesa de ",
    join="Entrar",
    begin="Começar",
    joined="🙋 Lia entrou na mesa.",
    mine="Lia, ladra. 9 PV, CA 14.",
    begun="-# Lia abriu a primeira cena.",
    waits="-# Rodada 1 · falta Caio",
    ready="-# Rodada 1 · todo mundo agiu; ",
    now="-# Rodada 1 · narro agora",
    tell="Narrar já",
    cancel="Cancelar",
    again="Rolar de novo",
    odds="Chances",
    more=" ou mais: ",
    stepped="Lia foi até D3: 1,5 m",
    undo="Desfazer 2",
    listed="Volta para antes de: valor mudado e passo de Lia. Lia: 3 → 9 PV. O gasto fica.",
    undone="↩ Ana desfez 2 passos.",
    redo="Refazer",
    ended="🌙 Fim de **Estrada de Brasas**: 0 narração, 1 rolagem.",
    stale="⚠ A história já andou. Aqui estão os botões de agora.",
    act="Agir",
)
EN = Speech(
    locale="en-US",
    gm="Bia",
    opened="📖 **Estrada de Brasas** · led by ",
    join="Join",
    begin="Begin",
    joined="🙋 Lia joined the table.",
    mine="Lia, ladra. 9 PV, CA 14.",
    begun="-# Lia opened the first scene.",
    waits="-# Round 1 · waiting for Caio",
    ready="-# Round 1 · everyone has acted; ",
    now="-# Round 1 · telling now",
    tell="Tell now",
    cancel="Cancel",
    again="Again, keep both",
    odds="Odds",
    more=" or more: ",
    stepped="Lia went to D3: 5 ft",
    undo="Undo 2",
    listed="Goes back to before: changed value and Lia's move. Lia: 3 → 9 HP. What was spent stays spent.",
    undone="↩ Bia undid 2 steps.",
    redo="Redo",
    ended="🌙 End of **Estrada de Brasas**: 0 tellings, 1 roll.",
    stale="⚠ A história já andou. Aqui estão os botões de agora.",
    act="Agir",
)


def labels(message: Json) -> list[str]:
    """The labels of all buttons, in order."""
    return [b["label"] for row in rows(message) for b in row["components"]]


def rows(message: Json) -> list[Json]:
    """The rows of buttons, inside a board too."""
    found: list[Json] = []
    for component in message["components"]:
        inside = component.get("components", [])
        found += [component] if component["type"] == 1 else [part for part in inside if part["type"] == 1]
    return found


def private(message: Json) -> bool:
    """Whether only its person sees it."""
    return bool(message["flags"] & EPHEMERAL)


def board_text(message: Json) -> str:
    """The text of a board."""
    return next(part["content"] for part in message["components"][0]["components"] if part["type"] == 10)


def alt_text(message: Json) -> str:
    """What a board's picture is said to show."""
    gallery = next(part for part in message["components"][0]["components"] if part["type"] == 12)
    return str(gallery["items"][0]["description"])
