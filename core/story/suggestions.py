"""Which two deeds stand as buttons below a telling: what it ends on comes first, and nothing hidden is named."""

from collections.abc import Mapping
from typing import Final

from core.game.state import State
from core.game.suggestions import Suggestion, offers, place_of, two_of
from core.story.oracle.intent import understood
from core.story.oracle.places import ways
from core.story.sentences import split

HOOK_SENTENCES: Final = 2


def suggested(state: State, told: str, names: Mapping[str, str | None]) -> tuple[Suggestion, ...]:
    """Return at most two suggestions for the table as of now; `told` is the newest telling."""
    if state.status != "open" or state.ending or not state.awaited():
        return ()
    known = ways(state.world)
    found = [one for one in offers(state, place_of(state)) if one.kind != "take" or known.named(state, one.target)]
    return two_of(found, _named(state, told, names), state.tellings)


def _named(state: State, told: str, names: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return what the last sentences name, the last of them last."""
    found: dict[str, None] = {}
    for sentence in split(told)[-HOOK_SENTENCES:]:
        hook = understood(sentence, state, names)
        for target in (*hook.places, *hook.items, *hook.figures, *hook.heroes):
            found.pop(target, None)
            found[target] = None
    return tuple(found)
