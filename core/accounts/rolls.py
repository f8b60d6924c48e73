"""A person's own rolls: those made where no table is open. Each keeps its seed, so that anyone can roll it again."""

import os
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from core.dice import SEED_BYTES, Rolled, SeededDraw, parse, roll, without_words

_KEEP: Final = """
INSERT INTO person_rolls (person_id, roll_id, dice, total, line, seed) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING roll_id
"""
_ONE: Final = "SELECT person_id, roll_id, dice, seed FROM person_rolls WHERE person_id = $1 AND roll_id = $2"


@dataclass(frozen=True)
class PersonRoll:
    """One roll of a person's own; `roll_id` is the id of the interaction that asked for it."""

    person_id: int
    roll_id: int
    dice: str
    seed: bytes
    rolled: Rolled


class PersonRolls:
    """The table `person_rolls`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def roll(self, person_id: int, roll_id: int, dice: str) -> PersonRoll:
        """Roll and keep it; the same `roll_id` again returns what was rolled then.

        Raises DiceError for a bad expression; then nothing is kept.
        """
        made = _rolled(person_id, roll_id, without_words(dice), os.urandom(SEED_BYTES))
        kept = await self._pool.fetchval(
            _KEEP, person_id, roll_id, made.dice, str(made.rolled.total), made.rolled.text, made.seed
        )
        return made if kept else await self._kept(person_id, roll_id)

    async def find(self, person_id: int, roll_id: int) -> PersonRoll | None:
        """Return a kept roll, or None."""
        found = await self._pool.fetchrow(_ONE, person_id, roll_id)
        return _read(found) if found else None

    async def _kept(self, person_id: int, roll_id: int) -> PersonRoll:
        return _read(await self._pool.fetchrow(_ONE, person_id, roll_id))


def _read(found: Any) -> PersonRoll:
    return _rolled(found["person_id"], found["roll_id"], found["dice"], found["seed"])


def _rolled(person_id: int, roll_id: int, dice: str, seed: bytes) -> PersonRoll:
    tree = parse(dice)
    return PersonRoll(person_id, roll_id, tree.canonical, seed, roll(tree, SeededDraw(seed, 0)))
