"""The prompts that the command line can put: the game's own, around a small table that exists only for that."""

from collections.abc import Callable
from typing import Final

from core.ai import Message, Prompt
from core.dice import SeededDraw
from core.game.registry import apply, decide
from core.game.rules.table import Join, Start, opened, start
from core.game.state import Language, State
from core.story.prompt import answer_prompt, narration_prompt
from core.story.questions.rules import rules_prompt
from core.story.turn import Deed, Turn

TYPES: Final = ("plain", "narration", "answer", "rules")
_PERSON: Final = 1
_SEED: Final = bytes(32)


class _Dice:
    def draw(self, index: int, *, hidden: bool = False) -> Callable[[int], int]:
        """Return the draw of this place."""
        del hidden
        return SeededDraw(_SEED, index)


def prompt(kind: str, said: str, language: Language, system: str) -> Prompt | None:
    """Return a prompt of one of TYPES; None for a rules question that is none."""
    if kind == "plain":
        return Prompt("completion", (Message("user", said),), locale=language)
    if kind == "rules":
        return rules_prompt(system, said, language)
    turn = _turn(language, said)
    return narration_prompt(turn) if kind == "narration" else answer_prompt(turn, _PERSON, said)


def _turn(language: Language, said: str) -> Turn:
    """Return the turn of a table with one hero, who does `said`."""
    opening = start(Start(key="s", by=_PERSON, title="Saltmouth", language=language, lead="ai"))
    state: State = apply(opened(opening.events[0], 1), opening.events, 1)  # type: ignore[arg-type]
    joined = decide(state, Join(key="j", by=_PERSON, name="Lia", pronoun="she", archetype="thief"), _Dice())
    state = apply(state, joined.events, 2)
    hero = next(iter(state.heroes))
    deed = Deed(3, "act", hero, said)
    return Turn(state, {hero: "Lia"}, (deed,), 3, 3, _SEED, locale=language)
