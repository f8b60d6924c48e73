"""Whispers: what one says to another is for those two and the game master, and never for the storyteller."""

from core.game.refusal import Refusal
from core.game.registry import Command, Decision, Draws, Event, Words, applies, rule
from core.game.state import Audience, State
from core.game.texts import cleaned


class Whisper(Command, frozen=True, kw_only=True):
    """Say something to one person at the table alone."""

    text: str
    person: int


class Whispered(Event, frozen=True, kw_only=True):
    """A character whispered to a person; what, is in this row's words, for the same people."""

    hero: str
    person: int


@rule(Whisper, who="player")
def whisper(state: State, command: Whisper, _: Draws) -> Decision:
    """Accept words for somebody else who sits here or leads."""
    hero = state.hero_of(command.by)
    assert hero is not None  # noqa: S101 - settled by who="player"
    sits = any(other.person == command.person for other in state.heroes.values())
    if command.person == command.by or not (sits or command.person == state.gm):
        raise Refusal("nobody_to_whisper")
    to: Audience = tuple(sorted({command.by, command.person, state.gm}))
    return Decision(
        (Whispered(hero=hero.id, person=command.person, to=to),),
        {"hero": hero.id, "person": str(command.person)},
        (Words("whisper", cleaned(command.text), command.by, to),),
    )


@applies(Whispered)
def _whispered(state: State, _: Whispered, _seq: int) -> State:
    return state
