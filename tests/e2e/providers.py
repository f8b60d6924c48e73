"""What tests of failing providers share: a worker that knows of no earlier failure, the ledger, who told."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.e2e.play import Table
from tests.e2e.stack import Stack

SHARED = ("yourtale:ai:", "{limits}:")
"""Where processes tell each other which provider rests and what was spent."""


async def fresh_worker(stack: Stack, **env: str) -> None:
    """Start a worker in the place of all others; neither it nor Redis knows of earlier failures."""
    for role in stack.roles:
        if role.word == "worker":
            role.kill()
            await role.ended()
    await forget(stack)
    await stack.start("worker", **env)


async def forget(stack: Stack) -> None:
    """Take from Redis what is known of providers."""
    async for key in stack.redis.scan_iter():
        if key.startswith(SHARED):
            await stack.redis.delete(key)


async def ledger(table: Table) -> Sequence[Any]:
    """Return the session's attempts, oldest first, once none is open."""
    async with asyncio.timeout(10):
        while await table.stack.db.fetchval(
            "SELECT count(*) FROM ledger WHERE session_id = $1 AND state = 'open'", table.session
        ):
            await asyncio.sleep(0.05)
    rows: Sequence[Any] = await table.stack.db.fetch(
        "SELECT provider, key_hint, state, outcome, micro_usd FROM ledger WHERE session_id = $1 ORDER BY id",
        table.session,
    )
    return rows


async def teller(table: Table) -> str:
    """Tell who told last: a provider's name, or `oracle`."""
    return str(
        await table.stack.db.fetchval(
            "SELECT teller FROM tellings WHERE session_id = $1 ORDER BY start DESC LIMIT 1", table.session
        )
    )
