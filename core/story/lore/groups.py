"""Inclusion groups: of the cards of one group that come up together, one is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.game.card import Card

Draw = Callable[..., float]


@dataclass(frozen=True)
class Candidate:
    """A card that comes up: why, the key that was heard first, and how many of its keys were heard."""

    id: str
    card: Card
    why: Literal["constant", "lasting", "heard", "followed"]
    key: str = ""
    score: int = 0


def winners(found: Sequence[Candidate], taken: set[str], draw: Draw) -> list[Candidate]:
    """Return the candidates in their order, without those that lose in a group they are in.

    `taken` are groups that have their card already; `draw(group, "group")` gives a number from 0 up to 1.
    """
    out: set[str] = set()
    for group in dict.fromkeys(name for one in found for name in one.card.groups):
        members = [one for one in found if group in one.card.groups and one.id not in out]
        if group in taken:
            out.update(one.id for one in members)
            continue
        kept = _kept(group, members, draw)
        out.update(one.id for one in members if one not in kept)
    return [one for one in found if one.id not in out]


def _kept(group: str, members: list[Candidate], draw: Draw) -> list[Candidate]:
    lasting = [one for one in members if one.why == "lasting"]
    if lasting or len(members) < 2:
        return lasting or members
    best = max(one.score for one in members)
    running = [one for one in members if not one.card.group_scoring or one.score == best]
    first = [one for one in running if one.card.group_override]
    if first:
        return [max(first, key=lambda one: one.card.order)]
    return [_drawn(running, draw(group, "group"))]


def _drawn(running: list[Candidate], chance: float) -> Candidate:
    weights = [max(0, one.card.group_weight) for one in running]
    left = chance * sum(weights)
    for one, weight in zip(running, weights, strict=True):
        left -= weight
        if left < 0:
            return one
    return running[-1]
