"""Worlds as data: places and their ways, who is where, what may appear, clocks, endings, archetypes."""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

SKILLS: Final = ("force", "agility", "stealth", "hands", "notice", "speech", "lore", "fight")


class FigureStart(Struct, frozen=True):
    """Where a figure stands at the start and what it thinks of the heroes (-3..3)."""

    place: str
    person: bool = False
    attitude: int = 0


class Kind(Struct, frozen=True):
    """A creature in the engine's terms: hit points, armour class, attack bonus, damage dice."""

    hp: int
    ac: int
    attack: int
    damage: str


class Clock(Struct, frozen=True):
    """A progress clock: its last step, and where and holding what a hero must be to move it."""

    most: int
    at: str | None = None
    holding: str | None = None


class Ending(Struct, frozen=True):
    """The adventure ends so when the clock stands there."""

    clock: str
    at: int = msgspec.field(name="is")


class Archetype(Struct, frozen=True):
    """A quick-built character: hit points, armour class, damage dice, bonus by skill."""

    hp: int
    ac: int
    damage: str
    skills: dict[str, int]


class World(Struct, frozen=True):
    """One adventure's data."""

    id: str
    start: str
    time: str
    secrets: tuple[str, ...]
    places: dict[str, tuple[str, ...]]
    figures: dict[str, FigureStart]
    kinds: dict[str, Kind]
    items: dict[str, str]
    clocks: dict[str, Clock]
    endings: dict[str, Ending]
    levels: dict[str, int]
    hazards: dict[str, str]
    archetypes: dict[str, Archetype]


@cache
def world(name: str) -> World:
    """Return the world `name`. Raises FileNotFoundError when there is none."""
    return msgspec.toml.decode((Path(__file__).parent / "worlds" / f"{name}.toml").read_bytes(), type=World)
