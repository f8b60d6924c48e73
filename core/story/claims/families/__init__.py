"""The families of claims: each reads a sentence as understood and yields what it claims and what is wrong with it."""

from collections.abc import Callable, Iterator

from core.story.claims.families import clock, counts, life, minds, names, outcomes, places, presence, promises, things
from core.story.claims.grasp import Finding, Grasp

FAMILIES: tuple[Callable[[Grasp], Iterator[Finding]], ...] = (
    life.read,
    outcomes.read,
    things.read,
    places.read,
    presence.read,
    clock.read,
    names.read,
    counts.read,
    promises.read,
    minds.read,
)
