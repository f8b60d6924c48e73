"""Wounds in words: the storyteller never sees hit points."""

from typing import Literal

Wound = Literal["unhurt", "scratched", "hurt", "barely_standing", "down"]


def wound(hp: int, hp_max: int) -> Wound:
    """Return how hit points look from outside: scratched above two thirds, hurt above a third."""
    if hp <= 0:
        return "down"
    if hp >= hp_max:
        return "unhurt"
    if 3 * hp > 2 * hp_max:
        return "scratched"
    return "hurt" if 3 * hp > hp_max else "barely_standing"
