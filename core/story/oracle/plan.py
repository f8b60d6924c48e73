"""From an intent to steps: where to go first, and which deed fits what was named where the hero stands."""

from dataclasses import dataclass
from typing import Final

from core.game.state import Hero, State
from core.story.oracle.intent import SPOKEN, Intent
from core.story.oracle.places import Ways, figures_at, ways

_HANGING: Final = ("use", "drop", "force", "give", "unknown")
_HANDLING: Final = ("go", "look", "search", "force", "open", "take", "read", "recall", "unknown")
_AT_HAND: Final = ("force", "pick")
_PERUSING: Final = ("look", "search", "open", "recall", "use")
_MEETING: Final = (*SPOKEN, "give", "attack", "help", "look", "search", "go", "unknown")


@dataclass(frozen=True)
class Step:
    """One thing a text comes to: a verb, and for `go` the place."""

    verb: str
    place: str = ""


def steps(intent: Intent, state: State, hero: Hero) -> tuple[Step, ...]:
    """Return what a hero does, in order: at most one way gone, one deed and what follows on it."""
    known = ways(state.world)
    goal = _goal(intent, state, hero, known)
    if not goal or goal == hero.place:
        return _deeds(intent, state, hero, hero.place, known, going=bool(goal))
    if intent.going == "instead" or intent.verb in {"go", "open"}:
        return (Step("go", goal),)
    deeds = _deeds(intent, state, hero, goal if intent.going == "first" else hero.place, known)
    way = (Step("go", goal),)
    return (*deeds, *way) if intent.going == "last" else (*way, *deeds)


def _deeds(
    intent: Intent, state: State, hero: Hero, place: str, known: Ways, *, going: bool = False
) -> tuple[Step, ...]:
    """Return what is done at a place; who only meant to go there finds that they are there."""
    fitting = _fitting(intent, state, hero, place, known)
    deed = Step("go" if going and fitting == "unknown" else fitting)
    return (deed, Step(intent.then)) if intent.then and fitting == "take" else (deed,)


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
    if verb == "attack" and not intent.figures and "creature" not in intent.marks:
        return _struck(intent, place, ringing.place)
    if verb in _HANGING and ringing.item in intent.items and ringing.place in {place, *intent.places}:
        return "ring"
    bell = ringing.place in intent.places or ringing.item in intent.items
    if verb == "ring" and not bell and (place != ringing.place or intent.items or intent.figures):
        return "use" if intent.items else "attack" if intent.figures else "unknown"
    if verb in _PERUSING and any(clue.item and clue.item in intent.items for clue in known.clues):
        return "read"
    if verb == "pick" and intent.items:
        return "take"
    lying = [i for i in intent.items if known.named(state, i) and state.items[i] in {hero.id, place}]
    if verb in _HANDLING and not lying and not set(intent.figures) & set(figures_at(state, place)):
        verb = _handled(intent, place, known)
    verb = "force" if verb == "open" else verb
    far = intent.places and place not in intent.places
    named = intent.items or intent.features or intent.objects or intent.figures
    return "afar" if verb in _AT_HAND and far and not named else verb


def _struck(intent: Intent, place: str, bell: str) -> str:
    """Return what a blow at no figure is: a stroke of the bell, force on a thing, or a blow at whatever is hostile."""
    if bell in intent.places:
        return "ring"
    if intent.features or intent.items:
        return "force"
    return "afar" if {*intent.places} - {place} else "attack"


def _handled(intent: Intent, place: str, known: Ways) -> str:
    """Return what laying hands or eyes on the things of a place is."""
    if any(known.features[feature] == place for feature in intent.features):
        return "examine"
    if intent.verb == "search" and intent.figures and not intent.items:
        return "look"
    return "afar" if intent.features and not intent.places and not intent.items else intent.verb
