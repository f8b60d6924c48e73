"""What becomes of a deed: the engine is asked, and what it decided is noted as beats."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from core.story.oracle.deeds.feats import attempt, fate, help_, hide, hold, pastime, search
from core.story.oracle.deeds.fight import attack
from core.story.oracle.deeds.moves import go, look
from core.story.oracle.deeds.speech import answer, talk
from core.story.oracle.deeds.things import afar, drop, examine, give, read, ring, take, use
from core.story.oracle.intent import LIGHT, Intent
from core.story.oracle.scene import Scene
from core.story.turn import Deed

Resolver = Callable[[Scene, Deed, Intent], Awaitable[None]]

RESOLVERS: Final[Mapping[str, Resolver]] = {
    "go": go,
    "look": look,
    "search": search,
    "take": take,
    "give": give,
    "drop": drop,
    "read": read,
    "use": use,
    "ring": ring,
    "talk": talk,
    "sway": talk,
    "attack": attack,
    "help": help_,
    "hide": hide,
    "force": attempt,
    "leap": attempt,
    "open": attempt,
    "pick": attempt,
    "recall": attempt,
    "examine": examine,
    "afar": afar,
    "hold": hold,
    "unknown": fate,
    **dict.fromkeys(LIGHT, pastime),
}

__all__ = ["RESOLVERS", "Resolver", "answer"]
