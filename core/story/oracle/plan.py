"""From an intent to steps: where to go first, and which deed fits what was named where the hero stands."""

from dataclasses import dataclass
from typing import Final

from core.game.state import Hero, State
from core.story.oracle.intent import SPOKEN, Intent
from core.story.oracle.places import Ways, figures_at, ways

_HANGING: Final = ("use", "drop", "force", "give", "unknown")
_HANDLING: Final = ("go", "look", "search", "force", "open", "take", "read", "recall", "unknown")
_PERUSING: Final = ("look", "search", "open", "recall", "use")
_MEETING: Final = (*SPOKEN, "give", "attack", "help", "look", "search", "go", "unknown")


@dataclass(frozen=True)
class Step:
    """One thing a text comes to: a verb, and for `go` the place."""

    verb: str
    place: str = ""


def steps(intent: Intent, state: State, hero: Hero) -> tuple[Step, ...]:
    """Return what a hero does, in order: at most one way gone and one deed."""
    known = ways(state.world)
    goal = _goal(intent, state, hero, known)
    if not goal or goal == hero.place:
        fitting = _fitting(intent, state, hero, hero.place, known)
        return (Step("go" if goal and fitting == "unknown" else fitting),)
    if intent.going == "instead" or intent.verb in {"go", "open"}:
        return (Step("go", goal),)
    deed = Step(_fitting(intent, state, hero, goal if intent.going == "first" else hero.place, known))
    way = Step("go", goal)
    return (deed, way) if intent.going == "last" else (way, deed)


def _goal(intent: Intent, state: State, hero: Hero, known: Ways) -> str:
    """Return the place a text goes to, or nothing when it goes nowhere."""
    elsewhere = [place for place in intent.places if place != hero.place]
    if intent.verb == "open" and elsewhere and not intent.items:
        return elsewhere[0]
    if not intent.going:
        return ""
    toward = [place for place in intent.toward if place != hero.place]
    met = [state.figures[f].place for f in intent.figures if intent.verb in _MEETING]
    things = sorted((known.features[feature] for feature in intent.features), key=lambda place: place != hero.place)
    named = elsewhere[::-1] if intent.verb not in SPOKEN and hero.place not in things else []
    return next(iter([*toward, *met, *named, *things, *(hero.place for _ in intent.places)]), "")


def _fitting(intent: Intent, state: State, hero: Hero, place: str, known: Ways) -> str:
    """Return the verb that fits what was named: a bell is rung, a ledger read, a thing of the place examined."""
    verb, ringing = intent.verb, known.ringing
    bell = ringing.place in intent.places or ringing.item in intent.items
    if verb == "attack" and not intent.figures and "creature" not in intent.marks:
        return "ring" if ringing.place in intent.places else "force" if intent.features or intent.items else verb
    if ringing.item in intent.items and ringing.place in {place, *intent.places} and verb in _HANGING:
        return "ring"
    if verb == "ring" and not bell and (place != ringing.place or intent.items or intent.figures):
        return "use" if intent.items else "attack" if intent.figures else "unknown"
    if verb in _PERUSING and any(clue.item and clue.item in intent.items for clue in known.clues):
        return "read"
    here = [feature for feature in intent.features if known.features[feature] == place]
    lying = [i for i in intent.items if known.named(state, i) and state.items[i] in {hero.id, place}]
    if verb in _HANDLING and here and not lying and not set(intent.figures) & set(figures_at(state, place)):
        return "examine"
    return "force" if verb == "open" else verb
