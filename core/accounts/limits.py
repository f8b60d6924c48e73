"""A person's own lines and veils: with the person, sealed under their key, at every table they sit at.

A line is what shall not occur at all, a veil what shall not be shown in detail. Who set one is told to nobody: a table
is given what all its people set, in one order, once each.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import asyncpg

from core.db.vault import Unreadable, Vault

LIMITS_MOST: Final = 20
LIMIT_LENGTH_MOST: Final = 60
Kind = Literal["line", "veil"]

_KEY: Final = "SELECT key_id, wrapped FROM person_keys WHERE person_id = $1 AND wrapped IS NOT NULL"
_NEW_KEY: Final = """
INSERT INTO person_keys (key_id, person_id, wrapped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_ADD: Final = """
INSERT INTO person_limits (person_id, limit_id, kind, key_id, ciphertext)
SELECT $1::bigint, $2::bigint, $3::text, $4::bigint, $5::bytea WHERE (
    SELECT count(*) FROM person_limits JOIN person_keys k USING (key_id)
    WHERE person_limits.person_id = $1 AND k.wrapped IS NOT NULL
) < $6
ON CONFLICT (person_id, limit_id) DO UPDATE SET kind = excluded.kind RETURNING limit_id
"""
_REMOVE: Final = "DELETE FROM person_limits WHERE person_id = $1 AND limit_id = $2"
_OF: Final = """
SELECT l.person_id, l.limit_id, l.kind, l.ciphertext, k.wrapped
FROM person_limits l JOIN person_keys k USING (key_id)
WHERE l.person_id = ANY($1::bigint[]) AND k.wrapped IS NOT NULL ORDER BY l.limit_id
"""


@dataclass(frozen=True)
class Limit:
    """One line or veil of a person."""

    id: int
    kind: Kind
    text: str


@dataclass(frozen=True)
class TableLimits:
    """What the people of a table set, together: nobody can tell whose is whose."""

    lines: tuple[str, ...] = ()
    veils: tuple[str, ...] = ()


class PersonLimits:
    """The table `person_limits`."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault) -> None:
        self._pool = pool
        self._vault = vault

    async def add(self, person_id: int, limit_id: int, kind: Kind, text: str) -> bool:
        """Keep a limit of at most 60 characters under an id of the caller's; False when there are twenty already."""
        key_id, wrapped = await self._key(person_id)
        sealed = self._vault.seal(wrapped, text[:LIMIT_LENGTH_MOST], _about(person_id, limit_id))
        added = await self._pool.fetchval(_ADD, person_id, limit_id, kind, key_id, sealed, LIMITS_MOST)
        return added is not None

    async def remove(self, person_id: int, limit_id: int) -> None:
        """Forget a limit."""
        await self._pool.execute(_REMOVE, person_id, limit_id)

    async def own(self, person_id: int) -> list[Limit]:
        """Return a person's own limits, oldest first."""
        return [limit for limit in map(self._read, await self._pool.fetch(_OF, [person_id])) if limit]

    async def at_table(self, people: Sequence[int]) -> TableLimits:
        """Return what these people set, sorted and once each; what is a line for one is a line for all."""
        found = [limit for limit in map(self._read, await self._pool.fetch(_OF, list(people))) if limit]
        lines = {limit.text.casefold(): limit.text for limit in found if limit.kind == "line"}
        veils = {limit.text.casefold(): limit.text for limit in found if limit.kind == "veil"}
        kept = {folded: text for folded, text in veils.items() if folded not in lines}
        return TableLimits(tuple(lines[one] for one in sorted(lines)), tuple(kept[one] for one in sorted(kept)))

    async def _key(self, person_id: int) -> tuple[int, bytes]:
        found = await self._pool.fetchrow(_KEY, person_id)
        if found is None:
            key_id = (time.time_ns() // 1_000_000 << 22) | int.from_bytes(os.urandom(3)) >> 2
            await self._pool.execute(_NEW_KEY, key_id, person_id, self._vault.new_key())
            found = await self._pool.fetchrow(_KEY, person_id)
        return found["key_id"], found["wrapped"]

    def _read(self, found: Any) -> Limit | None:
        about = _about(found["person_id"], found["limit_id"])
        try:
            text = self._vault.open(found["wrapped"], found["ciphertext"], about)
        except Unreadable:
            return None
        return Limit(found["limit_id"], cast("Kind", found["kind"]), text)


def _about(person_id: int, limit_id: int) -> str:
    return f"{person_id}:{limit_id}:limit"
